"""The ledger as anyone may read and check it."""

from collections.abc import Callable
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from app.db import ReadSession
from app.i18n import current_language, lazy_gettext, ngettext
from app.i18n import gettext as _
from app.ledger import queries, rules
from app.web.access import PUBLIC
from app.web.answers import page as show

GROUPS = {
    "roof": lazy_gettext("A roof"),
    "wash": lazy_gettext("Washing and storing"),
    "food": lazy_gettext("Food"),
    "goods": lazy_gettext("Things"),
    "move": lazy_gettext("Getting around"),
    "paper": lazy_gettext("Papers and work"),
    "learn": lazy_gettext("Learning"),
    "company": lazy_gettext("Company"),
    "home": lazy_gettext("At home"),
}
AREAS = {
    rules.BRUSSELS: lazy_gettext("Brussels Region"),
    rules.FLANDERS: lazy_gettext("Flemish Region"),
    rules.WALLONIA: lazy_gettext("Walloon Region"),
    rules.BELGIUM: lazy_gettext("Belgium"),
}


def _facts_of(request: Request[Any, Any, Any]) -> Callable[[rules.Fact], dict[str, str]]:
    """What an entry says, in words; the application knows the names of municipalities."""
    area_name = request.app.state.area_name

    def facts(fact: rules.Fact) -> dict[str, str]:
        name = AREAS.get(fact.area) or area_name(fact.area, current_language())
        return {
            "kind": _("Completed exchange"),
            "month": fact.month,
            "group": str(GROUPS.get(fact.group, fact.group)),
            "area": str(name or _("Municipality %(nis)s", nis=fact.area)),
            "quantity": _quantity(fact.quantity, fact.unit),
        }

    return facts


def _quantity(n: int, unit: str) -> str:
    match unit:
        case "persons":
            return ngettext("%(n)s person", "%(n)s persons", n)
        case "items":
            return ngettext("%(n)s item", "%(n)s items", n)
        case "seats":
            return ngettext("%(n)s seat", "%(n)s seats", n)
        case "visits":
            return ngettext("%(n)s visit", "%(n)s visits", n)
    return f"{n} {unit}"


@get("/ledger", opt=PUBLIC)
async def ledger(
    request: Request[Any, Any, Any],
    reader: NamedDependency[ReadSession],
    page: FromQuery[int] = 1,
) -> Template:
    return show(
        "ledger/ledger.html",
        listing=await queries.entries(reader, page),
        broken=await queries.broken_entries(reader),
        sealed=await queries.latest_checkpoint(reader),
        witnesses=[one for one in await queries.witnesses(reader) if one.size],
        waiting=await queries.pending(reader),
        facts=_facts_of(request),
    )


@get("/ledger/{number:int}", opt=PUBLIC)
async def ledger_entry(
    request: Request[Any, Any, Any],
    reader: NamedDependency[ReadSession],
    number: FromPath[int],
) -> Template:
    entry = await queries.entry(reader, number)
    found = await queries.sealed_entry(reader, entry.number)
    return show("ledger/ledger_entry.html", entry=entry, sealed=found, facts=_facts_of(request))


@get("/ledger/proof", opt=PUBLIC)
async def ledger_proof(reader: NamedDependency[ReadSession]) -> Template:
    log = await queries.current_log(reader)
    return show(
        "ledger/ledger_proof.html",
        log=log,
        key=queries.key_of(log.origin) if log else None,
        sealed=await queries.latest_checkpoint(reader),
        witnesses=await queries.witnesses(reader),
    )


@get("/ledger/{number:int}/entry.json", opt=PUBLIC)
async def ledger_entry_bytes(
    reader: NamedDependency[ReadSession], number: FromPath[int]
) -> Response[bytes]:
    entry = await queries.entry(reader, number)
    return Response(
        entry.canonical,
        media_type="application/json",
        headers={"content-disposition": f'attachment; filename="entry-{entry.number}.json"'},
    )


handlers: list[ControllerRouterHandler] = [
    ledger,
    ledger_proof,
    ledger_entry,
    ledger_entry_bytes,
]
