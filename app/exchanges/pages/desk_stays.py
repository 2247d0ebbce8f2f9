"""Stays at the desk: the plan before the organisation's yes, and the calls during a stay."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Role, Visitor
from app.db import ReadSession, Session
from app.exchanges import actions, rules
from app.exchanges.forms import CheckInForm, LastDayForm, PlanForm
from app.exchanges.models import Exchange
from app.exchanges.queries import name_of, stays
from app.exchanges.rules import Via
from app.i18n import gettext as _
from app.posts.pages import words
from app.proposals.models import Proposal
from app.web.access import staff
from app.web.answers import flash, page, see_other
from app.web.forms import read_form

WORKER = staff(Role.CASEWORKER.value, Role.ORGANISATION_ADMIN.value)
Browser = Request[Any, Any, Any]


def _plan_page(proposal: Proposal, form: PlanForm) -> Template:
    return page(
        "exchanges/plan.html",
        status=422 if form.errors else 200,
        noindex=True,
        form=form,
        proposal=proposal,
        title=words.title(proposal.need.category, openly=True),
    )


@get("/proposals/{code:str}/plan", opt=WORKER)
async def stay_plan(
    reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor], code: FromPath[str]
) -> Template:
    proposal = await stays.vouched_proposal(reader, visitor, code)
    known = await stays.plan_of(reader, proposal.id)
    data = {"ends_on": known.ends_on.isoformat(), "move_on": known.move_on} if known else {}
    return _plan_page(proposal, PlanForm(data=data))


@post("/proposals/{code:str}/plan", opt=WORKER)
async def write_plan(
    request: Browser,
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
) -> Redirect | Template:
    """The plan and the organisation's yes in one act."""
    form = PlanForm(await read_form(request))
    proposal = await stays.vouched_proposal(session, visitor, code)
    if not form.validate():
        return _plan_page(proposal, form)
    await actions.write_plan(session, visitor, code, form.plan)
    accepted = await actions.accept(session, visitor, code)
    if accepted.exchange is None:
        flash(_("Your yes is written down. Guest and host answer now."))
        return see_other(f"/proposals/{code}")
    flash(_("All three said yes. The stay can begin."))
    return see_other(f"/desk/stays/{accepted.exchange.code}")


async def _stay_page(
    reader: ReadSession, exchange: Exchange, wrong: CheckInForm | LastDayForm | None = None
) -> Template:
    stay = await stays.plan_of(reader, exchange.proposal_id)
    return page(
        "exchanges/desk_stay.html",
        status=422 if wrong and wrong.errors else 200,
        noindex=True,
        wrong=wrong,
        last_day=wrong if isinstance(wrong, LastDayForm) else LastDayForm(),
        goes_on=stay is not None and stay.left_at is None and rules.is_open(exchange),
        exchange=exchange,
        stay=stay,
        host=name_of(exchange.offer),
        guest=await stays.guest_name(reader, exchange.need),
        contacts=await stays.guest_contacts(reader, exchange.need),
        check_ins=await stays.check_ins_of(reader, exchange.id),
        due=await stays.to_record(reader, exchange.id),
    )


@get("/desk/stays/{code:str}", opt=WORKER)
async def desk_stay(
    reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor], code: FromPath[str]
) -> Template:
    exchange = await stays.desk_stay(reader, visitor, code)
    return await _stay_page(reader, exchange)


@post("/desk/stays/{code:str}/check-in", opt=WORKER)
async def record_check_in(
    request: Browser,
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
) -> Redirect | Template:
    exchange = await stays.desk_stay(session, visitor, code)
    form = CheckInForm(await read_form(request))
    due = await stays.to_record(session, exchange.id)
    if not form.validate() or due is None:
        return await _stay_page(session, exchange, form)
    await actions.answer_check_in(session, exchange, due, form.doing, visitor.person_id)
    flash(_("Written down. The host does not see it."))
    return see_other(f"/desk/stays/{code}")


@post("/desk/stays/{code:str}/last-day", opt=WORKER)
async def change_last_day(
    request: Browser,
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
) -> Redirect | Template:
    exchange = await stays.desk_stay(session, visitor, code)
    form = LastDayForm(await read_form(request))
    if not form.validate():
        return await _stay_page(session, exchange, form)
    await actions.change_last_day(session, exchange, form.day)
    flash(_("The last day is changed. Tell guest and host."))
    return see_other(f"/desk/stays/{code}")


@post("/desk/stays/{code:str}/leave", opt=WORKER)
async def leave_for_guest(
    session: NamedDependency[Session], visitor: NamedDependency[Visitor], code: FromPath[str]
) -> Redirect:
    exchange = await stays.desk_stay(session, visitor, code)
    await actions.leave_now(session, exchange, Via.WORKER.value)
    flash(_("The stay has ended. The need is open again as urgent."))
    return see_other(f"/desk/stays/{code}")


handlers: list[ControllerRouterHandler] = [
    stay_plan,
    write_plan,
    desk_stay,
    record_check_in,
    change_last_day,
    leave_for_guest,
]
