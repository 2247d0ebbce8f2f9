"""Check, send, prove the contact, and certainty: identity is asked last."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.accounts import actions as accounts
from app.accounts.forms import CodeForm, ContactInput, read_contact
from app.accounts.models import Person
from app.accounts.rules import Visitor as Member
from app.accounts.rules import clean_name, device_name
from app.accounts.rules.network import network_mark
from app.db import ReadSession, Session
from app.errors import GoneError
from app.i18n import current_language
from app.i18n import gettext as _
from app.posts import actions, queries
from app.posts.forms.answers import Answers, Step, Typed
from app.posts.forms.reading import first_problem
from app.posts.pages.drafting import Browser, OpenDraft, open_draft, texts
from app.posts.pages.drafts_check import heard, read_out, rows_of
from app.posts.rules import PostKind, PostStatus, category_of, status
from app.web.access import PUBLIC
from app.web.answers import page, see_other, start_session
from app.web.csrf import new_device
from app.web.forms import read_form
from app.web.visit import Visitor, current_visit


@get("/drafts/{token:str}/check", opt=PUBLIC)
async def check_draft(
    *,
    token: FromPath[str],
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    read_in: FromQuery[str] = "",
) -> Redirect | Template:
    try:
        draft = await open_draft(reader, token, visitor)
    except GoneError as ended:
        return page("posts/draft_ended.html", status=410, sentence=_(ended.message))
    return _elsewhere(draft) or await _check_page(reader, draft, read_in)


@post("/drafts/{token:str}/publish", opt=PUBLIC)
async def publish_draft(
    request: Browser,
    token: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
) -> Redirect:
    submitted = texts(await read_form(request))
    draft = await open_draft(session, token, visitor, lock=True)
    if elsewhere := _elsewhere(draft):
        return elsewhere
    if isinstance(visitor, Member):
        return await _publish(session, visitor, draft, submitted)
    return await _send_code(session, draft)


@get("/drafts/{token:str}/code", opt=PUBLIC)
async def show_code(
    token: FromPath[str], reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Redirect | Template:
    draft = await open_draft(reader, token, visitor)
    return _needs_no_code(draft) or _code_page(draft, CodeForm(), 200)


@post("/drafts/{token:str}/code", opt=PUBLIC)
async def enter_code(
    request: Browser,
    token: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
) -> Redirect | Template:
    form = CodeForm(await read_form(request))
    draft = await open_draft(session, token, visitor, lock=True)
    if elsewhere := _needs_no_code(draft):
        return elsewhere
    if not form.validate():
        return _code_page(draft, form, 422)
    outcome = await _try_code(session, draft, form)
    if outcome.factor_needed:
        return see_other(f"/sign-in/factor?next={draft.address('check')}")
    if outcome.person is None:
        form.code.errors = [_(outcome.problem)]
        return _code_page(draft, form, 422)
    member = await _come_in(session, outcome.person, request.headers.get("user-agent", ""))
    return await _publish(session, member, draft)


@get("/drafts/{token:str}/done", opt=PUBLIC)
async def draft_done(
    token: FromPath[str], reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Redirect | Template:
    draft = await open_draft(reader, token, visitor)
    if draft.row.post_id is None:
        return see_other(f"/drafts/{token}")
    found = await queries.post_of_draft(reader, draft.row)
    return page(
        "posts/draft_done.html",
        noindex=True,
        draft=draft,
        post=found,
        is_offer=found.kind == PostKind.OFFER.value,
        waits=status(found) is PostStatus.WAITING,
        hosting=category_of(found).is_hosting,
        child=await queries.child_of_draft(reader, found),
        unread=status(found) is PostStatus.UNREAD,
    )


@get("/drafts/{token:str}/under-18", opt=PUBLIC)
async def under_18(
    token: FromPath[str], reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Template:
    draft = await open_draft(reader, token, visitor)
    return page("posts/draft_under_18.html", noindex=True, draft=draft)


def _elsewhere(draft: OpenDraft) -> Redirect | None:
    """Where a draft belongs that is sent already or still lacks an answer."""
    if draft.row.post_id is not None:
        return see_other(draft.address("done"))
    missing = first_problem(draft.answers, draft.today, knows_contact=draft.knows_contact)
    return see_other(f"{draft.address(missing.value)}?then=check") if missing else None


def _needs_no_code(draft: OpenDraft) -> Redirect | None:
    """Somebody who has signed in meanwhile, in this tab or another, checks and sends."""
    known = see_other(draft.address("check")) if draft.knows_contact else None
    return _elsewhere(draft) or known


async def _check_page(reader: ReadSession, draft: OpenDraft, read_in: str) -> Template:
    client = await queries.client_of_draft(reader, draft.answers)
    return page(
        "posts/draft_check.html",
        noindex=True,
        draft=draft,
        rows=rows_of(draft),
        button_text=_button(draft.answers),
        hosting=_is_hosting(draft.answers),
        read_out=read_out(draft, client, read_in) if client else None,
    )


async def _publish(
    session: Session, member: Member, draft: OpenDraft, submitted: Typed | None = None
) -> Redirect:
    """A need for a client is on show once the button says that it was read out."""
    said = submitted or Typed()
    client = await queries.client_of_draft(session, draft.answers)
    is_heard = client is not None and said.first("read_back") == "yes"
    await actions.publish_draft(
        session,
        member,
        draft.row,
        draft.answers,
        today=draft.today,
        heard=heard(draft, client, said.first("read_in")) if client and is_heard else None,
    )
    return see_other(draft.address("done"))


async def _send_code(session: Session, draft: OpenDraft) -> Redirect:
    contact = _contact(draft.answers)
    await accounts.ask_code(
        session,
        kind=contact.kind,
        value=contact.value,
        device=new_device(current_visit()),
        language=current_language(),
        network=network_mark(current_visit().address),
    )
    return see_other(draft.address("code"))


def _code_page(draft: OpenDraft, form: CodeForm, code_status: int) -> Template:
    contact = draft.answers.typed[Step.CONTACT].first("contact")
    return page(
        "posts/draft_code.html",
        status=code_status,
        noindex=True,
        form=form,
        draft=draft,
        contact=contact,
    )


def _contact(answers: Answers) -> ContactInput:
    contact = read_contact(answers.typed[Step.CONTACT].first("contact"))
    if contact is None:
        raise ValueError("The answers were checked before.")
    return contact


async def _try_code(session: Session, draft: OpenDraft, form: CodeForm) -> accounts.CodeOutcome:
    said = draft.answers.typed[Step.CONTACT]
    return await accounts.enter_code(
        session,
        code=form.digits,
        device=new_device(current_visit()),
        name=clean_name(said.first("name")),
        language=current_language(),
        languages=draft.answers.typed.get(Step.LANGUAGES, Typed()).getlist("languages"),
    )


async def _come_in(session: Session, person: Person, user_agent: str) -> Member:
    """Open the session of a person who has proven a contact; a role waits for its second step."""
    replaced = current_visit().session_token
    start_session(
        await accounts.open_session(session, person.id, device_name(user_agent), replaces=replaced)
    )
    return Member(person.id, person.name, person.language)


def _button(answers: Answers) -> str:
    if answers.about.on_behalf:
        return _("Publish for the client")
    if answers.about.edits:
        return _("Save the changes")
    return _("Publish my offer") if answers.kind is PostKind.OFFER else _("Send my request")


def _is_hosting(answers: Answers) -> bool:
    return answers.category is not None and answers.category.is_hosting


handlers: list[ControllerRouterHandler] = [
    check_draft,
    publish_draft,
    show_code,
    enter_code,
    draft_done,
    under_18,
]
