"""What was submitted, checked for bytes that no person types, and the base of all page forms."""

from collections.abc import Iterable
from typing import Any

from litestar import Request
from litestar.datastructures import FormMultiDict
from litestar.exceptions import ClientException
from wtforms import Form
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.fields.core import Field

from app.errors import InvalidError
from app.i18n import gettext as _
from app.i18n import sentence

MAX_FIELD = 20_000
MAX_FIELDS = 500
IMPOSSIBLE = sentence("This text contains characters that cannot be read. Type it again.")


def is_clean(text: str) -> bool:
    """No NUL and no lone surrogate: nothing that the database or a reader would choke on."""
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


async def read_form(request: Request[Any, Any, Any]) -> FormMultiDict:
    """The submitted form; `InvalidError` names fields with impossible bytes or sizes."""
    try:
        form = await request.form()
    except (UnicodeDecodeError, ValueError) as error:
        raise ClientException from error
    problems: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if not is_clean(name):
            raise InvalidError({"form": [_(IMPOSSIBLE)]})
        if isinstance(value, str) and (len(value) > MAX_FIELD or not is_clean(value)):
            problems[name] = [_(IMPOSSIBLE)]
    if problems:
        raise InvalidError(problems)
    return form


def choices(pairs: Iterable[tuple[str, str]]) -> Any:  # noqa: ANN401 - the stubs know only pairs
    """(value, words) as the choices of a field."""
    return [SelectChoice(value, words) for value, words in pairs]


class PageForm(Form):
    """A form of a page: own messages in the catalogues, all errors at once."""

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
