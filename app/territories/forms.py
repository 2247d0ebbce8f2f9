"""Where a person starts from, and a found place as a short text that can be handed back."""

import re
from collections.abc import Sequence

from wtforms import RadioField, StringField
from wtforms.validators import StopValidation

from app.i18n import current_language
from app.i18n import gettext as _
from app.i18n import lazy_gettext as lazy
from app.territories.geocoder.port import FoundPlace
from app.territories.rules import Cell, cell_centre, cell_of, columns_in
from app.web.forms import PageForm, choices

_ID = re.compile(r"(\d{5})\.(-?\d{1,5})\.(\d{1,5})(?:\.(\d{4}))?")


class HomePlaceForm(PageForm):
    """Words for a place; where they may mean several, the person points at one."""

    text = StringField(lazy("Where do you start from?"))
    choice = RadioField(lazy("Did you mean one of these?"), choices=[], validate_choice=False)

    def validate_text(self, field: StringField) -> None:
        if not (field.data or "").strip():
            raise StopValidation(_("Type a postcode, a commune or an address."))

    def meant(self, found: Sequence[FoundPlace]) -> FoundPlace | None:
        """The place pointed at, or the only one the words can mean; None leaves a message."""
        by_id = {place_id(one): one for one in found}
        if self.choice.data in by_id:
            return by_id[self.choice.data]
        if len(found) == 1 and not found[0].guess:
            return found[0]
        language = current_language()
        self.choice.choices = choices((key, one.label(language)) for key, one in by_id.items())
        if found:
            self.choice.errors = [_("Choose the place that you mean.")]
        else:
            self.text.errors = [_("We do not know this place. Type a postcode or a commune.")]
        return None


def place_id(found: FoundPlace) -> str:
    """Municipality, row and column of the cell, postcode where known; a cell, never a point."""
    cell = cell_of(found.lat, found.lon)
    postcode = f".{found.postcode}" if found.postcode else ""
    return f"{found.municipality_nis}.{cell.row}.{cell.col}{postcode}"


def read_place_id(text: str) -> tuple[str, Cell, str | None] | None:
    """Municipality, cell and postcode of such a text; None for anything else."""
    match = _ID.fullmatch(text)
    if match is None:
        return None
    cell = Cell(int(match[2]), int(match[3]))
    if abs(cell_centre(cell)[0]) >= 90 or cell.col >= columns_in(cell.row):  # noqa: PLR2004 - the poles
        return None
    return match[1], cell, match[4]
