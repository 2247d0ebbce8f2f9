"""Migrations after the first round may run under the code that is there: nothing is taken away."""

import ast
import re
from pathlib import Path

import pytest

VERSIONS = Path("app/migrations/versions")
FROM = 9
GONE = {"drop_column", "drop_table", "rename_table", "drop_constraint"}
# Tables that may be large where a platform lives: an index on them must not lock writers out.
LARGE = {"post", "proposal", "notice", "letter", "job", "message", "place", "person", "post_window"}
SQL = re.compile(
    r"(?i)\b(DROP\s+(?:TABLE|COLUMN)|RENAME\s+(?:TO|COLUMN)|ALTER\s+COLUMN\s+\w+\s+(?:SET\s+DATA\s+)?TYPE"
    r"|SET\s+NOT\s+NULL|TRUNCATE)\b"
)


def complaints(source: str) -> list[str]:
    """Each statement that old code beside the new schema would stumble over."""
    tree, found = ast.parse(source), []
    upgrade = next(
        one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == "upgrade"
    )
    made = {str(_first(call)) for call in _calls(upgrade) if _name(call) == "create_table"}
    for call in _calls(upgrade):
        found += _of_call(call, made)
    found += [
        str(text.group(1))
        for one in ast.walk(tree)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
        for text in SQL.finditer(one.value)
    ]
    return found


def _of_call(call: ast.Call, made: set[str]) -> list[str]:
    name, table = _name(call), str(_first(call))
    if name in GONE:
        return [name]
    if name == "alter_column" and {"type_", "new_column_name"} & _words(call):
        return ["alter_column"]
    if name == "alter_column" and _is(call, "nullable", value=False):
        return ["NOT NULL on what is there"]
    if name == "add_column":
        return ["NOT NULL without a default"] if _demands(call) else []
    if name == "create_index":
        on = str(_constant(call.args[1])) if len(call.args) > 1 else ""
        large = on in LARGE and on not in made
        is_patient = _is(call, "postgresql_concurrently", value=True)
        return ["index that locks a large table"] if large and not is_patient else []
    return [table] if name == "rename" else []


def _demands(call: ast.Call) -> bool:
    column = next((one for one in call.args if isinstance(one, ast.Call)), None)
    if column is None:
        return False
    return _is(column, "nullable", value=False) and "server_default" not in _words(column)


def _calls(tree: ast.AST) -> list[ast.Call]:
    return [one for one in ast.walk(tree) if isinstance(one, ast.Call)]


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _words(call: ast.Call) -> set[str]:
    return {one.arg for one in call.keywords if one.arg}


def _is(call: ast.Call, word: str, *, value: object) -> bool:
    return any(one.arg == word and _constant(one.value) is value for one in call.keywords)


def _constant(node: ast.AST) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _first(call: ast.Call) -> object:
    return _constant(call.args[0]) if call.args else None


# Each stands here for a reason that a reader can check: writers wait while this small partial
# index is built, well under a second at 100,000 posts.
KNOWN: dict[str, list[str]] = {"0014_engine": ["index that locks a large table"]}


@pytest.mark.parametrize("path", sorted(VERSIONS.glob("*.py")), ids=lambda path: str(path.stem))
def test_old_code_runs_beside_the_new_schema(path: Path) -> None:
    if int(path.name[:4]) < FROM:
        pytest.skip("landed before anybody's data did")
    assert complaints(path.read_text(encoding="utf-8")) == KNOWN.get(path.stem, [])


@pytest.mark.parametrize(
    "statement",
    [
        'op.drop_column("person", "name")',
        'op.alter_column("person", "name", type_=sa.Text())',
        'op.alter_column("person", "name", nullable=False)',
        'op.add_column("person", sa.Column("x", sa.Text(), nullable=False))',
        'op.create_index("ix_post_x", "post", ["x"])',
        'op.execute("ALTER TABLE person DROP COLUMN name")',
        'op.execute("ALTER TABLE person ALTER COLUMN name SET NOT NULL")',
        'op.rename_table("person", "human")',
    ],
)
def test_control_what_breaks_old_code_is_seen(statement: str) -> None:
    assert complaints(f"def upgrade() -> None:\n    {statement}\n")
