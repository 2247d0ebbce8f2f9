"""The nine groups and 39 categories of help.

- Codes and numbers are stable; names are translations; retiring a code needs a successor.
- Class H is hosting, V is one helper alone with a person; S reveals health by its name alone,
  so the public reads only its group. A sister in the same group is read by its group too: else a
  bare group would tell that it can only be the sensitive one.
- A category without a radius happens by phone or letter alone.
- `open_eligibility` is the path in Open Eligibility (CC BY-SA 3.0), empty where none surely fits.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.posts.rules.taxonomy_names import LANGUAGES, NAMES


class Unit(StrEnum):
    """What the capacity of a post counts."""

    PERSONS = "persons"
    ITEMS = "items"
    VISITS = "visits"
    SEATS = "seats"


class Care(StrEnum):
    """Why a category needs more care than others."""

    HOSTING = "H"
    VISIT = "V"
    SENSITIVE = "S"


@dataclass(frozen=True, slots=True)
class Group:
    """One of nine kinds of help; what the public may know even of sensitive posts."""

    code: str
    icon: str

    @property
    def open_eligibility(self) -> str:
        return _OPEN_ELIGIBILITY.get(self.code, "")

    def name(self, language: str) -> str:
        return _name(self.code, language)


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of help; `number` stands in the table of posts and in the matching engine."""

    number: int
    code: str
    icon: str
    radius_km: float | None
    remote: bool
    classes: frozenset[Care]
    unit: Unit

    @property
    def open_eligibility(self) -> str:
        return _OPEN_ELIGIBILITY.get(self.code, "")

    @property
    def group(self) -> Group:
        return group(self.code.partition(".")[0])

    @property
    def is_hosting(self) -> bool:
        return Care.HOSTING in self.classes

    @property
    def is_visit(self) -> bool:
        return Care.VISIT in self.classes

    @property
    def is_sensitive(self) -> bool:
        return Care.SENSITIVE in self.classes

    @property
    def is_veiled(self) -> bool:
        """True where the public reads the group alone."""
        return self.code in _SISTERS

    @property
    def veil(self) -> tuple[int, ...]:
        """The categories that the public cannot tell apart from this one, itself among them."""
        codes = {self.code, _SISTERS.get(self.code, self.code)}
        return tuple(one.number for one in CATEGORIES if one.code in codes)

    @property
    def is_remote_only(self) -> bool:
        return self.radius_km is None

    def name(self, language: str) -> str:
        """For the author and the people who deal with the post."""
        return _name(self.code, language)


GROUPS: tuple[Group, ...] = (
    Group("roof", "house"),
    Group("wash", "bath"),
    Group("food", "utensils"),
    Group("goods", "package-open"),
    Group("move", "compass"),
    Group("paper", "file-text"),
    Group("learn", "graduation-cap"),
    Group("company", "coffee"),
    Group("home", "hammer"),
)

# code, icon, radius in km, remote and classes as letters, unit
_TABLE: tuple[tuple[str, str, float | None, str, Unit], ...] = (
    ("roof.bed", "bed", 15, "H", Unit.PERSONS),
    ("roof.room", "bed-double", 30, "H", Unit.PERSONS),
    ("roof.home", "key-round", 50, "H", Unit.PERSONS),
    ("roof.search", "search", 20, "R", Unit.VISITS),
    ("wash.shower", "shower-head", 3, "V", Unit.VISITS),
    ("wash.laundry", "washing-machine", 3, "", Unit.VISITS),
    ("wash.storage", "luggage", 5, "", Unit.ITEMS),
    ("food.meal", "soup", 5, "", Unit.PERSONS),
    ("food.parcel", "package", 5, "", Unit.ITEMS),
    ("food.delivery", "shopping-basket", 3, "", Unit.VISITS),
    ("food.garden", "sprout", 5, "", Unit.PERSONS),
    ("goods.clothes", "shirt", 5, "", Unit.ITEMS),
    ("goods.baby", "baby", 5, "", Unit.ITEMS),
    ("goods.furniture", "armchair", 10, "", Unit.ITEMS),
    ("goods.household", "cooking-pot", 5, "", Unit.ITEMS),
    ("goods.device", "smartphone", 10, "", Unit.ITEMS),
    ("goods.school", "backpack", 5, "", Unit.ITEMS),
    ("goods.aid", "accessibility", 15, "S", Unit.ITEMS),
    ("move.house", "truck", 15, "", Unit.VISITS),
    ("move.lift", "car", 10, "", Unit.SEATS),
    ("move.escort", "footprints", 5, "V", Unit.VISITS),
    ("move.errand", "pill", 3, "", Unit.VISITS),
    ("move.animal", "dog", 3, "", Unit.VISITS),
    ("paper.forms", "file-text", 10, "R", Unit.VISITS),
    ("paper.interpret", "languages", 20, "R", Unit.VISITS),
    ("paper.rights", "scale", 20, "R", Unit.VISITS),
    ("paper.work", "briefcase", 20, "R", Unit.VISITS),
    ("paper.digital", "laptop", 5, "R", Unit.VISITS),
    ("learn.language", "message-circle", 10, "R", Unit.PERSONS),
    ("learn.homework", "graduation-cap", 5, "RV", Unit.PERSONS),
    ("learn.reading", "book-open", 10, "", Unit.PERSONS),
    ("company.talk", "coffee", 5, "V", Unit.VISITS),
    ("company.call", "phone", None, "R", Unit.VISITS),
    ("company.letter", "mail", None, "R", Unit.ITEMS),
    ("company.buddy", "users", 10, "V", Unit.PERSONS),
    ("home.repair", "hammer", 5, "V", Unit.VISITS),
    ("home.chores", "spray-can", 5, "V", Unit.VISITS),
    ("home.child", "puzzle", 5, "V", Unit.PERSONS),
    ("home.respite", "heart-handshake", 5, "VS", Unit.VISITS),
)

