"""`solidare export`: what anybody may know, as files for other directories."""

import asyncio
import csv
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from app.cli.servers import connected, folder_option
from app.db import reading
from app.directory import queries
from app.directory.rules import Directory, Record, Service
from app.i18n import LANGUAGES, speaking

# Humanitarian Exchange Language: what each column of the offers means, for any reader.
HXL = {
    "id": "#service+id",
    "kind": "#service+name",
    "organisation": "#org+name",
    "municipality": "#adm3+name",
    "languages": "#meta+languages",
    "address": "#meta+url",
}


@click.group()
def export() -> None:
    """Public records, for other directories."""


@export.command()
@click.argument("target", type=click.Path(path_type=Path, file_okay=False))
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="en", show_default=True)
@folder_option
def hsds(target: Path, language: str, folder: Path) -> None:
    """Write the directory as HSDS 3.0 into the folder TARGET, one JSON file a table."""
    found = asyncio.run(_read(folder, language))
    target.mkdir(parents=True, exist_ok=True)
    tables: dict[str, Sequence[Record]] = {
        "organizations": found.organizations,
        "services": found.services,
        "service_at_locations": found.service_at_locations,
        "taxonomies": found.taxonomies,
        "taxonomy_terms": found.taxonomy_terms,
    }
    for name, records in tables.items():
        body = msgspec.json.format(msgspec.json.encode(records), indent=2)
        (target / f"{name}.json").write_bytes(body + b"\n")
        click.echo(f"{name:22} {len(records)}")


@export.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="en", show_default=True)
@folder_option
def offers(target: Path, language: str, folder: Path) -> None:
    """Write the open offers of organisations as CSV with HXL tags into the file TARGET."""
    found = asyncio.run(_read(folder, language))
    rows = [_row(one) for one in found.services if one.attributes]
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerows([list(HXL), list(HXL.values()), *rows])
    click.echo(f"{len(rows)} offers")


def _row(one: Service) -> list[str]:
    return [
        one.id,
        one.name,
        one.organization.name,
        ", ".join(area.name for area in one.service_areas),
        " ".join(spoken.code for spoken in one.languages),
        one.url,
    ]


async def _read(folder: Path, language: str) -> Directory:
    with speaking(language):
        async with connected(folder) as (settings, maker), reading(maker) as reader:
            return await queries.directory(reader, settings.public_url)
