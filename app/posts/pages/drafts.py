"""One question a page: a draft begins, is answered and resumed by its link."""

from collections.abc import Sequence

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from app.db import ReadSession, Session
from app.errors import GoneError, NotFoundError
from app.i18n import current_language
from app.i18n import gettext as _
from app.posts import actions, queries
from app.posts.forms.answers import Answers, Step, Typed, first_unanswered, possible_steps
from app.posts.forms.asked import Question
from app.posts.forms.note import NoteQuestion
from app.posts.forms.questions import QUESTIONS, PlaceQuestion, question
from app.posts.pages.drafting import (
    Browser,
    OpenDraft,
    answer_of_place,
    chosen_place,
    open_draft,
    place_choices,
    places_meant,
    texts,
    today,
)
from app.posts.rules import PostKind, may_edit
from app.posts.rules.taxonomy import GROUPS, categories_in
from app.territories.geocoder.port import FoundPlace
from app.web.access import PUBLIC, SIGNED_IN
from app.web.answers import page, see_other
from app.web.forms import read_form
from app.web.visit import Visitor

TEMPLATES = {
    Step.KIND: "posts/draft_kind.html",
    Step.PLACE: "posts/draft_place.html",
    Step.WHEN: "posts/draft_when.html",
    Step.PEOPLE: "posts/draft_people.html",
    Step.LANGUAGES: "posts/draft_languages.html",
    Step.FACTS: "posts/draft_facts.html",
    Step.NOTE: "posts/draft_note.html",
    Step.CONTACT: "posts/draft_contact.html",
    Step.CONSENT: "posts/draft_consent.html",
}


@post("/drafts", opt=PUBLIC)
async def start_draft(
    request: Browser, session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    submitted = texts(await read_form(request))
    who, language = visitor.person_id, current_language()
    if offer := submitted.first("offer"):
        answers = await queries.answers_for_offer(session, offer, who, language, today())
    else:
        kind = PostKind.NEED if submitted.first("kind") == "need" else PostKind.OFFER
        category = submitted.first("category")
        answers = await queries.answers_to_begin(session, kind, category, who, language)
    token = await actions.start_draft(session, answers, who)
    return see_other(_first_question(token, answers, submitted.first("category")))


@post("/posts/{code:str}/edit", opt=SIGNED_IN)
async def edit_post(
    code: FromPath[str], session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    found = await queries.post_by_code(session, code)
    if not may_edit(visitor, found):
        raise NotFoundError("There is no such post.")
    answers = await queries.answers_of_post(session, found)
    token = await actions.start_draft(session, answers, visitor.person_id)
    return see_other(f"/drafts/{token}/check")


@get("/drafts/{token:str}", opt=PUBLIC)
async def resume_draft(
    token: FromPath[str], reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]
) -> Redirect | Template:
    try:
        draft = await open_draft(reader, token, visitor)
    except GoneError as ended:
        return page("posts/draft_ended.html", status=410, sentence=_(ended.message))
    if draft.row.post_id is not None:
        return see_other(draft.address("done"))
    step = first_unanswered(draft.answers, knows_contact=draft.knows_contact)
    return see_other(draft.address(step.value if step else "check"))


@get("/drafts/{token:str}/{step:str}", opt=PUBLIC)
async def show_question(
    *,
    token: FromPath[str],
    step: FromPath[str],
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    then: FromQuery[str] = "",
    group: FromQuery[str] = "",
) -> Redirect | Template:
    try:
        draft = await open_draft(reader, token, visitor)
    except GoneError as ended:
        return page("posts/draft_ended.html", status=410, sentence=_(ended.message))
    if draft.row.post_id is not None:
        return see_other(draft.address("done"))
    form = question(_step(draft, step), draft.answers, draft.today)
    if form.step in draft.answers.typed:
        form.validate()  # an answer may have grown stale since it was given: its page says so
    return _page(draft, form, to_check=then == "check", group=group)


@post("/drafts/{token:str}/{step:str}", opt=PUBLIC)
async def answer_question(
    request: Browser,
    token: FromPath[str],
    step: FromPath[str],
    session: NamedDependency[Session],
    visitor: NamedDependency[Visitor],
) -> Redirect | Template:
    submitted = texts(await read_form(request))
    places = await places_meant(request, step, submitted)
    draft = await open_draft(session, token, visitor, lock=True)
    if draft.row.post_id is not None:
        return see_other(draft.address("done"))
    form = QUESTIONS[_step(draft, step)].of_submission(submitted, draft.answers, draft.today)
    to_check = submitted.first("then") == "check"
    answer = _valid_answer(form, places)
    if answer is None:
        return _page(draft, form, to_check=to_check, status=422, places=places)
    draft = draft.answered(form.step, answer)
    await actions.keep_answers(session, draft.row, draft.answers)
    return see_other(draft.next_after(form.step, to_check=to_check))


def _first_question(token: str, answers: Answers, wished: str) -> str:
    """The first question without an answer; a wished group of kinds stands open."""
    group = wished.partition(".")[0]
    step = first_unanswered(answers, knows_contact=True) or Step.CONTACT
    if answers.about.offer:
        step = Step.PEOPLE
    known = step is Step.KIND and group in {one.code for one in GROUPS}
    return f"/drafts/{token}/{step.value}" + (f"?group={group}" if known else "")


def _step(draft: OpenDraft, name: str) -> Step:
    possible = possible_steps(draft.answers, knows_contact=draft.knows_contact)
    if name not in {step.value for step in possible}:
        raise NotFoundError("There is no such question.")
    return Step(name)


def _valid_answer(form: Question, places: Sequence[FoundPlace]) -> Typed | None:
    """What to keep; None where the question must be put again."""
    if not form.validate():
        return None
    if isinstance(form, PlaceQuestion):
        place = chosen_place(places, form.choice.data or "")
        if place is None:
            form.refuse(place_choices(places))
            return None
        return answer_of_place(form, place)
    if isinstance(form, NoteQuestion):
        return Typed({**form.typed, "written_in": [current_language()]})
    return form.typed


def _page(
    draft: OpenDraft,
    form: Question,
    *,
    to_check: bool,
    status: int = 200,
    group: str = "",
    places: Sequence[FoundPlace] = (),
) -> Template:
    language = current_language()
    if isinstance(form, PlaceQuestion) and places:
        form.choice.choices = place_choices(places)
    return page(
        TEMPLATES[form.step],
        status=status,
        noindex=True,
        form=form,
        draft=draft,
        number=None if to_check else draft.number(form.step),
        back=draft.back_from(form.step, to_check=to_check),
        then="check" if to_check else "",
        group=group,
        groups=[(one, one.name(language), categories_in(one.code)) for one in GROUPS],
    )


handlers: list[ControllerRouterHandler] = [
    start_draft,
    edit_post,
    resume_draft,
    show_question,
    answer_question,
]
