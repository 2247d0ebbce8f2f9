"""What was submitted, checked for bytes that no person types, and the base of all page forms."""

from collections.abc import Iterable, Mapping
from typing import Any

from litestar import Request
from litestar.datastructures import FormMultiDict
from litestar.exceptions import ClientException
from wtforms import Form
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.fields.core import Field
from wtforms.meta import DefaultMeta

from app.errors import InvalidError
from app.i18n import gettext as _
from app.i18n import sentence

MAX_FIELD = 20_000
UNREADABLE = "\ufffd"
IMPOSSIBLE = sentence("This text contains characters that cannot be read. Type it again.")
TOO_LONG = sentence("This text is too long. Shorten it.")


def is_clean(text: str) -> bool:
    """No NUL and no lone surrogate: nothing that the database or a reader would choke on."""
    return not any(_is_impossible(char) for char in text)


def _is_impossible(char: str) -> bool:
    return char == "\x00" or "\ud800" <= char <= "\udfff"


async def read_form(request: Request[Any, Any, Any]) -> FormMultiDict:
    """The submitted form with a visible mark for each impossible character.

    `PageForm` refuses what carries the mark or is too long, and shows it again beside its field.
    """
    try:
        form = await request.form()
    except (UnicodeDecodeError, ValueError) as error:
        raise ClientException from error
    if not all(is_clean(name) for name in form):
        raise InvalidError({"form": [_(IMPOSSIBLE)]})
    return FormMultiDict([(name, _readable(value)) for name, value in form.multi_items()])


def _readable(value: Any) -> Any:  # noqa: ANN401 - a text or an uploaded file
    if not isinstance(value, str):
        return value
    kept = value[: MAX_FIELD + 1]
    return "".join(UNREADABLE if _is_impossible(char) else char for char in kept)


def _unreadable(raw_data: Iterable[object] | None) -> str:
    """Why what was submitted for a field cannot be taken as it is; empty where it can."""
    texts = [text for text in raw_data or () if isinstance(text, str)]
    if any(UNREADABLE in text for text in texts):
        return _(IMPOSSIBLE)
    return _(TOO_LONG) if any(len(text) > MAX_FIELD for text in texts) else ""


def choices(pairs: Iterable[tuple[str, str]]) -> Any:  # noqa: ANN401 - the stubs know only pairs
    """(value, words) as the choices of a field."""
    return [SelectChoice(value, words) for value, words in pairs]


class _OwnWords:
    """What the form library says by itself, said as the catalogues say it."""

    def gettext(self, words: str) -> str:
        return _("Choose one of these.") if "choice" in words else _(IMPOSSIBLE)

    def ngettext(self, one: str, many: str, n: int) -> str:
        return self.gettext(one if n == 1 else many)


class PageForm(Form):
    """A form of a page: own messages in the catalogues, all errors at once."""

    class Meta(DefaultMeta):
        def get_translations(self, form: object) -> _OwnWords:  # noqa: ARG002 - as it is asked
            return _OwnWords()

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Whether all fields are right; what cannot be read has no other message."""
        valid = super().validate(extra_validators)
        for field in self:
            if problem := _unreadable(field.raw_data):
                field.errors, valid = [problem], False
        return valid

    def problems(self) -> list[tuple[str, str]]:
        """(field id, sentence) for the error summary, in the order of the page."""
        found: list[tuple[str, str]] = []
        for field in self:
            found += [(_anchor(field), str(error)) for error in field.errors if error]
        return found

    def add_problems(self, fields: dict[str, list[str]]) -> None:
        """Put messages of the domain beside the fields they are about."""
        for name, messages in fields.items():
            field = self._fields.get(name) or next(iter(self._fields.values()))
            field.errors = [*field.errors, *messages]


def _anchor(field: Field) -> str:
    return str(field.id)
