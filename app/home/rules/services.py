"""Services that answer by phone, from the most urgent to the most general.

- Each row names languages, hours and cost, and the day on which somebody last checked it.
- A row that nobody checked for 180 days fails the tests: a wrong number costs more than none.
- `always` means day and night; for other hours the website is the one to ask.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.i18n import lazy_gettext

CHECKED_EVERY = timedelta(days=180)


class Matter(StrEnum):
    """What a person looks for, in the order of the page."""

    DANGER = "danger"
    ROOF = "roof"
    VIOLENCE = "violence"
    DARK_THOUGHTS = "dark_thoughts"
    CHILDREN = "children"
    TALK = "talk"
    ASYLUM = "asylum"


MATTERS: dict[Matter, str] = {
    Matter.DANGER: lazy_gettext("In danger now"),
    Matter.ROOF: lazy_gettext("No roof tonight"),
    Matter.VIOLENCE: lazy_gettext("Violence at home"),
    Matter.DARK_THOUGHTS: lazy_gettext("Thoughts of suicide"),
    Matter.CHILDREN: lazy_gettext("Children and young people"),
    Matter.TALK: lazy_gettext("Somebody who listens"),
    Matter.ASYLUM: lazy_gettext("Asylum and reception"),
}


@dataclass(frozen=True)
class Service:
    """One service; `phone` is as people write it, empty where the website is the only door."""

    name: str
    phone: str
    matter: Matter
    about: str
    languages: tuple[str, ...]
    checked: date
    always: bool = True
    website: str = ""
    free: bool = True


_CHECKED = date(2026, 11, 20)

SERVICES: tuple[Service, ...] = (
    Service("112", "112", Matter.DANGER,
            lazy_gettext("Ambulance and firefighters"),
            ("fr", "nl", "de", "en"), _CHECKED, website="112.be"),
    Service("101", "101", Matter.DANGER,
            lazy_gettext("Police"), ("fr", "nl", "de", "en"), _CHECKED),
    Service("Samusocial Brussels", "0800 99 340", Matter.ROOF,
            lazy_gettext("Emergency shelter and help on the street in Brussels"),
            ("fr", "nl"), _CHECKED, website="samusocial.be"),
    Service("Écoute Violences Conjugales", "0800 30 030", Matter.VIOLENCE,
            lazy_gettext("For victims, witnesses and those who hit"),
            ("fr",), _CHECKED, website="ecouteviolencesconjugales.be"),
    Service("1712", "1712", Matter.VIOLENCE,
            lazy_gettext("Questions about violence and abuse, at any age"),
            ("nl",), _CHECKED, always=False, website="1712.be"),
    Service("Centre de prévention du suicide", "0800 32 123", Matter.DARK_THOUGHTS,
            lazy_gettext("For you, or for somebody you worry about"),
            ("fr",), _CHECKED, website="preventionsuicide.be"),
    Service("Zelfmoordlijn", "1813", Matter.DARK_THOUGHTS,
            lazy_gettext("For you, or for somebody you worry about"),
            ("nl",), _CHECKED, website="zelfmoord1813.be"),
    Service("Child Focus", "116 000", Matter.CHILDREN,
            lazy_gettext("A child is missing or abused"),
            ("fr", "nl", "en"), _CHECKED, website="childfocus.be"),
    Service("Écoute-Enfants", "103", Matter.CHILDREN,
            lazy_gettext("Children can call about anything"),
            ("fr",), _CHECKED, always=False, website="103ecoute.be"),
    Service("Awel", "102", Matter.CHILDREN,
            lazy_gettext("Children can call about anything"),
            ("nl",), _CHECKED, always=False, website="awel.be"),
    Service("Télé-Accueil", "107", Matter.TALK,
            lazy_gettext("When you need to talk, without a name"),
            ("fr",), _CHECKED, website="tele-accueil.be"),
    Service("Tele-Onthaal", "106", Matter.TALK,
            lazy_gettext("When you need to talk, without a name"),
            ("nl",), _CHECKED, website="tele-onthaal.be"),
    Service("Fedasil Info", "", Matter.ASYLUM,
            lazy_gettext("Asylum, a place to stay and your rights, in many languages"),
            (), _CHECKED, always=False, website="fedasilinfo.be"),
)  # fmt: skip


def is_stale(service: Service, today: date) -> bool:
    """True where nobody checked the row for too long."""
    return today - service.checked > CHECKED_EVERY


def dialled(phone: str) -> str:
    """The number as a phone dials it."""
    return phone.replace(" ", "")
