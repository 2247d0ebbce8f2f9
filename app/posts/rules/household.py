"""Which household may host whom.

- Women without a man, also with children, are never hosted by a man living alone, nor by a
  household of which only "other" is known.
- Children without a parent, and parties that nobody described, are accepted by nobody.
- What a household is, and whom it is ready for, is found by who verifies it, never claimed.
- The guest may ask for a kind of household; a host never chooses guests.
"""

from enum import IntFlag, StrEnum

from app.posts.rules.draft import Feature
from app.posts.rules.party import Party


class Household(StrEnum):
    """As found at the home visit."""

    FAMILY = "family"
    COUPLE = "couple"
    WOMEN = "women"
    SINGLE_WOMAN = "single_woman"
    SINGLE_MAN = "single_man"
    OTHER = "other"


class Guests(IntFlag):
    """Facts of a party that a household must accept, each of them."""

    NONE = 0
    WOMEN_ALONE = 1  # women, with or without children, and no man with them
    WOMEN = 2
    MEN = 4
    CHILDREN = 8
    CHILD_ALONE = 16
    NOT_SAID = 32


NEVER = Guests.CHILD_ALONE | Guests.NOT_SAID
# What the verifier can say that a household is ready for.
WILLING = (Guests.WOMEN, Guests.MEN, Guests.CHILDREN)
FOR_WOMEN_ALONE = frozenset(
    {Household.FAMILY, Household.COUPLE, Household.WOMEN, Household.SINGLE_WOMAN}
)

_FEATURES = {
    Household.FAMILY: Feature.FAMILY_HOUSEHOLD | Feature.COUPLE_HOUSEHOLD | Feature.NO_LONE_MAN,
    Household.COUPLE: Feature.COUPLE_HOUSEHOLD | Feature.NO_LONE_MAN,
    Household.WOMEN: Feature.WOMENS_HOUSEHOLD | Feature.NO_LONE_MAN,
    Household.SINGLE_WOMAN: Feature.WOMENS_HOUSEHOLD | Feature.NO_LONE_MAN,
    Household.SINGLE_MAN: Feature.NONE,
    Household.OTHER: Feature.NONE,
}


def profile_of(party: Party | None) -> Guests:
    """What a household must accept to host this party."""
    if party is None or party.size < 1:
        return Guests.NOT_SAID
    if party.is_child_alone:
        return Guests.CHILD_ALONE
    found = Guests.NONE
    if party.women:
        found |= Guests.WOMEN if party.men else Guests.WOMEN | Guests.WOMEN_ALONE
    if party.men:
        found |= Guests.MEN
    if party.children:
        found |= Guests.CHILDREN
    return found


def accepts_of(household: Household, willing: Guests) -> Guests:
    """Whom a verified household may be asked to host."""
    accepted = willing & (Guests.WOMEN | Guests.MEN | Guests.CHILDREN)
    if Guests.WOMEN in accepted and household in FOR_WOMEN_ALONE:
        accepted |= Guests.WOMEN_ALONE
    return accepted


def features_of(household: Household) -> Feature:
    """What a guest may ask of a household, as far as it is true of this one."""
    return _FEATURES[household]
