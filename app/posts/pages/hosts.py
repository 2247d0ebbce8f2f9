"""The file of a host at the desk: an overview that prints as a checklist, one part at a time."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Role, Visitor
from app.db import Session
from app.errors import NotFoundError
from app.i18n import gettext as _
from app.organisations import queries as organisations
from app.posts import actions, queries
from app.posts.actions import hosts
from app.posts.forms.hosts import (
    HOUSEHOLDS,
    READY,
    AdultForm,
    HouseholdForm,
    IdentityForm,
    ReferenceForm,
    SuspendForm,
    VisitForm,
)
from app.posts.forms.plain_input import read_number
from app.posts.models import Post
from app.posts.pages import words
from app.posts.queries.hosts import NO_FILE, HostFileRead
from app.posts.rules.household import WILLING, Guests
from app.posts.rules.verification import SECTION_OF, SENTENCES, SIGNATURES, Section, missing
from app.web.access import staff
from app.web.answers import flash, page, see_other
from app.web.forms import PageForm, read_form

WORKER = staff(Role.CASEWORKER.value, Role.ORGANISATION_ADMIN.value)
Browser = Request[Any, Any, Any]
FORMS: dict[Section, type[PageForm]] = {
    Section.IDENTITY: IdentityForm,
    Section.ADULTS: AdultForm,
    Section.VISIT: VisitForm,
    Section.REFERENCES: ReferenceForm,
    Section.HOUSEHOLD: HouseholdForm,
}
TEMPLATES = {
    Section.IDENTITY: "posts/host_identity.html",
    Section.ADULTS: "posts/host_adults.html",
    Section.VISIT: "posts/host_visit.html",
    Section.REFERENCES: "posts/host_references.html",
    Section.HOUSEHOLD: "posts/host_household.html",
}
Write = Callable[[Session, Visitor, Post, Any], Awaitable[None]]
WRITES: dict[Section, tuple[Write, str]] = {
    Section.IDENTITY: (hosts.see_identity, "seen_on"),
    Section.ADULTS: (hosts.add_adult, "draft"),
    Section.VISIT: (hosts.record_visit, "draft"),
    Section.REFERENCES: (hosts.add_reference, "draft"),
    Section.HOUSEHOLD: (hosts.describe_household, "draft"),
}


async def _open(
    session: Session, visitor: Visitor, code: str, section: str, organisation: str = ""
) -> tuple[Post, HostFileRead]:
    """The file, begun if it is new; who looks at which part is written down."""
    offer = await queries.host_offer(session, visitor, code)
    own = await organisations.acting_for(session, visitor.organisation_ids, organisation)
    file = await actions.open_host_file(session, visitor, offer, own.id)
    await actions.note_view(session, visitor, offer, section)
    # Holding the row has let go of what was loaded beside it.
    return await queries.host_offer(session, visitor, code), file


def _section(name: str) -> Section:
    if name not in set(Section):
        raise NotFoundError(NO_FILE)
    return Section(name)


def _filled(section: Section, file: HostFileRead) -> PageForm:
    """What stands already, for the parts that are said once."""
    row = file.row
    day = row.identity_seen_on if section is Section.IDENTITY else row.visited_on
    known: dict[Section, dict[str, object]] = {
        Section.IDENTITY: {"day": day.isoformat() if day else ""},
        Section.VISIT: {
            "day": day.isoformat() if day else "",
            "by": row.visited_by,
            "findings": row.findings,
        },
        Section.HOUSEHOLD: {
            "household": row.household,
            "willing": [str(one.value) for one in WILLING if one in Guests(row.willing)],
        },
    }
    return FORMS[section](data=known.get(section, {}))


def _section_page(offer: Post, file: HostFileRead, section: Section, form: PageForm) -> Template:
    return page(
        TEMPLATES[section],
        status=422 if form.errors else 200,
        noindex=True,
        form=form,
        offer=offer,
        file=file,
        here=f"/desk/hosts/{offer.code}/{section.value}",
        back=f"/desk/hosts/{offer.code}",
    )


def _overview(offer: Post, file: HostFileRead, visitor: Visitor) -> Template:
    lacking = missing(file.facts)
    return page(
        "posts/host_file.html",
        noindex=True,
        offer=offer,
        file=file,
        title=words.title(offer.category),
        where=words.where(offer.place),
        lacking=[(SECTION_OF[one].value, _(SENTENCES[one])) for one in lacking],
        lacking_in={SECTION_OF[one].value for one in lacking},
        household=str(dict(HOUSEHOLDS).get(file.facts.household or cast("Any", ""), "")),
        ready=[str(READY[one]) for one in WILLING if one in file.facts.willing],
        needed=SIGNATURES,
        has_signed=any(one.person_id == visitor.person_id for one in file.signatures),
    )


@get("/desk/hosts/{code:str}", opt=WORKER)
async def host_file(
    code: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    organisation: FromQuery[str] = "",
) -> Template:
    offer, file = await _open(session, visitor, code, "", organisation)
    return _overview(offer, file, visitor)


@get("/desk/hosts/{code:str}/{section:str}", opt=WORKER)
async def host_section(
    code: FromPath[str],
    section: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
) -> Template:
    part = _section(section)
    offer, file = await _open(session, visitor, code, part.value)
    return _section_page(offer, file, part, _filled(part, file))


@post("/desk/hosts/{code:str}/{section:str}", opt=WORKER)
async def write_host_section(
    request: Browser,
    code: FromPath[str],
    section: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
) -> Redirect | Template:
    part = _section(section)
    form = FORMS[part](await read_form(request))
    offer, file = await _open(session, visitor, code, part.value)
    if not form.validate():
        return _section_page(offer, file, part, form)
    write, said = WRITES[part]
    await write(session, visitor, offer, getattr(form, said))
    flash(_("Written down. Earlier signatures no longer count."))
    return see_other(_next(part, offer))


def _next(part: Section, offer: Post) -> str:
    """Adults and references come one by one; the other parts are done."""
    here = f"/desk/hosts/{offer.code}"
    return f"{here}/{part.value}" if part in (Section.ADULTS, Section.REFERENCES) else here


@post("/desk/hosts/{code:str}/all-adults", opt=WORKER)
async def name_all_adults(
    code: FromPath[str], session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    offer, _file = await _open(session, visitor, code, Section.ADULTS.value)
    await actions.name_all_adults(session, visitor, offer)
    return see_other(f"/desk/hosts/{code}")


@post("/desk/hosts/{code:str}/{section:str}/remove", opt=WORKER)
async def remove_from_host_file(
    request: Browser,
    code: FromPath[str],
    section: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
) -> Redirect:
    number = read_number(str((await read_form(request)).get("id", ""))) or 0
    offer, _file = await _open(session, visitor, code, _section(section).value)
    remove = {Section.ADULTS: hosts.remove_adult, Section.REFERENCES: hosts.remove_reference}
    if section not in remove:
        raise NotFoundError(NO_FILE)
    await remove[Section(section)](session, visitor, offer, number)
    flash(_("Taken out. Earlier signatures no longer count."))
    return see_other(f"/desk/hosts/{code}/{section}")


@post("/desk/hosts/{code:str}/sign", opt=WORKER)
async def sign_for_host(
    code: FromPath[str], session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    offer, file = await _open(session, visitor, code, "")
    if await actions.vouch(session, visitor, offer, file.row.organisation_id):
        flash(_("The host is verified for twelve months. Now guests may be proposed."))
    else:
        flash(_("Signed. A second person must sign too."))
    return see_other(f"/desk/hosts/{code}")


@post("/desk/hosts/{code:str}/suspend", opt=WORKER)
async def suspend_host(
    request: Browser,
    code: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
) -> Redirect | Template:
    form = SuspendForm(await read_form(request))
    offer, _file = await _open(session, visitor, code, "")
    if not form.validate():
        return page("posts/host_suspend.html", status=422, noindex=True, form=form, offer=offer)
    await actions.suspend_host(session, visitor, offer, str(form.why.data).strip())
    flash(_("Stopped at once. Open proposals end; nobody new is proposed."))
    return see_other(f"/desk/hosts/{code}")


@get("/desk/hosts/{code:str}/stop", opt=WORKER)
async def confirm_suspend(
    code: FromPath[str], session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Template:
    offer, _file = await _open(session, visitor, code, "")
    return page("posts/host_suspend.html", noindex=True, form=SuspendForm(), offer=offer)


handlers: list[ControllerRouterHandler] = [
    host_file,
    host_section,
    write_host_section,
    name_all_adults,
    remove_from_host_file,
    sign_for_host,
    suspend_host,
    confirm_suspend,
]
