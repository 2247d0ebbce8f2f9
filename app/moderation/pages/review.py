"""One report with its evidence: deciding, reviewing, contacts for a reason, the authorities."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.queries import contacts_of
from app.accounts.rules import Visitor
from app.db import ReadSession, Session
from app.i18n import gettext as _
from app.moderation import actions, queries
from app.moderation.forms import (
    CHOICES,
    REASONS,
    RULES,
    DecisionForm,
    LookForm,
    PassedForm,
)
from app.moderation.pages.moderation import MODERATOR, READER
from app.moderation.queries import Evidence
from app.moderation.rules import Party, may_review
from app.posts.pages.words import how_many
from app.posts.rules import by_number
from app.web.answers import flash, page, see_other
from app.web.forms import read_form


@get("/moderation/{code:str}", opt=READER)
async def review(
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
) -> Template:
    found = await queries.evidence(reader, visitor, code)
    return _review_page(visitor, found, DecisionForm(), LookForm())


@post("/moderation/{code:str}/decide", opt=MODERATOR)
async def decide(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
) -> Template | Redirect:
    """The first decision, or that of a second reviewer where somebody objected."""
    found = await queries.evidence(session, visitor, code)
    form = _decision_form(found, await read_form(request))
    if not form.validate():
        return _review_page(visitor, found, form, LookForm(), status=422)
    act = actions.review if found.appeal is not None else actions.decide
    await act(session, visitor, found, form.draft())
    flash(_("Decided. Those concerned are told."))
    return see_other("/moderation")


@post("/moderation/{code:str}/contacts", opt=MODERATOR, status_code=200)
async def contacts(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
) -> Template:
    """Shown once, in the answer to a reason that is kept."""
    found = await queries.evidence(session, visitor, code)
    form = LookForm(await read_form(request))
    if not form.validate():
        return _review_page(visitor, found, DecisionForm(), form, status=422)
    party = Party(form.party.data)
    people = await actions.look_at_contacts(session, visitor, found, party, form.text())
    return await _contacts_page(session, found, party, people)


@get("/moderation/{code:str}/authorities", opt=MODERATOR)
async def authorities(
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
) -> Template:
    found = await queries.evidence(reader, visitor, code)
    return page("moderation/authorities.html", form=PassedForm(), evidence=found, noindex=True)


@post("/moderation/{code:str}/pass-on", opt=MODERATOR)
async def pass_on(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
) -> Template | Redirect:
    found = await queries.evidence(session, visitor, code)
    form = PassedForm(await read_form(request))
    if not form.validate():
        return page("moderation/authorities.html", status=422, form=form, evidence=found)
    await actions.pass_on(session, visitor, found, form.text())
    flash(_("Noted whom you told."))
    return see_other(f"/moderation/{code}")


def _decision_form(evidence: Evidence, sent: Any) -> DecisionForm:  # noqa: ANN401 - a form's fields
    """Whoever reported stays unnamed in words that the other side reads."""
    form = DecisionForm(sent)
    reporter = evidence.reporter.name if evidence.reporter else evidence.report.reporter_name
    form.reporter_name = (reporter or "").strip() or None
    return form


async def _contacts_page(
    session: Session, evidence: Evidence, party: Party, people: frozenset[int]
) -> Template:
    found = [(one, await contacts_of(session, one)) for one in sorted(people)]
    names = {post.author_id: post.author.name for post in evidence.posts}
    if evidence.reporter:
        names[evidence.reporter.id] = evidence.reporter.name
    given = evidence.report.reporter_contact if party is Party.REPORTER else None
    listed = [(names.get(one, ""), one_by_one) for one, one_by_one in found]
    return page(
        "moderation/contacts.html", report=evidence.report, listed=listed, given=given, noindex=True
    )


def _review_page(
    visitor: Visitor, evidence: Evidence, form: DecisionForm, look: LookForm, status: int = 200
) -> Template:
    appeal = evidence.appeal
    is_first = appeal is not None and not may_review(visitor.person_id, appeal.first_moderator_id)
    return page(
        "moderation/review.html",
        status=status,
        form=form,
        look=look,
        evidence=evidence,
        is_first=is_first,
        is_mine=evidence.report.claimed_by == visitor.person_id,
        reasons=REASONS,
        choices=CHOICES,
        rules=RULES,
        category_of=by_number,
        how_many=how_many,
    )


handlers: list[ControllerRouterHandler] = [
    review,
    decide,
    contacts,
    authorities,
    pass_on,
]
