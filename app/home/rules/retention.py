"""What is kept, why and until when: the one table behind the privacy page.

Jobs enforce the terms; a term that changes there changes here.
"""

from dataclasses import dataclass

from app.i18n import lazy_gettext


@dataclass(frozen=True)
class Kept:
    """One kind of data; who sees it, why it is kept, and when it goes."""

    what: str
    why: str
    seen_by: str
    until: str


RETENTION: tuple[Kept, ...] = (
    Kept(
        lazy_gettext("First name or nickname, languages"),
        lazy_gettext("So that others know whom they meet"),
        lazy_gettext("The other side of a proposal"),
        lazy_gettext("Until you erase your account"),
    ),
    Kept(
        lazy_gettext("Phone number or e-mail address"),
        lazy_gettext("To sign you in and to tell you the news"),
        lazy_gettext("Nobody, until you both said yes"),
        lazy_gettext("Until you erase your account"),
    ),
    Kept(
        lazy_gettext("Needs and offers"),
        lazy_gettext("To find people who fit"),
        lazy_gettext("Offers: everybody. Needs: without your words"),
        lazy_gettext("30 days, then we ask; gone after 60 without an answer"),
    ),
    Kept(
        lazy_gettext("Area of about one kilometre"),
        lazy_gettext("To measure distances"),
        lazy_gettext("Everybody, as a municipality"),
        lazy_gettext("As long as the need or offer"),
    ),
    Kept(
        lazy_gettext("Exact address, if you give one"),
        lazy_gettext("So that the other side finds you"),
        lazy_gettext("Only the person you agreed with"),
        lazy_gettext("30 days after the end"),
    ),
    Kept(
        lazy_gettext("Messages"),
        lazy_gettext("To arrange the help"),
        lazy_gettext("Both sides"),
        lazy_gettext("6 months"),
    ),
    Kept(
        lazy_gettext("Reports of problems"),
        lazy_gettext("To protect people and to explain decisions"),
        lazy_gettext("Moderators"),
        lazy_gettext("As long as the matter needs"),
    ),
    Kept(
        lazy_gettext("What a client allowed, and the words that were read out"),
        lazy_gettext("To prove that an organisation may speak for them"),
        lazy_gettext("That organisation, and the client by code"),
        lazy_gettext("As long as the organisation looks after the client"),
    ),
    Kept(
        lazy_gettext("An organisation's notes about a client"),
        lazy_gettext("So that colleagues can go on"),
        lazy_gettext("That organisation alone, and each look is written down"),
        lazy_gettext("As long as the organisation looks after the client"),
    ),
    Kept(
        lazy_gettext("Wrong client codes, counted without an address"),
        lazy_gettext("So that nobody guesses a code"),
        lazy_gettext("Nobody"),
        lazy_gettext("Two hours"),
    ),
    Kept(
        lazy_gettext("Who looked at a client's file"),
        lazy_gettext("So that an organisation can protect its clients"),
        lazy_gettext("The administrators of that organisation"),
        lazy_gettext("One year"),
    ),
    Kept(
        lazy_gettext("Signed-in devices"),
        lazy_gettext("So that you can end them"),
        lazy_gettext("You"),
        lazy_gettext("14 days after the last visit"),
    ),
    Kept(
        lazy_gettext("Solidarity ledger"),
        lazy_gettext("To prove that help happened"),
        lazy_gettext("Everybody, without any name"),
        lazy_gettext("For ever; your link to it goes with your account"),
    ),
    Kept(
        lazy_gettext("Technical logs"),
        lazy_gettext("To repair faults"),
        lazy_gettext("Operators; no names, no contacts, no places"),
        lazy_gettext("At most 90 days"),
    ),
)
