"""Links that open one thing for one person; the signature is the proof and nothing is stored."""

import base64
import hmac
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from app import crypto
from app.clock import now

LONGEST_ID = 18  # decimal digits that a row id can have


class LinkPurpose(StrEnum):
    """Which page a link opens; the first two carry a signed token and need no sign-in."""

    PROPOSAL = "proposal"  # /p/{token}
    EXCHANGE = "exchange"  # /x/{token}
    EXCHANGE_PAGE = "exchange_page"  # /exchanges/{code}
    POST = "post"  # /offers/{code} or /needs/{code}: link_ref holds "offers/abc"
    ACCOUNT = "account"  # /account
    REPORT = "report"  # /reports/{token}
    MODERATION = "moderation"  # /moderation/{code}
    DESK = "desk"  # /desk
    ACCESS_LOG = "access_log"  # /organisations/{code}/access
    INVITATION = "invitation"  # /organisations/{code}/join
    ORGANISATION = "organisation"  # /organisations/{code}
    STAY = "stay"  # /stay/{token}: the guest's own page, signed like the first two
    DESK_STAY = "desk_stay"  # /desk/stays/{code}: for the worker who calls
    HOST_FILE = "host_file"  # /desk/hosts/{code}
    CLIENT = "client"  # /desk/clients/{alias}
    ERASE = "erase"  # /account/erase
    UNSUBSCRIBE = "unsubscribe"  # /unsubscribe/{token}: link_ref holds the channel
    CALENDAR = "calendar"  # /calendar/{token}: link_ref holds the serial of the person's calendar


# Whoever reads a message years later, or on somebody else's phone, must not act by its link.
ENDING = frozenset({LinkPurpose.PROPOSAL, LinkPurpose.EXCHANGE})
LINK_LIFE = timedelta(days=60)


@dataclass(frozen=True)
class SignedLink:
    """One person may open one thing."""

    purpose: LinkPurpose
    ref: str
    person_id: int
    written: datetime | None = field(default=None, compare=False)


def write_link(link: SignedLink) -> str:
    """An unguessable token, kept nowhere: the signature is the proof.

    Those that let somebody act without signing in say when they were written: they end.
    """
    body = f"{link.ref}.{link.person_id}"
    if link.purpose in ENDING:
        written = link.written or now()
        body += f".{round(written.timestamp() * 1000):x}"
    signature = crypto.text_of(crypto.sign(f"link.{link.purpose}", body, 15))
    return f"{body}.{signature}"


def read_link(purpose: LinkPurpose, token: str) -> SignedLink | None:
    """The link behind a token, or None for anything we did not write."""
    body, _, signature = token.rpartition(".")
    named, _, moment = body.rpartition(".") if purpose in ENDING else (body, "", "0")
    ref, _, person_id = named.rpartition(".")
    if not person_id.isdecimal() or len(person_id) > LONGEST_ID:
        return None
    if not crypto.is_signed(f"link.{purpose}", body, crypto.bytes_of(signature)):
        return None
    written = datetime.fromtimestamp(int(moment, 16) / 1000, UTC) if purpose in ENDING else None
    return SignedLink(purpose, ref, int(person_id), written)


_ADDRESSES = {
    LinkPurpose.PROPOSAL: "/p/{token}",
    LinkPurpose.EXCHANGE: "/x/{token}",
    LinkPurpose.STAY: "/stay/{token}",
    LinkPurpose.DESK_STAY: "/desk/stays/{ref}",
    LinkPurpose.HOST_FILE: "/desk/hosts/{ref}",
    LinkPurpose.UNSUBSCRIBE: "/unsubscribe/{token}",
    LinkPurpose.CALENDAR: "/calendar/{token}",
    LinkPurpose.EXCHANGE_PAGE: "/exchanges/{ref}",
    LinkPurpose.POST: "/{ref}",
    LinkPurpose.REPORT: "/reports/{token}",
    LinkPurpose.MODERATION: "/moderation/{ref}",
    LinkPurpose.ACCOUNT: "/account",
    LinkPurpose.ERASE: "/account/erase",
    LinkPurpose.DESK: "/desk",
    LinkPurpose.ACCESS_LOG: "/organisations/{ref}/access",
    LinkPurpose.INVITATION: "/organisations/{ref}/join",
    LinkPurpose.ORGANISATION: "/organisations/{ref}",
    LinkPurpose.CLIENT: "/desk/clients/{ref}",
}


def path_of(link: SignedLink) -> str:
    """The page that a link opens, without language."""
    return _ADDRESSES[link.purpose].format(token=write_link(link), ref=link.ref)


# Mail servers may change the case of an address, so its signature is written in one case.
_REPLY = re.compile(r"([a-z0-9]{4,12})\.([0-9]{1,18})\.([a-z2-7]{24})")


def reply_address(base: str, code: str, person_id: int) -> str:
    """Where one person answers in one exchange by mail: reply@host becomes reply+token@host."""
    local, _, host = base.rpartition("@")
    return f"{local}+{code}.{person_id}.{_reply_signature(code, person_id)}@{host}"


def read_reply_address(base: str, address: str) -> tuple[str, int] | None:
    """The code of the exchange and the person, or None for an address that we never wrote."""
    local, _, host = base.casefold().rpartition("@")
    written, _, at = address.strip().casefold().rpartition("@")
    if at != host or not written.startswith(f"{local}+"):
        return None
    found = _REPLY.fullmatch(written.removeprefix(f"{local}+"))
    if found is None:
        return None
    code, person_id, signature = found[1], int(found[2]), found[3]
    own = _reply_signature(code, person_id)
    return (code, person_id) if hmac.compare_digest(signature, own) else None


def _reply_signature(code: str, person_id: int) -> str:
    return base64.b32encode(crypto.sign("reply", f"{code}.{person_id}", 15)).decode().lower()
