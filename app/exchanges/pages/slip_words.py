"""What stands on the two papers, written in the client's language."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.exchanges.actions import ReleasedContact
from app.exchanges.queries import ClientPost, Stand
from app.i18n import (
    choose_language,
    current_language,
    direction,
    format_day,
    format_moment,
    speaking,
)
from app.i18n import gettext as _
from app.organisations.models import Client
from app.organisations.rules import in_groups
from app.posts.pages import words
from app.web.qr import qr_code


@dataclass(frozen=True)
class Slip:
    """One A6 page; `code` is there only where it was made for this very page."""

    language: str
    direction: str
    title: str
    reference: str
    rows: list[tuple[str, str]]
    phones: list[tuple[str, str]]
    code_words: str
    code: str
    after: list[str]
    qr: Markup
    qr_words: str


def consent_slip(public_url: str, client: Client, one: ClientPost, digits: str | None) -> Slip:
    """What was posted, and the code to see, change or end it."""
    heard = one.consent.language if one.consent else None
    language = choose_language(heard, *client.languages, current_language())
    desk = client.organisation
    with speaking(language):
        post = one.post
        rows = [
            (_("What"), words.title(post.category, openly=True)),
            (_("Where"), words.where(post.place)),
            (_("How many"), words.how_many(post.places, post.unit)),
            (_("When"), words.when(one.windows) if one.windows else words.urgency(post.urgency)),
        ]
        return Slip(
            language=language,
            direction=direction(language),
            title=_("What we ask for you"),
            reference=client.alias,
            rows=rows + ([(_("Also said"), post.note)] if post.note else []),
            phones=[(desk.name, desk.phone)],
            code_words=_("Your code. Keep it to yourself.")
            if digits
            else _("The code on your first paper still works."),
            code=in_groups(digits) if digits else "",
            after=[
                _("Your name is not shown to anybody."),
                _("With the code you see it, change it or end it, from any phone."),
                _("You may also call or come by. You lose nothing by saying no."),
            ],
            qr=qr_code(f"{public_url}/{language}/code"),
            qr_words=_plain(f"{public_url}/code"),
        )


def meeting_slip(
    public_url: str,
    client: Client,
    stand: Stand,
    *,
    contacts: Sequence[ReleasedContact],
    place: str,
    wished: str,
) -> Slip:
    """Who, where, when and by which phone, once both have said yes."""
    language = choose_language(wished, *client.languages, current_language())
    desk, one = client.organisation, stand.exchange
    with speaking(language):
        when = format_moment(one.meeting_at) if one.meeting_at else ""
        rows = [
            (_("What"), words.title(one.need.category, openly=True)),
            (_("With"), stand.other_name),
            (_("When"), when or (format_day(one.day) if one.day else _("Not agreed yet"))),
            (_("Where"), place or _("The desk tells you.")),
        ]
        phones = [(stand.other_name, one.value) for one in contacts if one.field != "email"]
        return Slip(
            language=language,
            direction=direction(language),
            title=_("Your meeting"),
            reference=one.code,
            rows=rows,
            phones=[*phones, (desk.name, desk.phone)],
            code_words="",
            code="",
            after=[
                _("Help is free. Nobody may ask you for money, work or papers."),
                _("You feel unsafe? Leave, and call the desk. In danger call 112."),
            ],
            qr=qr_code(f"{public_url}/{language}/code"),
            qr_words=_plain(f"{public_url}/code"),
        )


def _plain(address: str) -> str:
    return address.removeprefix("https://").removeprefix("http://")