# A sensitive category and a plain one of its group that counts in the same unit.
_SISTERS = {
    "goods.aid": "goods.household",
    "goods.household": "goods.aid",
    "home.respite": "home.chores",
    "home.chores": "home.respite",
}

_OPEN_ELIGIBILITY = {
    "roof": "Housing",
    "food": "Food",
    "goods": "Goods",
    "move": "Transit",
    "learn": "Education",
    "company": "Care > Support Network",
    "roof.bed": "Housing > Emergency Shelter",
    "roof.room": "Housing > Residential Housing > Short-Term Housing",
    "roof.home": "Housing > Residential Housing > Long-Term Housing",
    "roof.search": "Housing > Help Find Housing",
    "wash.shower": "Health > Medical Care > Personal Hygiene",
    "food.meal": "Food > Free Meals",
    "food.parcel": "Food > Food Pantry",
    "food.delivery": "Food > Food Delivery",
    "food.garden": "Food > Community Gardens",
    "goods.clothes": "Goods > Clothing",
    "goods.baby": "Goods > Baby Supplies",
    "goods.furniture": "Goods > Home Goods > Furniture",
    "goods.household": "Goods > Home Goods",
    "goods.school": "Goods > Home Goods > Supplies for School",
    "goods.aid": "Goods > Medical Supplies",
    "move.lift": "Transit > Transportation",
    "paper.forms": "Care > Navigating the System > Help Fill out Forms",
    "paper.interpret": "Legal > Translation & Interpretation",
    "paper.rights": "Legal > Advocacy & Legal Aid > Understand Government Programs",
    "paper.work": "Work > Help Find Work",
    "paper.digital": "Education > Skills & Training > Computer Class",
    "learn.language": "Education > More Education > Foreign Languages",
    "learn.homework": "Education > More Education > Tutoring",
    "learn.reading": "Education > Skills & Training > Basic Literacy",
    "company.call": "Care > Support Network > Virtual Support",
    "company.buddy": "Care > Support Network > Mentoring",
    "home.repair": "Housing > Maintenance & Repairs",
    "home.chores": "Care > Support Network > In-Home Support",
    "home.child": "Care > Daytime Care > Childcare",
    "home.respite": "Care > Daytime Care > Relief for Caregivers",
}

CATEGORIES: tuple[Category, ...] = tuple(
    Category(
        number=number,
        code=code,
        icon=icon,
        radius_km=radius_km,
        remote="R" in marks,
        classes=frozenset(care for care in Care if care in marks),
        unit=unit,
    )
    for number, (code, icon, radius_km, marks, unit) in enumerate(_TABLE)
)

_GROUPS = {group.code: group for group in GROUPS}
_CATEGORIES = {category.code: category for category in CATEGORIES}


def group(code: str) -> Group:
    """KeyError for a code that does not exist."""
    return _GROUPS[code]


def category(code: str) -> Category:
    """KeyError for a code that does not exist."""
    return _CATEGORIES[code]


def by_number(number: int) -> Category:
    """KeyError for a number that does not exist, also below zero."""
    if not 0 <= number < len(CATEGORIES):
        raise KeyError(number)
    return CATEGORIES[number]


def categories_in(group_code: str) -> tuple[Category, ...]:
    """In the order of the taxonomy."""
    return tuple(one for one in CATEGORIES if one.group.code == group_code)


def name(code: str, language: str) -> str:
    """Of a group or a category; English where a language is not ours."""
    return _name(code, language)


def public_name(category: Category, language: str) -> str:
    """What anyone may read: of a sensitive category and its sister only the group."""
    return category.group.name(language) if category.is_veiled else category.name(language)


def public_icon(category: Category) -> str:
    """The icon tells as much as the name does."""
    return category.group.icon if category.is_veiled else category.icon


def _name(code: str, language: str) -> str:
    return NAMES[code][language if language in LANGUAGES else "en"]
