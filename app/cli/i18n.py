"""`solidare i18n`: collect the sentences of code and templates, and see that none lacks words."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from app import errors
from app.cli.pseudo import fill
from app.i18n import COMPLETE, LANGUAGES, LOCALES, SOURCE

ROOT = Path(__file__).parents[2]
METHODS = [
    ("app/**.py", "python"),
    ("workers/**.py", "python"),
    ("templates/**.html", "jinja2"),
    ("templates/**.txt", "jinja2"),
]
OPTIONS: dict[str, dict[str, str]] = {
    path: {"trimmed": "true", "silent": "false"} for path, method in METHODS if method == "jinja2"
}
# A refusal carries its sentence as its first argument, so its name marks a sentence too.
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "lazy": None,
    "sentence": None,
    "marked": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    # InvalidError alone carries messages by field, each marked where it is written.
    **{name: None for name in dir(errors) if name.endswith("Error") and name != "InvalidError"},
}


@click.group()
def i18n() -> None:
    """The words of the interface in each language."""


def collected() -> Catalog:
    """Every sentence that code and templates ask for."""
    catalog = Catalog(project="Solidare", charset="utf-8", fuzzy=False)
    for file, line, message, comments, context in extract_from_dir(
        ROOT, METHODS, OPTIONS, KEYWORDS, comment_tags=("Translators:",)
    ):
        if file.startswith(("app/web/assets", "app/static")):
            continue
        catalog.add(message, None, [(file, line)], auto_comments=comments, context=context)
    return catalog


def path_of(language: str) -> Path:
    return LOCALES / language / "messages.po"


def read(language: str) -> Catalog:
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


@i18n.command()
@click.argument("chosen", nargs=-1, type=click.Choice(sorted(set(LANGUAGES) - {SOURCE})))
def update(chosen: tuple[str, ...]) -> None:
    """Bring the catalogues up to the sentences in use; gone ones are dropped."""
    template = collected()
    for language in chosen or [code for code in COMPLETE if code != SOURCE]:
        catalog = read(language)
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        catalog.revision_date = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        catalog.creation_date = catalog.revision_date
        path_of(language).parent.mkdir(parents=True, exist_ok=True)
        with path_of(language).open("wb") as file:
            write_po(file, catalog, width=100, sort_by_file=True, include_lineno=False)
        click.echo(f"{language}: {len(list(missing(language)))} of {len(catalog)} without words")


def missing(language: str) -> Iterator[str]:
    """Sentences in use that this language has no words for."""
    have = read(language)
    for message in collected():
        if not message.id:
            continue
        known = have.get(message.id, message.context)
        words = known.string if known else ""
        parts = words if isinstance(words, tuple) else (words,)
        if not all(parts) or not parts:
            yield message.id if isinstance(message.id, str) else message.id[0]


@i18n.command()
def check() -> None:
    """Fail where a complete language lacks a sentence."""
    lacking = {code: list(missing(code)) for code in COMPLETE if code != SOURCE}
    for code, sentences in lacking.items():
        for sentence in sentences:
            click.echo(f"{code}: {sentence}")
    if any(lacking.values()):
        raise click.ClickException("Some sentences have no words yet.")
    click.echo("Every sentence has words in every complete language.")


@i18n.command()
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def pseudo(file: Path) -> None:
    """Write every sentence longer, accented and between marks, to try pages and layouts with.

    No page can be asked for in it: it is a file beside the catalogues, not one of them.
    """
    with file.open("wb") as written:
        write_po(written, fill(collected()), width=100, sort_by_file=True, include_lineno=False)
    click.echo(f"Written to {file}.")
