"""What is kept, why, until when, and by which job it goes: the one table.

The privacy page shows it in every language; the sweep carries out its terms; a test moves the
clocks past each of them. A table that names a person and stands in no row here fails a test.
"""

from datetime import timedelta

from app.i18n import lazy_gettext as lazy
from app.outbox import Job
from app.rights.rules.closing import SILENT
from app.rights.rules.terms import Basis, Kept, Term

DAY = timedelta(days=1)
SWEEP = Job.KEEP_TERMS

RETENTION: tuple[Kept, ...] = (
    Kept(
        "person",
        lazy("First name or nickname, languages, roles, choices"),
        lazy("So that others know whom they meet"),
        lazy("The other side of a proposal"),
        lazy("Until you erase your account; after 24 silent months we do, and tell you before"),
        Basis.CONTRACT,
        Job.ERASE_PERSON,
        (
            Term("person", after=SILENT),
            *map(
                Term,
                (
                    "agreement",
                    "notice_preference",
                    "home_place",
                    "person_block",
                    "attestation",
                    "desk_registration",
                    "factor",
                    "recovery_code",
                ),
            ),
            Term("role_grant", "ended_at", 365 * DAY),
        ),
    ),
    Kept(
        "contact",
        lazy("Phone number or e-mail address"),
        lazy("To sign you in and to tell you the news"),
        lazy("Nobody, until you both said yes"),
        lazy("Until you erase your account"),
        Basis.CONTRACT,
        Job.ERASE_PERSON,
        (Term("contact", after=SILENT),),
    ),
    Kept(
        "post",
        lazy("Needs and offers"),
        lazy("To find people who fit"),
        lazy("Offers: everybody. Needs: without your words"),
        lazy("30 days, then we ask; ended after 60. Your words go six months after the end"),
        Basis.CONTRACT,
        SWEEP,
        (
            Term("post", after=183 * DAY),
            *map(Term, ("proposal", "post_window", "post_occurrence", "imported_row")),
        ),
    ),
    Kept(
        "draft",
        lazy("A form half filled in"),
        lazy("So that you can go on later"),
        lazy("You"),
        lazy("14 days"),
        Basis.CONTRACT,
        Job.TIDY_POSTS,
        (Term("draft", after=14 * DAY),),
    ),
    Kept(
        "place",
        lazy("Area of about one kilometre"),
        lazy("To measure distances"),
        lazy("Everybody, as a municipality"),
        lazy("As long as the need or offer"),
        Basis.CONTRACT,
        SWEEP,
        (Term("place"),),
    ),
    Kept(
        "address",
        lazy("Exact address, if you give one"),
        lazy("So that the other side finds you"),
        lazy("Only the person you agreed with"),
        lazy("30 days after the end"),
        Basis.CONSENT,
        SWEEP,
        (Term("place_exact", after=30 * DAY),),
    ),
    Kept(
        "exchange",
        lazy("That help was agreed and happened"),
        lazy("So that both sides can show it"),
        lazy("Both sides"),
        lazy("Until you erase your account; then without your name"),
        Basis.CONTRACT,
        Job.ERASE_PERSON,
        (Term("exchange"),),
    ),
    Kept(
        "release",
        lazy("Contacts and meeting place that you let the other side see"),
        lazy("To arrange the help"),
        lazy("Both sides; each look is written down"),
        lazy("30 days after the end"),
        Basis.CONSENT,
        Job.TIDY_EXCHANGES,
        (Term("contact_release", after=30 * DAY), Term("contact_read", after=30 * DAY)),
    ),
    Kept(
        "message",
        lazy("Messages"),
        lazy("To arrange the help"),
        lazy("Both sides"),
        lazy("Six months after the end"),
        Basis.CONTRACT,
        Job.TIDY_EXCHANGES,
        (Term("message", after=183 * DAY), Term("mail_reply", "received_at", 183 * DAY)),
    ),
    Kept(
        "stay",
        lazy("How a guest is doing, and where they go next"),
        lazy("To keep guests safe"),
        lazy("The guest and the organisation, never the host"),
        lazy("Six months after the end"),
        Basis.INTEREST,
        SWEEP,
        (Term("stay", after=183 * DAY), Term("check_in", after=183 * DAY)),
    ),
    Kept(
        "host",
        lazy("What an organisation checked of a host"),
        lazy("So that guests sleep safely"),
        lazy("That organisation alone, and each look is written down"),
        lazy("One year after the offer has ended"),
        Basis.INTEREST,
        SWEEP,
        (
            Term("host_file", after=365 * DAY),
            *map(Term, ("host_adult", "host_reference", "host_check")),
        ),
    ),
    Kept(
        "notice",
        lazy("What we told you, and the letters that carried it"),
        lazy("So that you can read it again"),
        lazy("You"),
        lazy("Six months"),
        Basis.CONTRACT,
        SWEEP,
        (
            Term("notice", "created_at", 183 * DAY),
            Term("letter", "created_at", 183 * DAY),
            Term("security_letter", "created_at", 183 * DAY),
        ),
    ),
    Kept(
        "device",
        lazy("Signed-in devices"),
        lazy("So that you can end them"),
        lazy("You"),
        lazy("14 days after the last visit"),
        Basis.CONTRACT,
        Job.TIDY_ACCOUNTS,
        (
            Term("person_session", "last_seen_at", 14 * DAY),
            Term("push_subscription"),
            Term("calendar_feed"),
        ),
    ),
    Kept(
        "code",
        lazy("Sign-in codes, as a hash"),
        lazy("To know your browser again and to count wrong tries"),
        lazy("Nobody"),
        lazy("One day; 30 days once used"),
        Basis.INTEREST,
        Job.TIDY_ACCOUNTS,
        (Term("sign_in_code", "created_at", 30 * DAY), Term("factor_try")),
    ),
    Kept(
        "token",
        lazy("Tokens for your own programs, as a hash"),
        lazy("So that your programs can act for you"),
        lazy("You"),
        lazy("90 days after you took them back"),
        Basis.CONTRACT,
        SWEEP,
        (Term("api_token", "revoked_at", 90 * DAY),),
    ),
    Kept(
        "report",
        lazy("Reports of problems"),
        lazy("To protect people and to explain decisions"),
        lazy("Moderators"),
        lazy("Words and evidence: one year after the decision. The decision: three years"),
        Basis.DUTY,
        SWEEP,
        (
            Term("report", "decided_at", 1095 * DAY),
            *map(Term, ("report_decision", "report_appeal", "report_contact_look")),
        ),
    ),
    Kept(
        "client",
        lazy("What a client allowed, and the words that were read out"),
        lazy("To prove that an organisation may speak for them"),
        lazy("That organisation, and the client by code"),
        lazy("One year after the client's last word, or at once when the client asks"),
        Basis.CONSENT,
        Job.ERASE_CLIENT,
        (Term("client", after=365 * DAY), *map(Term, ("mandate", "consent", "client_request"))),
    ),
    Kept(
        "client_note",
        lazy("An organisation's notes about a client"),
        lazy("So that colleagues can go on"),
        lazy("That organisation alone, and each look is written down"),
        lazy("As long as the client's file"),
        Basis.INTEREST,
        Job.ERASE_CLIENT,
        (Term("client_note", after=365 * DAY),),
    ),
    Kept(
        "client_code",
        lazy("Client codes, as a hash, and wrong ones, counted without an address"),
        lazy("So that nobody guesses a code"),
        lazy("Nobody"),
        lazy("Codes: 90 days after their end. Wrong ones: two hours"),
        Basis.INTEREST,
        SWEEP,
        (
            Term("client_code", "ended_at", 90 * DAY),
            Term("code_try", "tried_at", timedelta(hours=2)),
        ),
    ),
    Kept(
        "look",
        lazy("Who looked at whose file or contact"),
        lazy("So that you and your organisation can see it"),
        lazy("You, and the administrators of that organisation"),
        lazy("One year"),
        Basis.INTEREST,
        SWEEP,
        (
            Term("client_access", "seen_at", 365 * DAY),
            Term("client_access_alarm", "raised_at", 365 * DAY),
            Term("host_file_view", "seen_at", 365 * DAY),
            Term("guest_call", "seen_at", 365 * DAY),
        ),
    ),
    Kept(
        "staff",
        lazy("Invitations, hand-overs and lists that an organisation sent in"),
        lazy("So that work can change hands"),
        lazy("That organisation"),
        lazy("Lists: one day. Invitations: 90 days. Hand-overs: three years"),
        Basis.INTEREST,
        SWEEP,
        (
            Term("sheet_upload", "uploaded_at", DAY),
            Term("staff_invitation", "invited_at", 90 * DAY),
            Term("hand_over", "created_at", 1095 * DAY),
        ),
    ),
    Kept(
        "organisation",
        lazy("An organisation's name, desk and standing"),
        lazy("So that people know who stands behind an offer"),
        lazy("Everybody"),
        lazy("As long as it is here; who applied, until they erase their account"),
        Basis.INTEREST,
        Job.ERASE_PERSON,
        (Term("organisation"), Term("organisation_decision")),
    ),
    Kept(
        "technical",
        lazy("Answers to repeated requests, and background work done"),
        lazy("So that nothing happens twice"),
        lazy("Nobody"),
        lazy("Answers: one week. Work: three days"),
        Basis.INTEREST,
        SWEEP,
        (
            Term("idempotent_answer", "created_at", 7 * DAY),
            Term("job", "done_at", 3 * DAY),
        ),
    ),
    Kept(
        "ledger",
        lazy("Solidarity ledger"),
        lazy("To prove that help happened"),
        lazy("Everybody, without any name"),
        lazy("For ever; your link to it goes with your account"),
        Basis.INTEREST,
        Job.ERASE_PERSON,
        (Term("ledger_key", after=SILENT),),
    ),
    Kept(
        "erased",
        lazy("That somebody was erased, as a number that names nobody"),
        lazy("So that no older copy brings them back"),
        lazy("Nobody"),
        lazy("For ever"),
        Basis.DUTY,
        Job.ERASE_PERSON,
        (Term("erasure"),),
    ),
    Kept(
        "copy",
        lazy("Copies for the case of a disaster, sealed"),
        lazy("So that nothing is lost"),
        lazy("Operators, in an emergency only"),
        lazy("At most 30 days"),
        Basis.INTEREST,
        SWEEP,
        (),
    ),
    Kept(
        "log",
        lazy("Technical logs"),
        lazy("To repair faults"),
        lazy("Operators; no names, no contacts, no places"),
        lazy("At most 90 days"),
        Basis.INTEREST,
        SWEEP,
        (),
    ),
)


def fixed_terms() -> list[tuple[str, str, timedelta]]:
    """(table, moment, time) of every rule that one statement can carry out."""
    return [
        (term.table, term.column, term.after)
        for kept in RETENTION
        for term in kept.terms
        if term.column and term.after is not None
    ]


def covered() -> frozenset[str]:
    """Every table that the privacy page speaks of."""
    return frozenset(term.table for kept in RETENTION for term in kept.terms)
