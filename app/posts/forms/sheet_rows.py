"""A row of a spreadsheet becomes a draft, or messages by column."""

from dataclasses import dataclass, field
from datetime import date

from app.accounts.forms import ContactInput, read_contact
from app.accounts.rules import clean_name
from app.accounts.rules.spoken import SPOKEN
from app.i18n import gettext as _
from app.posts.forms.plain_input import read_day, read_number
from app.posts.forms.reading import whole_days
from app.posts.forms.sheet_words import CATEGORIES_BY_WORD, KINDS, LANGUAGES, URGENCIES
from app.posts.forms.spreadsheet import SheetRow, is_formula, plain_words
from app.posts.rules.draft import PlaceDraft, PostDraft, PostKind, Urgency, Window
from app.posts.rules.leaks import check_leaks
from app.posts.rules.taxonomy import Category
from app.web.forms import is_clean

MOST_PLACES = 500
MOST_NOTE = 280
RADIUS_KM = (1, 100)


@dataclass
class RowReader:
    """Reads one row; every problem is kept with its column."""

    row: SheetRow
    today: date
    language: str
    problems: list[tuple[str, str]] = field(default_factory=list)

    def text(self, column: str) -> str:
        text = self.row.cells.get(column, "")
        if not is_clean(text):
            self.refuse(column, _("This text contains characters that cannot be read."))
            return ""
        if is_formula(text):
            self.refuse(column, _("This is a formula. Type the words or the number themselves."))
            return ""
        return text

    def refuse(self, column: str, message: str) -> None:
        self.problems.append((column, message))

    def kind(self) -> PostKind | None:
        found = KINDS.get(plain_words(self.text("kind")))
        if found is None:
            self.refuse("kind", _("Write need or offer."))
        return found

    def category(self) -> Category | None:
        text = self.text("category")
        found = CATEGORIES_BY_WORD.get(text.strip().lower()) or CATEGORIES_BY_WORD.get(
            plain_words(text)
        )
        if found is None:
            self.refuse(
                "category", _("“%(text)s” is no kind of help that we know.", text=text[:60])
            )
        return found

    def places(self) -> int:
        text = self.text("places")
        number = read_number(text) if text else 1
        if number is None or not 1 <= number <= MOST_PLACES:
            self.refuse(
                "places", _("Enter a number from %(low)s to %(high)s.", low=1, high=MOST_PLACES)
            )
            return 1
        return number

    def languages(self) -> tuple[str, ...]:
        text = self.text("languages")
        if not text:
            return (self.language,)
        parts = [part.strip() for part in text.replace("/", ",").replace(";", ",").split(",")]
        codes = {part: LANGUAGES.get(plain_words(part)) for part in parts if part}
        for part, code in codes.items():
            if code is None or code not in SPOKEN:
                self.refuse(
                    "languages", _("“%(text)s” is no language that we know.", text=part[:40])
                )
        return tuple(dict.fromkeys(code for code in codes.values() if code))

    def note(self) -> str:
        text = " ".join(self.text("note").split())
        if len(text) > MOST_NOTE:
            self.refuse("note", _("Use at most %(count)s characters.", count=MOST_NOTE))
        leaks = check_leaks(text)
        if leaks.blocked or leaks.doubtful:
            self.refuse("note", _("Take phone numbers, addresses and national numbers out."))
        for leak in leaks.telling[:1]:
            self.refuse(
                "note",
                _("“%(word)s” tells much about somebody. Take it out.", word=leaks.words[leak]),
            )
        return text

    def urgency(self) -> Urgency:
        text = self.text("urgency")
        found = URGENCIES.get(plain_words(text)) if text else Urgency.FLEXIBLE
        if found is None:
            self.refuse("urgency", _("Write today, this week or flexible."))
        return found or Urgency.FLEXIBLE

    def day(self, column: str) -> date | None:
        text = self.text(column)
        if not text:
            return None
        day = read_day(text)
        if day is None:
            self.refuse(column, _("Type a date like 20/11/2026."))
        elif day < self.today and column == "to":
            self.refuse(column, _("This day is over. Type a day from today on."))
        return day

    def windows(self) -> tuple[Window, ...]:
        first, last = self.day("from"), self.day("to")
        if first is not None and last is not None and last < first:
            self.refuse("to", _("The last day must not be before the first day."))
        if self.problems or last is None:
            return () if first is None or self.problems else (_later(first, self.today),)
        return (whole_days(max(first or self.today, self.today), last),)

    def radius(self) -> float | None:
        text = self.text("radius").lower().removesuffix("km").strip().replace(",", ".")
        if not text:
            return None
        low, high = RADIUS_KM
        whole = text.removesuffix(".0")
        number = read_number(whole)
        if number is None or not low <= number <= high:
            self.refuse("radius", _("Enter a number from %(low)s to %(high)s.", low=low, high=high))
            return None
        return float(number)

    def contact(self) -> ContactInput | None:
        """The person's own phone or e-mail; the phone where both are given."""
        for column in ("phone", "email"):
            text = self.text(column)
            if not text:
                continue
            found = read_contact(text)
            if found is None or found.kind != column:
                self.refuse(column, _("This contact cannot be read."))
                return None
            return found
        return None

    def name(self) -> str:
        return clean_name(self.text("name"))

    def draft(self, place: PlaceDraft | None) -> PostDraft | None:
        """The post, or None where `problems` says why not."""
        kind, category = self.kind(), self.category()
        places, languages, note = self.places(), self.languages(), self.note()
        urgency, radius, windows = self.urgency(), self.radius(), self.windows()
        if place is None:
            self.refuse("place", _("We do not know this place. Type a postcode or a commune."))
        if self.problems or kind is None or category is None or place is None:
            return None
        return PostDraft(
            kind=kind,
            category=category.number,
            place=place,
            places=places,
            languages=languages,
            note=note,
            note_language=self.language,
            radius_km=None if category.is_remote_only else radius,
            remote=category.is_remote_only,
            exclusive=kind is PostKind.OFFER and category.is_hosting,
            urgency=urgency,
            latest_by=self.day("to"),
            windows=windows,
        )


def _later(first: date, today: date) -> Window:
    """From a day on, without an end: as long as a post may live."""
    start = max(first, today)
    return whole_days(start, date.fromordinal(start.toordinal() + 60))
