"""What is kept, why and until when: the one table behind the privacy page.

Jobs enforce the terms; a term that changes there changes here.
"""

from dataclasses import dataclass

from app.i18n import lazy_gettext as lazy


@dataclass(frozen=True)
class Kept:
    """One kind of data; who sees it, why it is kept, and when it goes."""

    what: str
    why: str
    seen_by: str
    until: str


RETENTION: tuple[Kept, ...] = (
    Kept(
        lazy("First name or nickname, languages"),
        lazy("So that others know whom they meet"),
        lazy("The other side of a proposal"),
        lazy("Until you erase your account"),
    ),
    Kept(
        lazy("Phone number or e-mail address"),
        lazy("To sign you in and to tell you the news"),
        lazy("Nobody, until you both said yes"),
        lazy("Until you erase your account"),
    ),
    Kept(
        lazy("Needs and offers"),
        lazy("To find people who fit"),
        lazy("Offers: everybody. Needs: without your words"),
        lazy("30 days, then we ask; gone after 60 without an answer"),
    ),
    Kept(
        lazy("Area of about one kilometre"),
        lazy("To measure distances"),
        lazy("Everybody, as a municipality"),
        lazy("As long as the need or offer"),
    ),
    Kept(
        lazy("Exact address, if you give one"),
        lazy("So that the other side finds you"),
        lazy("Only the person you agreed with"),
        lazy("30 days after the end"),
    ),
    Kept(
        lazy("Messages"),
        lazy("To arrange the help"),
        lazy("Both sides"),
        lazy("6 months"),
    ),
    Kept(
        lazy("Reports of problems"),
        lazy("To protect people and to explain decisions"),
        lazy("Moderators"),
        lazy("As long as the matter needs"),
    ),
    Kept(
        lazy("Signed-in devices"),
        lazy("So that you can end them"),
        lazy("You"),
        lazy("14 days after the last visit"),
    ),
    Kept(
        lazy("Solidarity ledger"),
        lazy("To prove that help happened"),
        lazy("Everybody, without any name"),
        lazy("For ever; your link to it goes with your account"),
    ),
    Kept(
        lazy("Technical logs"),
        lazy("To repair faults"),
        lazy("Operators; no names, no contacts, no places"),
        lazy("At most 90 days"),
    ),
)
