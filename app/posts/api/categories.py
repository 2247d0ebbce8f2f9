"""The taxonomy in six languages."""

import msgspec
from litestar import get
from litestar.types import ControllerRouterHandler

from app.i18n import LANGUAGES
from app.posts.rules.taxonomy import CATEGORIES, GROUPS, Care, Category, Group, Unit
from app.web.access import PUBLIC


class GroupShown(msgspec.Struct):
    code: str
    icon: str
    names: dict[str, str]
    open_eligibility: str


class CategoryShown(msgspec.Struct):
    """`radius_km` is null where the help needs no meeting; classes are H, V and S."""

    code: str
    group: str
    icon: str
    names: dict[str, str]
    radius_km: float | None
    remote: bool
    unit: Unit
    classes: list[Care]
    open_eligibility: str


class Taxonomy(msgspec.Struct):
    groups: list[GroupShown]
    categories: list[CategoryShown]


@get(
    "/api/v1/categories",
    opt=PUBLIC,
    sync_to_thread=False,
    summary="All kinds of help, in six languages",
)
def list_categories() -> Taxonomy:
    return Taxonomy([_group(one) for one in GROUPS], [_category(one) for one in CATEGORIES])


def _group(one: Group) -> GroupShown:
    names = {language: one.name(language) for language in LANGUAGES}
    return GroupShown(one.code, one.icon, names, one.open_eligibility)


def _category(one: Category) -> CategoryShown:
    return CategoryShown(
        code=one.code,
        group=one.group.code,
        icon=one.icon,
        names={language: one.name(language) for language in LANGUAGES},
        radius_km=one.radius_km,
        remote=one.remote,
        unit=one.unit,
        classes=sorted(one.classes),
        open_eligibility=one.open_eligibility,
    )


handlers: list[ControllerRouterHandler] = [list_categories]
