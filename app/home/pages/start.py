"""The first choice: ask, give, or work for an organisation."""

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import ORGANISATION_ROLES
from app.db import ReadSession
from app.home.queries.offers import COUNTED_TO, open_offers
from app.home.rules.choices import CHOICES, shown_count
from app.i18n import current_language
from app.posts.rules.taxonomy import GROUPS, categories_in
from app.web.access import PUBLIC
from app.web.answers import page
from app.web.visit import Visitor


@get("/", opt=PUBLIC)
async def home(reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor]) -> Template:
    counts = await open_offers(reader)
    works_here = bool(visitor.roles & {role.value for role in ORGANISATION_ROLES})
    return page(
        "home/home.html",
        choices=[(choice, shown_count(counts[choice.kind])) for choice in CHOICES],
        counted_to=COUNTED_TO,
        organisation_page="/desk" if works_here else "/organisations/apply",
    )


@get("/offer-help", opt=PUBLIC)
async def offer_help() -> Template:
    return page("home/offer_help.html", groups=_groups())


@get("/need-help", opt=PUBLIC)
async def need_help() -> Template:
    return page("home/need_help.html", groups=_groups())


def _groups() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Icon and name of each group, and its kinds by code and name, in the current language."""
    language = current_language()
    return [
        (
            one.icon,
            one.name(language),
            [(c.code, c.name(language)) for c in categories_in(one.code)],
        )
        for one in GROUPS
    ]


handlers: list[ControllerRouterHandler] = [home, offer_help, need_help]
