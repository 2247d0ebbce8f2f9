"""One template environment; what differs per request is read from context variables."""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from app import i18n
from app.clock import now
from app.settings import Settings
from app.web.csrf import csrf_field
from app.web.static import static
from app.web.visit import Flash, current_visit

TEMPLATES = Path(__file__).parents[2] / "templates"


def url(path: str) -> str:
    """The address of a page in the current language."""
    return f"/{i18n.current_language()}{path}" if path != "/" else f"/{i18n.current_language()}/"


def flashes() -> list[Flash]:
    """Messages carried over from the last act; showing them uses them up."""
    visit = current_visit()
    visit.flashes_shown = True
    return visit.flashes


def _filled(text: str, values: Mapping[str, object]) -> Markup:
    """A sentence of our own catalogues with its values escaped."""
    return Markup(text) % values  # noqa: S704 # nosec B704


def _gettext(message: str, **values: object) -> str | Markup:
    text = i18n.gettext(message)
    return _filled(text, values) if values else text


def _ngettext(one: str, many: str, n: int, **values: object) -> Markup:
    text = i18n.catalogue(i18n.current_language()).ungettext(one, many, n)
    return _filled(text, {"n": n, "num": n, **values})


def _pgettext(about: str, message: str, **values: object) -> str | Markup:
    text = i18n.pgettext(about, message)
    return _filled(text, values) if values else text


def create_environment(settings: Settings) -> Environment:
    """Pages and letters share this environment; undefined names are errors."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(enabled_extensions=("html",)),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        gettext=_gettext,
        _=_gettext,
        ngettext=_ngettext,
        pgettext=_pgettext,
        url=url,
        static=static,
        csrf_field=csrf_field,
        flashes=flashes,
        complete_languages=i18n.COMPLETE,
        language_name=i18n.language_name,
        format_day=i18n.format_day,
        format_time=i18n.format_time,
        format_moment=i18n.format_moment,
        format_month=i18n.format_month,
        now=now,
        call=settings.contact,
        public_url=settings.public_url,
    )
    return environment
