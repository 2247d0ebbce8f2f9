"""Facts of a post in words, the same on cards, pages and maps."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from babel import Locale

from app.clock import BRUSSELS, now
from app.i18n import (
    current_language,
    format_day,
    format_time,
    isolated,
    language_name,
    listed,
    ngettext,
)
from app.i18n import gettext as _
from app.posts.rules import (
    Feature,
    PostKind,
    PostStatus,
    Slot,
    Urgency,
    Window,
    by_number,
    occurrences,
)
from app.posts.rules.party import Party
from app.posts.rules.schedule import HORIZON
from app.posts.rules.taxonomy import public_name
from app.territories.rules import DistanceBucket

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Named(Protocol):
    """A place by its municipality."""

    @property
    def name_fr(self) -> str: ...
    @property
    def name_nl(self) -> str: ...
    @property
    def postcode(self) -> str | None: ...


def title(category: int, *, openly: bool = False) -> str:
    """What the public may read; `openly` for the post's own side."""
    kind = by_number(category)
    language = current_language()
    return kind.name(language) if openly else public_name(kind, language)


def where(place: Named) -> str:
    name = place.name_nl if current_language() == "nl" else place.name_fr
    return isolated(f"{place.postcode} {name}" if place.postcode else name)


def speaks(codes: Sequence[str]) -> str:
    return listed(language_name(code) for code in codes)


def how_many(count: int, unit: str) -> str:
    """Persons, items, visits or seats."""
    if unit == "persons":
        return ngettext("%(n)s person", "%(n)s persons", count)
    if unit == "items":
        return ngettext("%(n)s item", "%(n)s items", count)
    if unit == "seats":
        return ngettext("%(n)s seat", "%(n)s seats", count)
    return ngettext("%(n)s visit", "%(n)s visits", count)


def party(found: Party | None) -> str:
    """Who needs a roof; empty where nobody said."""
    if found is None:
        return ""
    counted = (
        (found.women, ngettext("%(n)s woman", "%(n)s women", found.women)),
        (found.men, ngettext("%(n)s man", "%(n)s men", found.men)),
        (found.children, ngettext("%(n)s child", "%(n)s children", found.children)),
    )
    return listed(words for count, words in counted if count)


def urgency(level: int) -> str:
    return {
        Urgency.TODAY: _("Needed today"),
        Urgency.THIS_WEEK: _("Needed this week"),
        Urgency.FLEXIBLE: _("No hurry"),
    }[Urgency(level)]


def distance(step: DistanceBucket | None) -> str | None:
    if step is None:
        return None
    return {
        DistanceBucket.UNDER_2: _("Less than 2 km away"),
        DistanceBucket.FROM_2_TO_5: _("2 to 5 km away"),
        DistanceBucket.FROM_5_TO_10: _("5 to 10 km away"),
        DistanceBucket.OVER_10: _("More than 10 km away"),
    }[step]


def status(state: PostStatus, kind: PostKind) -> tuple[str, str]:
    """Words and the kind of tag."""
    is_need = kind is PostKind.NEED
    return {
        PostStatus.PUBLISHED: (_("Looking for help") if is_need else _("Available"), "ok"),
        PostStatus.UNREAD: (_("To be read out to the client"), "wait"),
        PostStatus.WAITING: (_("Waits for an organisation"), "wait"),
        PostStatus.FULL: (_("Somebody helps") if is_need else _("Taken"), "wait"),
        PostStatus.PAUSED: (_("Paused"), "wait"),
        PostStatus.HELD: (_("Being checked"), "wait"),
        PostStatus.WITHDRAWN: (_("Withdrawn"), "plain"),
        PostStatus.EXPIRED: (_("Ended"), "plain"),
        PostStatus.FULFILLED: (_("Done"), "ok"),
    }[state]


def features(mask: int) -> list[str]:
    names = {
        Feature.STEP_FREE: _("No steps"),
        Feature.PETS_WELCOME: _("Pets are welcome"),
        Feature.SMOKE_FREE: _("No smoking"),
        Feature.FAMILY_HOUSEHOLD: _("A family lives here"),
        Feature.WOMENS_HOUSEHOLD: _("Only women live here"),
        Feature.COUPLE_HOUSEHOLD: _("A family or a couple lives here"),
        Feature.NO_LONE_MAN: _("No man living alone"),
    }
    return [words for feature, words in names.items() if Feature(mask) & feature]


def insurance(insured_by: str | None, *, by_organisation: bool) -> str:
    """Volunteers of an organisation are insured by it; neighbours are not."""
    if insured_by:
        return _("Volunteers are insured by %(insurer)s.", insurer=insured_by)
    if by_organisation:
        return _("An organisation arranges this help and must insure its volunteers.")
    return _("This is help between neighbours. No volunteer insurance covers it.")


def when(windows: Sequence[Window]) -> str:
    """In short, for a card: the next time and whether there are more."""
    if not windows:
        return _("Any time")
    moment = now()
    slots = occurrences(windows, moment, moment + HORIZON)
    if any(window.rule for window in windows):
        return "; ".join(_repeated(window) or _slot(slots[:1]) for window in windows if window.rule)
    if not slots:
        later = sorted(window.starts_at for window in windows if window.starts_at > moment)
        return _("From %(day)s", day=_day(later[0])) if later else _("All dates have passed")
    if len(slots) == 1:
        return _slot(slots)
    more = len(slots) - 1
    return ngettext(
        "%(first)s, and %(n)s more time",
        "%(first)s, and %(n)s more times",
        more,
        first=_slot(slots),
    )


def all_times(windows: Sequence[Window]) -> list[str]:
    """Every window in words, for the page of a post."""
    return [_repeated(one) or _slot([Slot(one.starts_at, one.ends_at)]) for one in windows]


def _slot(slots: Sequence[Slot]) -> str:
    if not slots:
        return _("Later")
    first = slots[0]
    if first.ends_at.astimezone(BRUSSELS).date() == first.day:
        return _(
            "%(day)s, %(start)s to %(end)s",
            day=format_day(first.day),
            start=format_time(first.starts_at),
            end=format_time(first.ends_at),
        )
    return _("%(start)s to %(end)s", start=_day(first.starts_at), end=_day(first.ends_at))


def _repeated(window: Window) -> str:
    """A daily or weekly rule in words; empty for the rarer ones."""
    parts = dict(part.split("=") for part in (window.rule or "").split(";") if "=" in part)
    plain = parts.get("INTERVAL", "1") == "1"
    times = {"start": format_time(window.starts_at), "end": format_time(window.ends_at)}
    if plain and parts.get("FREQ") == "DAILY":
        return _("Every day, %(start)s to %(end)s", **times)
    if plain and parts.get("FREQ") == "WEEKLY":
        codes = parts.get("BYDAY") or WEEKDAYS[window.starts_at.astimezone(BRUSSELS).weekday()]
        return _("Every %(days)s, %(start)s to %(end)s", days=_weekdays(codes.split(",")), **times)
    return ""


def _weekdays(codes: Sequence[str]) -> str:
    names = Locale.parse(current_language()).days["format"]["wide"]
    return listed(names[WEEKDAYS.index(code)] for code in codes if code in WEEKDAYS)


def _day(moment: datetime) -> str:
    return format_day(moment.astimezone(BRUSSELS).date())
