"""The laws of the house that the import linter cannot say."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from sqlalchemy.orm import configure_mappers

from app.db import Base
from app.notifications.rules import NoticeKind
from app.outbox import Job
from workers.jobs import JOBS

ROOT = Path(__file__).parents[1]
CODE = [
    path
    for room in ("app", "matching", "workers", "tests")
    for path in sorted((ROOT / room).rglob("*.py"))
    if "migrations/versions" not in path.as_posix() and "node_modules" not in path.parts
]
PRODUCT = [path for path in CODE if "tests" not in path.relative_to(ROOT).parts]
TEMPLATES = ROOT / "templates"
ORDER = [
    "home", "moderation", "exchanges", "proposals", "posts", "organisations",
    "notifications", "territories", "accounts", "ledger",
]  # fmt: skip
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_HANDLER = 400, 50, 15


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body, so that a handler's many named parameters are not held against it."""
    return (node.end_lineno or 0) - node.body[0].lineno + 1


def is_handler(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    marks = {ast.unparse(mark.func) for mark in node.decorator_list if isinstance(mark, ast.Call)}
    return bool(marks & {"get", "post", "put", "patch", "delete", "route"})


def test_files_and_functions_stay_small() -> None:
    long_files = [name(p) for p in CODE if p.read_text().count("\n") > LONGEST_FILE]
    long_functions = [
        f"{name(path)}:{node.name}"
        for path in CODE
        for node in functions(path)
        if (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert (long_files, long_functions) == ([], [])


def test_handlers_and_jobs_stay_thin() -> None:
    thick = [
        f"{name(path)}:{node.name} ({length(node)})"
        for path in PRODUCT
        for node in functions(path)
        if (is_handler(node) or name(path) == "workers/jobs.py") and length(node) > LONGEST_HANDLER
    ]
    assert thick == []


def test_only_the_database_room_commits() -> None:
    found = [
        name(path)
        for path in PRODUCT
        if re.search(r"\.(commit|rollback)\(", path.read_text())
        and name(path) not in ("app/db.py", "app/migrations/env.py")
    ]
    assert found == []


def test_imports_stand_at_the_top() -> None:
    hidden = []
    for path in PRODUCT:
        tree = ast.parse(path.read_text())
        top = set(map(id, tree.body))
        hidden += [
            f"{name(path)}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in top
        ]
        if "TYPE_CHECKING" in path.read_text():
            hidden.append(f"{name(path)}: TYPE_CHECKING")
    assert hidden == []


def test_relationships_raise_and_point_down() -> None:
    configure_mappers()
    wrong = []
    for mapper in Base.registry.mappers:
        for relation in mapper.relationships:
            here, there = mapper.class_.__module__, relation.mapper.class_.__module__
            if relation.lazy != "raise" or _domain(here) > _domain(there):
                wrong.append(f"{mapper.class_.__name__}.{relation.key}")
    assert wrong == []


def _domain(module: str) -> int:
    return ORDER.index(module.split(".")[1])


def test_every_table_and_its_meaning_is_written_down() -> None:
    bare = [table.name for table in Base.metadata.sorted_tables if not table.comment]
    assert bare == []


def test_every_template_is_used_and_every_used_one_exists() -> None:
    present = {
        path.relative_to(TEMPLATES).as_posix()
        for path in TEMPLATES.rglob("*")
        if path.is_file() and path.suffix in (".html", ".txt")
    }
    named = set()
    for path in [*PRODUCT, *TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.txt")]:
        named |= set(re.findall(r'"(\w[\w/-]*\.(?:html|txt))"', path.read_text()))
    letters = {t for t in present if t.startswith("emails/")}
    assert sorted(t for t in named - present if "/" in t) == []
    assert sorted(present - named - letters) == []


def test_every_notice_has_its_letter() -> None:
    """The subject of a letter is the sentence of the inbox: one template says both."""
    sentences = (TEMPLATES / "notifications/notice_words.html").read_text()
    missing = [
        kind.value
        for kind in NoticeKind
        if not (TEMPLATES / "emails" / kind.value / "text.txt").exists()
        or f'line.kind == "{kind.value}"' not in sentences
    ]
    assert missing == []


def test_every_job_has_its_coroutine() -> None:
    assert set(Job) == set(JOBS)


def test_every_handler_says_who_may_call_it(app: Litestar) -> None:
    unmarked = [
        f"{sorted(handler.http_methods)} {route.path}"
        for route in app.routes
        for handler in getattr(route, "route_handlers", [])
        if isinstance(handler, HTTPRouteHandler)
        and "OPTIONS" not in handler.http_methods
        and handler.opt.get("access") not in ("public", "signed_in", "staff")
    ]
    assert unmarked == []


@pytest.mark.parametrize("floor", ["matching"])
def test_the_engine_stands_alone(floor: str) -> None:
    """With every other package hidden, the engine still imports."""
    blocked = ["sqlalchemy", "litestar", "arq", "redis", "asyncpg", "geopy", "app", "workers"]
    program = (
        "import sys, importlib, pkgutil\n"
        f"sys.modules.update(dict.fromkeys({blocked!r}))\n"
        f"import {floor}\n"
        f"for m in pkgutil.iter_modules({floor}.__path__): "
        f"importlib.import_module('{floor}.' + m.name)\n"
    )
    ended = subprocess.run(  # noqa: S603 - our own interpreter and words
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
