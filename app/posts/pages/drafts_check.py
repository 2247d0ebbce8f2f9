"""Every answer read back in words, each with its way to change it."""

from dataclasses import dataclass

from app.i18n import (
    LANGUAGES,
    choose_language,
    current_language,
    direction,
    format_day,
    listed,
    speaking,
)
from app.i18n import gettext as _
from app.organisations.models import Client
from app.posts.forms.answers import Answers, Step, Typed, possible_steps
from app.posts.forms.consent import CONSENT_WAYS
from app.posts.forms.plain_input import read_day
from app.posts.forms.reading import read_post
from app.posts.pages import words
from app.posts.pages.drafting import OpenDraft
from app.posts.rules import PostDraft, PostKind, by_number
from app.posts.rules.read_back import ReadBack
from app.web.templates import url


@dataclass(frozen=True)
class Row:
    """One answer: what was asked, what was said, where to change it."""

    key: str
    value: str
    href: str
    hidden: str


def rows_of(draft: OpenDraft) -> list[Row]:
    """An answer a row, in the order of the questions; the answers must be complete."""
    said = read_post(draft.answers, draft.today)
    steps = possible_steps(draft.answers, knows_contact=draft.knows_contact)
    return [row for step in steps for row in _rows(draft, step, said)]


@dataclass(frozen=True)
class ReadOut:
    """What a client hears: the public words in their language, and nothing beside."""

    language: str
    direction: str
    rows: list[tuple[str, str]]
    languages: list[tuple[str, str]]

    @property
    def text(self) -> str:
        return "\n".join(f"{key}: {value}" for key, value in self.rows)


def read_out(draft: OpenDraft, client: Client, wished: str) -> ReadOut:
    """In the wished language, else the first of the client's that we write."""
    language = choose_language(wished, *client.languages, current_language())
    said = read_post(draft.answers, draft.today)
    steps = possible_steps(draft.answers, knows_contact=True)
    with speaking(language):
        rows = [
            row
            for step in steps
            if step not in (Step.CONTACT, Step.CONSENT)
            for row in _facts(step, said, draft.answers)
            if row[1]
        ]
        rows.append((_("Who asks for you"), client.organisation.name))
        rows.append((_("Your name"), _("Nobody sees it.")))
    return ReadOut(language, direction(language), rows, list(LANGUAGES.items()))


def heard(draft: OpenDraft, client: Client, wished: str) -> ReadBack:
    """What is kept of a reading: the text, and how the client agreed."""
    shown = read_out(draft, client, wished)
    consent = draft.answers.typed[Step.CONSENT]
    return ReadBack(
        text=shown.text,
        language=shown.language,
        how=consent.first("how"),
        day=read_day(consent.first("day")),
        sensitive=frozenset(consent.getlist("sensitive")),
    )


def _rows(draft: OpenDraft, step: Step, said: PostDraft) -> list[Row]:
    href = f"{url(draft.address(step.value))}?then=check"
    return [Row(key, value, href, key) for key, value in _facts(step, said, draft.answers)]


def _facts(  # noqa: PLR0911 - one answer for each question
    step: Step, said: PostDraft, answers: Answers
) -> list[tuple[str, str]]:
    typed = answers.typed.get(step, Typed())
    unit = by_number(said.category).unit.value
    match step:
        case Step.KIND:
            return [(_("What"), words.title(said.category, openly=answers.about.offer is None))]
        case Step.PLACE:
            return [(_("Where"), _place(typed))]
        case Step.WHEN:
            return [
                (_("When"), words.when(said.windows)),
                (_("How many"), words.how_many(said.places, unit)),
            ]
        case Step.PEOPLE:
            many = words.party(said.party) or words.how_many(said.places, unit)
            return [(_("How many"), many), (_("When"), _soon(said))]
        case Step.LANGUAGES:
            return _spoken(said)
        case Step.FACTS:
            return [(_("House"), listed(words.features(said.features)))]
        case Step.NOTE:
            return [(_("In your own words"), said.note)]
        case Step.CONTACT:
            return [(_("Name"), typed.first("name")), (_("Contact"), typed.first("contact"))]
        case Step.CONSENT:
            return [(_("Consent of the client"), _consent(typed))]


def _place(typed: Typed) -> str:
    name = typed.first("label_nl" if current_language() == "nl" else "label_fr")
    found = f"{typed.first('postcode')} {name}".strip()
    return f"{typed.first('text')} ({found})" if typed.first("address") else found


def _soon(said: PostDraft) -> str:
    if said.windows:
        return words.when(said.windows)
    if said.latest_by is not None:
        day = format_day(said.latest_by)
        return _("%(urgency)s, until %(day)s", urgency=words.urgency(said.urgency), day=day)
    return words.urgency(said.urgency)


def _spoken(said: PostDraft) -> list[tuple[str, str]]:
    spoken = words.speaks(said.languages)
    rows = [(_("Languages"), spoken)]
    if said.kind is PostKind.NEED and said.required:
        rows.append((_("Must be there"), listed(words.features(said.required))))
    if said.kind is PostKind.NEED and said.wished:
        rows.append((_("Would be good"), listed(words.features(said.wished))))
    return rows


def _consent(typed: Typed) -> str:
    day = read_day(typed.first("day"))
    how = str(dict(CONSENT_WAYS).get(typed.first("how"), ""))
    return f"{how}, {format_day(day)}" if day else how
