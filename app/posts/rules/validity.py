"""What a draft must satisfy before it is published; every problem is named at once, by field."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import isfinite

from app.accounts.rules.spoken import is_spoken
from app.clock import BRUSSELS
from app.errors import InvalidError
from app.i18n import gettext as _
from app.posts.rules.draft import PostDraft, Window
from app.posts.rules.leaks import check_leaks
from app.posts.rules.schedule import HORIZON, MOST_WINDOWS, is_rule, occurrences
from app.posts.rules.taxonomy import CATEGORIES, Category, by_number

MOST_PLACES = 500
LONGEST_NOTE = 280
MOST_LANGUAGES = 8
RADIUS_KM = (1, 100)
LONGEST_WINDOW = timedelta(days=366)
LONGEST_OCCURRENCE = timedelta(days=1)
OLDEST_RULE = timedelta(days=400)
FURTHEST = timedelta(days=731)
LONGEST_REASON = 200
LONGEST_INSURER = 120

Problem = tuple[str, str]


def refuse_invalid(draft: PostDraft, now: datetime) -> None:
    """`InvalidError` with a sentence for every field that cannot stay as it is."""
    problems: dict[str, list[str]] = {}
    for field, sentence in _problems(draft, now):
        problems.setdefault(field, []).append(sentence)
    if problems:
        raise InvalidError(problems)


def _problems(draft: PostDraft, now: datetime) -> Iterator[Problem]:
    yield from _about_numbers(draft)
    yield from _about_party(draft)
    yield from _about_words(draft)
    yield from _about_languages(draft)
    yield from _about_dates(draft, now)
    if not 0 <= draft.category < len(CATEGORIES):
        yield "category", _("Choose a kind of help from the list.")
    else:
        yield from _about_distance(draft, by_number(draft.category))


def _about_numbers(draft: PostDraft) -> Iterator[Problem]:
    if not 1 <= draft.places <= MOST_PLACES:
        yield "places", _("Enter a number from 1 to %(most)s.", most=MOST_PLACES)


def _about_party(draft: PostDraft) -> Iterator[Problem]:
    party = draft.party
    if party is None:
        return
    if min(party.women, party.men, party.children) < 0 or party.size != draft.places:
        yield "places", _("Women, men and children together must be the number of people.")


def _about_distance(draft: PostDraft, category: Category) -> Iterator[Problem]:
    if draft.remote and not category.remote:
        yield "remote", _("This kind of help cannot be given by phone.")
    least, most = RADIUS_KM
    radius = draft.radius_km
    if radius is not None and not (isfinite(radius) and least <= radius <= most):
        yield (
            "radius_km",
            _("Enter a distance from %(least)s to %(most)s km.", least=least, most=most),
        )


def _about_words(draft: PostDraft) -> Iterator[Problem]:
    if len(draft.note) > LONGEST_NOTE:
        yield "note", _("Write at most %(most)s characters.", most=LONGEST_NOTE)
    else:
        yield from _about_leaks(draft)
    if draft.insured_by is not None and len(draft.insured_by) > LONGEST_INSURER:
        yield "insured_by", _("Write at most %(most)s characters.", most=LONGEST_INSURER)


def _about_leaks(draft: PostDraft) -> Iterator[Problem]:
    leaks = check_leaks(draft.note)
    if leaks.blocked or check_leaks(draft.insured_by or "").blocked:
        yield (
            "note" if leaks.blocked else "insured_by",
            _("Leave out phone numbers and addresses. You exchange them once both say yes."),
        )
    elif leaks.telling and draft.organisation_id is not None and not draft.note_reason:
        word = leaks.words[leaks.telling[0]]
        yield "note", _("“%(word)s” tells much about somebody. Take it out or say why.", word=word)
    reason = draft.note_reason or ""
    if len(reason) > LONGEST_REASON or check_leaks(reason).blocked:
        yield "note_reason", _("Write at most %(most)s characters.", most=LONGEST_REASON)


def _about_languages(draft: PostDraft) -> Iterator[Problem]:
    if not draft.languages:
        yield "languages", _("Choose at least one language.")
    if len(draft.languages) > MOST_LANGUAGES:
        yield "languages", _("Choose at most %(most)s languages.", most=MOST_LANGUAGES)
    if len(set(draft.languages)) < len(draft.languages):
        yield "languages", _("Choose each language once.")
    if not all(is_spoken(code) for code in draft.languages):
        yield "languages", _("Choose languages from the list.")
    if not is_spoken(draft.note_language):
        yield "note_language", _("Choose languages from the list.")


def _about_dates(draft: PostDraft, now: datetime) -> Iterator[Problem]:
    today = now.astimezone(BRUSSELS).date()
    if draft.latest_by is not None and not today <= draft.latest_by <= today + FURTHEST:
        yield "latest_by", _("Choose a day from today to two years ahead.")
    if len(draft.windows) > MOST_WINDOWS:
        yield "windows", _("Give at most %(most)s times.", most=MOST_WINDOWS)
    for window in draft.windows[:MOST_WINDOWS]:
        sentence = _window_problem(window, now)
        if sentence:
            yield "windows", sentence


def _window_problem(window: Window, now: datetime) -> str:
    length = window.ends_at - window.starts_at
    if length <= timedelta():
        return _("The end must come after the start.")
    if window.starts_at > now + FURTHEST:
        return _("Choose a day from today to two years ahead.")
    if window.rule is None:
        if window.ends_at <= now:
            return _("This time has passed. Choose a later one.")
        return _("Choose a shorter period.") if length > LONGEST_WINDOW else ""
    return _rule_problem(window, length, now)


def _rule_problem(window: Window, length: timedelta, now: datetime) -> str:
    if not is_rule(window.rule or ""):
        return _("This repetition cannot be read. Choose days of the week or of the month.")
    if length > LONGEST_OCCURRENCE:
        return _("A repeated time lasts at most one day.")
    if window.starts_at < now - OLDEST_RULE:
        return _("This repetition started too long ago. Give a newer start.")
    if not occurrences([window], now, max(now, window.starts_at) + HORIZON):
        return _("This repetition has no day in the next two months.")
    return ""
