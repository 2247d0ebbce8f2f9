"""The directory keeps to HSDS 3.0 and to our own rules: verified, public, nothing personal."""

import asyncio
import csv
import json
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
from click.testing import CliRunner

from app.cli.main import solidare
from app.clock import now
from app.db import Session, SessionMaker, transaction
from app.organisations.models import Organisation
from app.posts.rules.taxonomy import CATEGORIES, GROUPS, category
from tests.app.directory.hsds_3_0 import schema_of
from tests.factories.accounts import make_person
from tests.factories.exchanges import visitor_of, works_for
from tests.factories.organisations import an_organisation
from tests.factories.posts import a_need, an_author, an_offer, somewhere

ROOT = "/api/hsds/v3"
LISTS = {
    "organizations": "organization",
    "services": "service",
    "service_at_locations": "service_at_location",
    "taxonomies": "taxonomy",
    "taxonomy_terms": "taxonomy_term",
}
SECRET = "Ring at the third door"


async def offer_of(session: Session, organisation: Organisation, kind: str) -> str:
    """The code of what an organisation offers in Saint-Gilles."""
    worker = works_for(visitor_of(await make_person(session, name="Wanda")), organisation.id)
    number, place = category(kind).number, somewhere("1060")
    made = await an_offer(
        session, worker, category=number, organisation_id=organisation.id, place=place, note=SECRET
    )
    return made.code


async def a_small_town(maker: SessionMaker) -> dict[str, str]:
    """A verified organisation with a meal, an aid and a bed; two that may not work; a person."""
    async with transaction(maker) as session:
        known = await an_organisation(session, name="Maison Verte", hours="9-17")
        asked = await an_organisation(session, name="Waits")
        stopped = await an_organisation(session, name="Stopped")
        kinds = {"meal": "food.meal", "aid": "goods.aid", "bed": "roof.bed"}
        codes = {name: await offer_of(session, known, kind) for name, kind in kinds.items()}
        for other in (asked, stopped):
            await offer_of(session, other, "food.meal")
        asked.verified_at, stopped.suspended_at = None, now()
        await an_offer(session, await an_author(session), note=SECRET)
        await a_need(session, await an_author(session), note=SECRET)
        return codes | {"organisation": known.code, "phone": known.phone}


async def every(client: httpx.AsyncClient, name: str, **query: str | int) -> list[dict[str, Any]]:
    """All records of a list, page by page, checking each page against the next."""
    found: list[dict[str, Any]] = []
    number = 1
    while True:
        answer = await client.get(f"{ROOT}/{name}", params={"page": number, **query})
        page = answer.json()
        assert (page["page_number"], page["first_page"]) == (number, number == 1)
        assert page["size"] == len(page["contents"])
        assert page["empty"] is not bool(page["contents"])
        found += page["contents"]
        if page["last_page"]:
            assert len(found) == page["total_items"]
            assert page["total_pages"] == (number if found else 0)
            return found
        number += 1


async def test_every_list_keeps_to_the_specification(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    await a_small_town(maker)
    assert (await client.get(ROOT)).json()["version"] == "3.0"
    for name, kind in LISTS.items():
        records = await every(client, name, per_page=7)
        assert records
        for record in records:
            for strict in (False, True):
                schema = schema_of(kind, strict=strict)
                jsonschema_rs.validator_for(schema, validate_formats=True).validate(record)
            one = await client.get(f"{ROOT}/{name}/{record['id']}")
            assert one.json() == record
        assert len({record["id"] for record in records}) == len(records)
    missing = await client.get(f"{ROOT}/services/00000000-0000-4000-8000-000000000000")
    assert missing.headers["content-type"].startswith("application/problem+json")
    assert missing.status_code == 404


def test_the_schema_finds_what_is_wrong() -> None:
    """The control: a check that nothing fails would prove nothing."""
    whole: dict[str, Any] = {
        "id": "ac148810-d857-441c-9679-408f346de14b",
        "name": "x",
        "status": "active",
    }
    wrong: list[dict[str, Any]] = [
        {"status": "open"}, {"id": "7"}, {"url": "no address"}, {"phones": [{}]},
    ]  # fmt: skip
    for change in wrong:
        with pytest.raises(jsonschema_rs.ValidationError):
            jsonschema_rs.validator_for(
                schema_of("service", strict=False), validate_formats=True
            ).validate(whole | change)
    stricter: list[dict[str, Any]] = [{"price": 5}, {"phones": []}, {"description": ""}]
    for change in stricter:
        with pytest.raises(jsonschema_rs.ValidationError):
            jsonschema_rs.validator_for(schema_of("service", strict=True)).validate(whole | change)


async def test_only_what_is_public_and_verified_goes_out(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    codes = await a_small_town(maker)
    services = await every(client, "services")
    ends = {one["url"].rpartition("/")[2] for one in services}
    assert ends == {codes["organisation"], codes["meal"], codes["aid"]}
    text = json.dumps(services)
    for private in (SECRET, "Wanda", "Waits", "Stopped", "latitude"):
        assert private not in text
    assert codes["phone"] in text
    (aid,) = [one for one in services if one["url"].endswith(codes["aid"])]
    terms = [one["taxonomy_term"]["code"] for one in aid["attributes"]]
    assert terms == ["goods", "Goods"], "of a sensitive kind only the group"
    (meal,) = [one for one in services if one["url"].endswith(codes["meal"])]
    terms = [one["taxonomy_term"]["code"] for one in meal["attributes"]]
    assert terms == ["food.meal", "Food > Free Meals"]
    (organization,) = await every(client, "organizations")
    own = await every(client, "services", organization_id=organization["id"])
    assert own == services


async def test_terms_stand_under_their_parents_in_the_readers_language(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    terms = await every(client, "taxonomy_terms")
    ids = {one["id"] for one in terms}
    assert all(one.get("parent_id", one["id"]) in ids for one in terms)
    ours = [one for one in terms if one["taxonomy"] == "Solidare"]
    assert len(ours) == len(GROUPS) + len(CATEGORIES)
    client.headers["accept-language"] = "fr"
    french = {one["code"]: one["name"] for one in await every(client, "taxonomy_terms")}
    assert french["food.meal"] == category("food.meal").name("fr")


async def test_the_command_writes_what_the_addresses_say(
    client: httpx.AsyncClient, maker: SessionMaker, servers: dict[str, str], tmp_path: Path
) -> None:
    codes = await a_small_town(maker)
    said = {name: await every(client, name) for name in LISTS}

    def run(*arguments: str) -> None:
        done = CliRunner(env=servers).invoke(solidare, ["export", *arguments])
        assert done.exit_code == 0, done.output

    await asyncio.to_thread(run, "hsds", str(tmp_path / "hsds"))
    for name, records in said.items():
        assert json.loads((tmp_path / "hsds" / f"{name}.json").read_text()) == records
    await asyncio.to_thread(run, "offers", str(tmp_path / "offers.csv"))
    head, tags, *rows = csv.reader((tmp_path / "offers.csv").read_text().splitlines())
    assert all(tag.startswith("#") for tag in tags)
    assert len(head) == len(tags)
    assert {row[-1].rpartition("/")[2] for row in rows} == {codes["meal"], codes["aid"]}
