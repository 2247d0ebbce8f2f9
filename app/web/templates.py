"""One template environment; what differs per request is read from context variables."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.runtime import Context
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


@pass_context
def _gettext(context: Context, message: str, **values: object) -> str | Markup:  # noqa: ARG001 - Jinja's signature
    text = i18n.gettext(message)
    return Markup(text) % values if values else text  # noqa: S704 - catalogues are ours, values are escaped


@pass_context
def _ngettext(context: Context, one: str, many: str, n: int, **values: object) -> str | Markup:  # noqa: ARG001 - Jinja's signature
    return Markup(i18n.catalogue(i18n.current_language()).ungettext(one, many, n)) % {  # noqa: S704 - catalogues are ours, values are escaped
        "n": n,
        "num": n,
        **values,
    }


@pass_context
def _pgettext(context: Context, about: str, message: str, **values: object) -> str | Markup:  # noqa: ARG001 - Jinja's signature
    text = i18n.pgettext(about, message)
    return Markup(text) % values if values else text  # noqa: S704 - catalogues are ours, values are escaped


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
        now=now,
        call=settings.contact,
        public_url=settings.public_url,
    )
    return environment
