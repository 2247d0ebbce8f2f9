"""The answers of a form half filled in, and the order in which its questions are asked.

Answers are kept as typed. What is known beforehand is either prefilled (the question is asked
with its answer in place) or given (the question is not asked; it can be changed at the check).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.posts.rules.draft import PostKind
from app.posts.rules.taxonomy import Category, category


class Step(StrEnum):
    """One question; the value is the last part of its address."""

    KIND = "kind"
    PLACE = "place"
    WHEN = "when"
    PEOPLE = "people"
    LANGUAGES = "languages"
    FACTS = "facts"
    NOTE = "note"
    CONTACT = "contact"
    CONSENT = "consent"


OFFER_STEPS = (Step.KIND, Step.PLACE, Step.WHEN, Step.LANGUAGES)
NEED_STEPS = (Step.KIND, Step.PLACE, Step.PEOPLE, Step.LANGUAGES)
HOUSE_GROUPS = frozenset({"roof", "wash"})
HOUSE_CATEGORIES = frozenset({"food.meal", "home.child"})


class Typed(dict[str, list[str]]):
    """Submitted texts by field, readable by WTForms and storable as JSON."""

    def getlist(self, name: str) -> list[str]:
        return self.get(name, [])

    def first(self, name: str) -> str:
        return next(iter(self.get(name, [])), "")

    def __iter__(self) -> Iterator[str]:
        return super().__iter__()


@dataclass(frozen=True)
class About:
    """What the draft is about beyond what was typed."""

    given: tuple[Step, ...] = ()
    offer: str | None = None  # code of the offer that the need asks for
    edits: str | None = None  # code of the post that the draft changes
    organisation_id: int | None = None
    client_id: int | None = None

    @property
    def on_behalf(self) -> bool:
        return self.client_id is not None


@dataclass(frozen=True)
class Answers:
    """All that is known of one draft."""

    kind: PostKind
    typed: Mapping[Step, Typed] = field(default_factory=dict)
    prefilled: Mapping[Step, Typed] = field(default_factory=dict)
    about: About = About()

    @property
    def category(self) -> Category | None:
        code = self.typed.get(Step.KIND, Typed()).first("category")
        try:
            return category(code)
        except KeyError:
            return None

    @property
    def has_house(self) -> bool:
        """True where facts about a house or household matter."""
        found = self.category
        return found is not None and (
            found.group.code in HOUSE_GROUPS or found.code in HOUSE_CATEGORIES
        )

    def shown(self, step: Step) -> Typed:
        """What to show in a question: the answer, or what was filled in beforehand."""
        return self.typed.get(step) or self.prefilled.get(step) or Typed()

    def answered(self, step: Step, typed: Typed) -> "Answers":
        return replace(self, typed={**self.typed, step: typed})


def needed_steps(answers: Answers, *, knows_contact: bool) -> tuple[Step, ...]:
    """Every question that must have an answer before publishing, in order."""
    steps = OFFER_STEPS if answers.kind is PostKind.OFFER else NEED_STEPS
    if answers.about.on_behalf:
        return (*steps, Step.CONSENT)
    return steps if knows_contact else (*steps, Step.CONTACT)


def asked_steps(answers: Answers, *, knows_contact: bool) -> tuple[Step, ...]:
    """The questions that are put one after the other."""
    steps = needed_steps(answers, knows_contact=knows_contact)
    return tuple(step for step in steps if step not in answers.about.given)


def possible_steps(answers: Answers, *, knows_contact: bool) -> tuple[Step, ...]:
    """Every question that may be opened, also from the check."""
    extra = (Step.FACTS,) if answers.kind is PostKind.OFFER and answers.has_house else ()
    return (*needed_steps(answers, knows_contact=knows_contact), *extra, Step.NOTE)


def step_after(answers: Answers, step: Step, *, knows_contact: bool) -> Step | None:
    """The next question; None when it is time to check."""
    asked = asked_steps(answers, knows_contact=knows_contact)
    if step not in asked:
        return first_unanswered(answers, knows_contact=knows_contact)
    following = asked[asked.index(step) + 1 :]
    return following[0] if following else None


def step_before(answers: Answers, step: Step, *, knows_contact: bool) -> Step | None:
    asked = asked_steps(answers, knows_contact=knows_contact)
    position = asked.index(step) if step in asked else 0
    return asked[position - 1] if position else None


def first_unanswered(answers: Answers, *, knows_contact: bool) -> Step | None:
    needed = needed_steps(answers, knows_contact=knows_contact)
    return next((step for step in needed if step not in answers.typed), None)


def to_json(answers: Answers) -> dict[str, object]:
    """As it is kept."""
    about = answers.about
    return {
        "typed": {step.value: dict(typed) for step, typed in answers.typed.items()},
        "prefilled": {step.value: dict(typed) for step, typed in answers.prefilled.items()},
        "about": {
            "given": [step.value for step in about.given],
            "offer": about.offer,
            "edits": about.edits,
            "organisation_id": about.organisation_id,
            "client_id": about.client_id,
        },
    }
