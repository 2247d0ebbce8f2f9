"""Answers become the draft of a post; what is missing or no longer true is named by question."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import cast

from app.clock import BRUSSELS
from app.posts.forms.answers import About, Answers, Step, Typed, needed_steps, possible_steps
from app.posts.forms.people import PeopleQuestion
from app.posts.forms.plain_input import read_day, read_number, read_time
from app.posts.forms.questions import (
    LanguagesQuestion,
    WhenQuestion,
    features_in,
    question,
)
from app.posts.rules.draft import Feature, PlaceDraft, PostDraft, PostKind, Urgency, Window
from app.posts.rules.party import Party
from app.posts.rules.taxonomy import Category

SOON = timedelta(days=7)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True)
class _Timing:
    """When it can happen and how much of it."""

    places: int
    windows: tuple[Window, ...] = ()
    urgency: Urgency = Urgency.FLEXIBLE
    latest_by: date | None = None
    party: Party | None = None


def from_json(kind: str, stored: dict[str, object]) -> Answers:
    """The inverse of `to_json`; unknown steps of older drafts are left out."""
    about = cast("dict[str, object]", stored["about"])
    return Answers(
        kind=PostKind(kind),
        typed=_steps(stored["typed"]),
        prefilled=_steps(stored["prefilled"]),
        about=About(
            given=tuple(Step(step) for step in cast("list[str]", about["given"])),
            offer=cast("str | None", about["offer"]),
            edits=cast("str | None", about["edits"]),
            organisation_id=cast("int | None", about["organisation_id"]),
            client_id=cast("int | None", about["client_id"]),
        ),
    )


def _steps(stored: object) -> dict[Step, Typed]:
    typed = cast("dict[str, dict[str, list[str]]]", stored)
    return {Step(step): Typed(values) for step, values in typed.items()}


def first_problem(answers: Answers, today: date, *, knows_contact: bool) -> Step | None:
    """The first question without a valid answer; None where all is there."""
    needed = needed_steps(answers, knows_contact=knows_contact)
    for step in possible_steps(answers, knows_contact=knows_contact):
        if step not in answers.typed:
            if step in needed:
                return step
            continue
        if not question(step, answers, today).validate():
            return step
        if step is Step.PLACE and not answers.typed[step].first("nis"):
            return step
    return None


def read_post(answers: Answers, today: date) -> PostDraft:
    """The post that valid answers describe (see `first_problem`)."""
    category = cast("Category", answers.category)
    timing = _offer_timing(answers, today) if _is_offer(answers) else _need_timing(answers, today)
    spoken = cast("LanguagesQuestion", question(Step.LANGUAGES, answers, today))
    note = answers.typed.get(Step.NOTE, Typed())
    required, wished = _constraints(spoken)
    return PostDraft(
        kind=answers.kind,
        category=category.number,
        place=read_place(answers.typed[Step.PLACE]),
        places=timing.places,
        languages=tuple(dict.fromkeys(spoken.languages.data or ())),
        note=" ".join(note.first("note").split()),
        note_language=note.first("written_in") or "fr",
        note_reason=" ".join(note.first("reason").split()) or None,
        interpreter=bool(spoken.interpreter.data),
        exclusive=_is_offer(answers) and category.is_hosting,
        remote=category.is_remote_only,
        urgency=timing.urgency,
        latest_by=timing.latest_by,
        windows=timing.windows,
        required=required,
        wished=wished,
        features=_features(answers),
        party=timing.party,
        asked_offer=answers.about.offer,
        organisation_id=answers.about.organisation_id,
        client_id=answers.about.client_id,
    )


def _is_offer(answers: Answers) -> bool:
    return answers.kind is PostKind.OFFER


def read_place(typed: Typed) -> PlaceDraft:
    return PlaceDraft(
        lat=float(typed.first("lat")),
        lon=float(typed.first("lon")),
        nis=typed.first("nis"),
        postcode=typed.first("postcode") or None,
        address=typed.first("address") or None,
    )


def _constraints(spoken: LanguagesQuestion) -> tuple[Feature, Feature]:
    """What must be there, and what would be good beyond it."""
    if not spoken.asks_constraints:
        return Feature.NONE, Feature.NONE
    required = features_in(spoken.required.data)
    return required, features_in(spoken.wished.data) & ~required


def _features(answers: Answers) -> Feature:
    if not (_is_offer(answers) and answers.has_house):
        return Feature.NONE
    return features_in(answers.typed.get(Step.FACTS, Typed()).getlist("features"))


def _offer_timing(answers: Answers, today: date) -> _Timing:
    form = cast("WhenQuestion", question(Step.WHEN, answers, today))
    places = read_number(form.places.data) or 1
    if form.when.data == "dates":
        first, last = _day(form.from_day.data), _day(form.until_day.data)
        return _Timing(places, (whole_days(first, last),), latest_by=last)
    form.days.pre_validate(form)
    if form.when.data == "weekly":
        start, end = read_time(form.from_time.data), read_time(form.until_time.data)
        return _Timing(places, (weekly(form.days.data or [], start, end, today),))
    return _Timing(places)


def _need_timing(answers: Answers, today: date) -> _Timing:
    form = cast("PeopleQuestion", question(Step.PEOPLE, answers, today))
    people = (form.party.size if form.is_stay else read_number(form.people.data)) or 1
    if form.is_stay:
        first = _day(form.from_day.data)
        last = first + timedelta(days=form.nights - 1)
        window = whole_days(first, last)
        return _Timing(people, (window,), _urgency_of(first, today), last, form.party)
    return _Timing(people, (), Urgency(int(form.urgency.data)), read_day(form.by_day.data))


def _urgency_of(first: date, today: date) -> Urgency:
    if first <= today + timedelta(days=1):
        return Urgency.TODAY
    return Urgency.THIS_WEEK if first <= today + SOON else Urgency.FLEXIBLE


def _day(typed: str | None) -> date:
    return cast("date", read_day(typed))


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, BRUSSELS).astimezone(UTC)


def whole_days(first: date, last: date) -> Window:
    """From midnight of the first local day to midnight after the last."""
    return Window(_moment(first, time()), _moment(last + timedelta(days=1), time()))


def weekly(days: list[str], start: time | None, end: time | None, today: date) -> Window:
    """The first such hours from today on, recurring each week in local time."""
    chosen = [day for day in WEEKDAYS if day in days]
    first = next(
        today + timedelta(days=ahead)
        for ahead in range(7)
        if WEEKDAYS[(today + timedelta(days=ahead)).weekday()] in chosen
    )
    return Window(
        _moment(first, cast("time", start)),
        _moment(first, cast("time", end)),
        f"FREQ=WEEKLY;BYDAY={','.join(chosen)}",
    )
