"""What a person looks for: the filters of a list, each of which may be left empty."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from wtforms import SelectField, StringField
from wtforms.fields.core import Field
from wtforms.validators import ValidationError

from app.accounts.rules.spoken import SPOKEN, is_spoken
from app.i18n import current_language, language_name
from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.posts.forms.plain_input import plain, read_day, read_number
from app.posts.rules import CATEGORIES
from app.posts.rules.taxonomy import GROUPS, categories_in, category
from app.territories.geocoder.gazetteer import find_places
from app.territories.geocoder.port import FoundPlace
from app.territories.rules import Cell, cell_of
from app.web.forms import PageForm, choices

MOST_PEOPLE = 500
LAST_PAGE = 50
_LARGEST_CELL = 100_000


@dataclass(frozen=True)
class Search:
    """Filters as understood; `found` is the place that the words named."""

    categories: tuple[int, ...] = ()
    found: FoundPlace | None = None
    cell: Cell | None = None
    from_day: date | None = None
    people: int | None = None
    speaks: str | None = None
    page: int = 1

    @property
    def near(self) -> Cell | None:
        return cell_of(self.found.lat, self.found.lon) if self.found else None


class SearchForm(PageForm):
    """Wrong filters are named and left out; the list still shows what the others find."""

    kind = SelectField(lazy("What"), validate_choice=False)
    place = StringField(lazy("Near"))
    from_day = StringField(lazy("From what day"), name="from")
    people = StringField(lazy("For how many"))
    speaks = SelectField(lazy("Language"), validate_choice=False)

    def __init__(self, typed: Mapping[str, str]) -> None:
        super().__init__(data={})
        self.found: FoundPlace | None = None
        self.kind.choices = choices(_kinds())
        self.speaks.choices = choices(_languages())
        for field in self:
            field.data = typed.get(field.name, "")[:200]

    def sentences(self) -> dict[str, list[str]]:
        """What is wrong, by field."""
        return {one.name: [str(error) for error in one.errors] for one in self if one.errors}

    def validate_kind(self, field: Field) -> None:
        if field.data and not numbers_of(field.data):
            raise ValidationError(_("Choose a kind of help from the list."))

    def validate_place(self, field: Field) -> None:
        places = find_places(field.data) if plain(field.data) else []
        if plain(field.data) and not places:
            raise ValidationError(_("We do not know this place. Type a postcode or a town."))
        self.found = places[0] if places else None

    def validate_from_day(self, field: Field) -> None:
        if plain(field.data) and read_day(field.data) is None:
            raise ValidationError(_("This day does not exist. Write it like 20/11/2026."))

    def validate_people(self, field: Field) -> None:
        number = read_number(field.data)
        if plain(field.data) and (number is None or not 1 <= number <= MOST_PEOPLE):
            raise ValidationError(_("Enter a number from 1 to %(most)s.", most=MOST_PEOPLE))

    def validate_speaks(self, field: Field) -> None:
        if field.data and not is_spoken(field.data):
            raise ValidationError(_("Choose languages from the list."))


def read_search(typed: Mapping[str, str]) -> tuple[SearchForm, Search]:
    """The form with its messages, and what can be looked for all the same."""
    form = SearchForm(typed)
    form.validate()

    def good(field: Field) -> str:
        return "" if field.errors else str(field.data or "")

    return form, Search(
        categories=numbers_of(good(form.kind)),
        found=form.found,
        cell=read_cell(typed.get("cell", "")),
        from_day=read_day(good(form.from_day)),
        people=read_number(good(form.people)),
        speaks=good(form.speaks) or None,
        page=min(max(1, read_number(typed.get("page")) or 1), LAST_PAGE),
    )


def numbers_of(code: str) -> tuple[int, ...]:
    """Categories behind a code; what people cannot tell apart, they cannot search apart."""
    if code in {one.code for one in GROUPS}:
        return tuple(one.number for one in categories_in(code))
    if code not in {one.code for one in CATEGORIES}:
        return ()
    found = category(code)
    if found.is_sensitive:
        return tuple(one.number for one in categories_in(found.group.code))
    return found.veil


def read_cell(text: str) -> Cell | None:
    """A cell as the map writes it, row and column with a point between."""
    row, _dot, column = text.partition(".")
    numbers = read_number(row), read_number(column)
    if None in numbers or any(abs(one or 0) > _LARGEST_CELL for one in numbers):
        return None
    return Cell(numbers[0] or 0, numbers[1] or 0)


def _kinds() -> list[tuple[str, str]]:
    language = current_language()
    kinds = [("", _("Any kind"))]
    for group in GROUPS:
        kinds.append((group.code, group.name(language)))
        kinds += [
            (one.code, f"· {one.name(language)}")
            for one in categories_in(group.code)
            if not one.is_sensitive
        ]
    return kinds


def _languages() -> list[tuple[str, str]]:
    named = sorted((language_name(code), code) for code in SPOKEN)
    return [("", _("Any language")), *((code, name) for name, code in named)]
