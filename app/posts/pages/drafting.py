"""A draft as its pages need it: its answers, its questions, and where each leads."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from litestar import Request
from litestar.datastructures import FormMultiDict

from app import clock
from app.db import ReadSession
from app.i18n import current_language
from app.posts import queries
from app.posts.forms.answers import (
    Answers,
    Step,
    Typed,
    asked_steps,
    first_unanswered,
    step_after,
    step_before,
)
from app.posts.forms.asked import Question
from app.posts.forms.beginnings import typed_place
from app.posts.forms.plain_input import plain
from app.posts.models import Draft
from app.posts.rules import PlaceDraft, PostKind
from app.territories import queries as territories
from app.territories.geocoder.port import FoundPlace
from app.web.visit import Visitor

Browser = Request[Any, Any, Any]


@dataclass(frozen=True)
class OpenDraft:
    """A draft in somebody's hands; `knows_contact` where nobody has to say who they are."""

    token: str
    row: Draft
    answers: Answers
    today: date
    knows_contact: bool

    def address(self, last: str) -> str:
        return f"/drafts/{self.token}/{last}"

    def number(self, step: Step) -> tuple[int, int] | None:
        """Which question of how many, for those asked in a row."""
        asked = asked_steps(self.answers, knows_contact=self.knows_contact)
        return (asked.index(step) + 1, len(asked)) if step in asked else None

    def back_from(self, step: Step, *, to_check: bool) -> str:
        if to_check:
            return self.address("check")
        before = step_before(self.answers, step, knows_contact=self.knows_contact)
        return self.address(before.value) if before else self.beginning

    @property
    def back_from_check(self) -> str:
        asked = asked_steps(self.answers, knows_contact=self.knows_contact)
        return self.address(asked[-1].value) if asked else self.beginning

    def answered(self, step: Step, answer: Typed) -> "OpenDraft":
        return replace(self, answers=self.answers.answered(step, answer))

    @property
    def beginning(self) -> str:
        if self.answers.about.edits:
            return f"/{self.answers.kind.value}s/{self.answers.about.edits}"
        if self.answers.about.offer:
            return f"/offers/{self.answers.about.offer}"
        if self.answers.about.on_behalf:
            return "/desk"
        return "/offer-help" if self.answers.kind is PostKind.OFFER else "/need-help"

    def next_after(self, step: Step, *, to_check: bool) -> str:
        """The next question, or the check once every question has its answer."""
        knows = self.knows_contact
        if to_check:
            following = first_unanswered(self.answers, knows_contact=knows)
        else:
            following = step_after(self.answers, step, knows_contact=knows)
        return self.address(following.value if following else "check")


def today() -> date:
    return clock.local(clock.now()).date()


async def open_draft(
    reader: ReadSession, token: str, visitor: Visitor, *, lock: bool = False
) -> OpenDraft:
    row = await queries.draft_by_token(reader, token, visitor.person_id, lock=lock)
    return OpenDraft(token, row, queries.answers_of(row), today(), visitor.signed_in)


def texts(form: FormMultiDict) -> Typed:
    """The submitted texts by field; files are nobody's answer here."""
    found = Typed()
    for name, value in form.multi_items():
        if isinstance(value, str):
            found.setdefault(name, []).append(value)
    return found


async def places_meant(request: Browser, step: str, submitted: Typed) -> list[FoundPlace]:
    """What the words of the place question may mean; asked before any row is read."""
    if step != Step.PLACE.value:
        return []
    geocoder = request.app.state.geocoder
    return await territories.find_places(geocoder, submitted.first("text"), current_language())


def place_choices(found: Sequence[FoundPlace]) -> list[tuple[str, str]]:
    """Each place under a key that a later look-up of the same words gives again."""
    language = current_language()
    return [
        (f"{position}-{place.municipality_nis}", place.label(language))
        for position, place in enumerate(found)
    ]


def chosen_place(found: Sequence[FoundPlace], choice: str) -> FoundPlace | None:
    """The place that the person pointed at, or the only one that the words can mean."""
    keys = [key for key, _label in place_choices(found)]
    if choice in keys:
        return found[keys.index(choice)]
    return found[0] if len(found) == 1 and not found[0].guess else None


def answer_of_place(question: Question, place: FoundPlace) -> Typed:
    """The words together with the place they mean; a street and number are kept apart."""
    text = " ".join(question.typed.first("text").split())
    draft = PlaceDraft(
        lat=place.lat,
        lon=place.lon,
        nis=place.municipality_nis,
        postcode=place.postcode,
        address=text if _names_a_house(text, place) else None,
    )
    return typed_place(draft, text, place.label_fr, place.label_nl)


def _names_a_house(text: str, place: FoundPlace) -> bool:
    rest = plain(text).replace(place.postcode or "", "", 1)
    return any(char.isdecimal() for char in rest)
