"""Thirty clients at a glance: what calls, what each waits for, and the same as a file."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from app import clock
from app.accounts.rules import Role, Visitor, may_lead
from app.db import ReadSession
from app.desk import queries
from app.desk.pages import words as desk_words
from app.desk.pages.roles import DESK, WORKER
from app.desk.queries import BoardFilter, MonthCount
from app.desk.rules import INSURANCE_ENDING, Alert, State
from app.errors import NotFoundError
from app.exchanges.queries import stays
from app.i18n import current_language, format_month
from app.i18n import gettext as _
from app.organisations import queries as organisations
from app.organisations.models import Organisation
from app.posts.pages import words
from app.posts.queries import WaitingPost, waiting_hosting
from app.posts.rules import PostKind
from app.posts.rules.household import Guests
from app.posts.rules.taxonomy import GROUPS, group
from app.web.answers import page
from app.web.sheets import Cell, download
from app.web.templates import url

MOST_NAMED = 12
GROUP_CODES = frozenset(one.code for one in GROUPS)


@get("/desk", opt=DESK)
async def desk(
    *,
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    organisation: FromQuery[str] = "",
    colleague: FromQuery[str] = "",
    show: FromQuery[str] = "",
    group: FromQuery[str] = "",
) -> Template:
    own = await organisations.own_organisations(reader, visitor.organisation_ids)
    if not own:
        return await _without_organisation(reader, visitor)
    chosen = await organisations.acting_for(reader, visitor.organisation_ids, organisation)
    wanted = _wanted(colleague, show, group)
    return await _desk_page(reader, visitor, own, chosen, wanted)


@get("/desk/table/{kind:str}", opt=WORKER)
async def desk_file(
    kind: FromPath[str],
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    organisation: FromQuery[str] = "",
) -> Response[bytes]:
    _known_kind(kind)
    own = await organisations.acting_for(reader, visitor.organisation_ids, organisation)
    return download("desk", kind, desk_words.sheet(await queries.board(reader, own.id)))


@get("/desk/counts", opt=WORKER)
async def show_counts(
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    organisation: FromQuery[str] = "",
) -> Template:
    own = await organisations.acting_for(reader, visitor.organisation_ids, organisation)
    head, *rows = _counts(await queries.monthly_counts(reader, own.id))
    return page("desk/counts.html", noindex=True, organisation=own, head=head, rows=rows)


@get("/desk/counts/{kind:str}", opt=WORKER)
async def counts_file(
    kind: FromPath[str],
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    organisation: FromQuery[str] = "",
) -> Response[bytes]:
    _known_kind(kind)
    own = await organisations.acting_for(reader, visitor.organisation_ids, organisation)
    return download("counts", kind, _counts(await queries.monthly_counts(reader, own.id)))


async def _without_organisation(reader: ReadSession, visitor: Visitor) -> Template:
    """A coordinator has a desk of their own; whoever has neither reads why."""
    if Role.COORDINATOR.value in visitor.roles:
        needs = await queries.lonely_needs(reader)
        return page("desk/coordinator.html", noindex=True, needs=needs, words=words)
    return page("desk/closed.html", noindex=True)


async def _desk_page(
    reader: ReadSession,
    visitor: Visitor,
    own: Sequence[Organisation],
    chosen: Organisation,
    wanted: BoardFilter,
) -> Template:
    lines = await queries.board(reader, chosen.id)
    due = [
        (Alert.CHECK_IN, one.who, url(one.path))
        for one in await stays.due_check_ins(reader, chosen.id)
    ]
    return page(
        "desk/desk.html",
        noindex=True,
        organisation=chosen,
        others=[one for one in own if one is not chosen],
        leads=may_lead(visitor, chosen.id),
        insurance=_insurance(chosen),
        calls=desk_words.calls(lines, due, chosen.code),
        most_named=MOST_NAMED,
        lines=[line for line in lines if wanted.keeps(line)],
        total=len(lines),
        wanted=wanted,
        filtered=wanted != BoardFilter(),
        people=await organisations.colleagues(reader, chosen.id),
        states={state.value: _(text) for state, (text, _kind) in desk_words.STATES.items()},
        groups=[(one.code, one.name(current_language())) for one in GROUPS],
        words=desk_words,
        waiting=[_waiting_row(one) for one in await waiting_hosting(reader)],
    )


def _wanted(colleague: str, show: str, group_code: str) -> BoardFilter:
    """Words that mean nothing wish nothing."""
    return BoardFilter(
        worker=int(colleague) if colleague.isdecimal() and len(colleague) < 19 else None,  # noqa: PLR2004 - ids fit in 18 digits
        state=State(show) if show in set(State) else None,
        group=group_code if group_code in GROUP_CODES else "",
        urgent=show == "urgent",
    )


def _insurance(own: Organisation) -> str:
    """A warning for a month before the end, and from the end on."""
    if own.insured_until is None:
        return ""
    left = own.insured_until - clock.local(clock.now()).date()
    if left > INSURANCE_ENDING:
        return ""
    return "over" if left < timedelta() else "soon"


def _known_kind(kind: str) -> None:
    if kind not in ("csv", "xlsx"):
        raise NotFoundError("There is no such file.")


def _counts(found: Sequence[MonthCount]) -> list[list[Cell]]:
    """The table of counts with its heading."""
    head: list[Cell] = [
        _("Month"),
        _("Kind of help"),
        _("Clients"),
        _("Needs"),
        _("Helped"),
        _("Exchanges completed"),
        _("Persons, items, seats"),
        _("Visits"),
    ]
    return [head, *(_count_cells(one) for one in found)]


def _count_cells(one: MonthCount) -> list[Cell]:
    return [
        format_month(f"{one.month:%Y-%m}"),
        group(one.group).name(current_language()),
        len(one.clients),
        one.needs,
        len(one.helped),
        one.completed,
        one.units,
        one.visits,
    ]


def _waiting_row(waiting: WaitingPost) -> dict[str, Any]:
    one = waiting.post
    return {
        "code": one.code,
        "path": f"/desk/hosts/{one.code}"
        if one.kind == PostKind.OFFER.value
        else f"/desk/needs/{one.code}/adopt",
        "child_alone": Guests.CHILD_ALONE in Guests(one.profile),
        "is_offer": one.kind == PostKind.OFFER.value,
        "what": words.title(one.category, openly=True),
        "where": words.where(one.place),
        "how_many": words.how_many(one.places, one.unit),
        "speaks": words.speaks(one.languages),
        "note": one.note,
        "note_language": one.note_language,
        "signatures": waiting.signatures,
    }


handlers: list[ControllerRouterHandler] = [desk, desk_file, show_counts, counts_file]
