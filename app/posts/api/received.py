"""What programs send about posts, and the draft that it means."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated

import msgspec

from app.accounts.rules.spoken import is_spoken
from app.clock import BRUSSELS, now
from app.errors import InvalidError
from app.i18n import gettext as _
from app.organisations.models import Client
from app.organisations.rules import Manner
from app.posts.api.shapes import FeatureName, UrgencyName, feature_mask
from app.posts.rules import (
    CATEGORIES,
    PlaceDraft,
    PostDraft,
    PostKind,
    Urgency,
    Window,
    category,
)
from app.posts.rules.party import Party
from app.posts.rules.read_back import ReadBack
from app.territories.forms import read_place_id
from app.territories.geocoder.gazetteer import find_places
from app.territories.rules import cell_centre
from app.web.api import Received

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
CONSENT_AGE = timedelta(days=30)
LONGEST_TEXT_READ = 2_000


class NewWindow(Received):
    """In any time zone; a rule (RFC 5545) repeats it in Brussels time."""

    starts_at: Moment
    ends_at: Moment
    rule: str | None = None


class ConsentGiven(Received):
    """The client heard the public text and agreed; `text_read` is the text as read out.

    Without it the need is kept, and waits at the desk until it was read out. `sensitive` names
    what the client agreed to say of their health: `step_free`, or a sensitive kind of help.
    """

    how: Manner
    day: date | None = None
    text_read: str = ""
    language: str = "fr"
    sensitive: list[str] = msgspec.field(default_factory=list)


class OnBehalf(Received):
    """Codes of an organisation and of its client, whose mandate must be in force."""

    organisation: str
    client: str
    consent: ConsentGiven


class WhoComes(Received):
    """Adults and children with a parent who need a roof; nobody is hosted before it is said."""

    women: int = 0
    men: int = 0
    children: int = 0


class PostContent(Received, kw_only=True):
    """What a post says. `place` is a postcode, a town or an id from /places.

    Without `place` a client's post stands where the client stays, and a changed post where it was.
    `address` is kept encrypted and shown to nobody before both have agreed.
    """

    category: str
    places: int
    languages: list[str]
    place: str | None = None
    address: str | None = None
    note: str = ""
    note_language: str = "fr"
    note_reason: str | None = None
    radius_km: float | None = None
    remote: bool = False
    interpreter: bool = False
    exclusive: bool = False
    urgency: UrgencyName = UrgencyName.FLEXIBLE
    latest_by: date | None = None
    windows: list[NewWindow] = msgspec.field(default_factory=list)
    required: list[FeatureName] = msgspec.field(default_factory=list)
    wished: list[FeatureName] = msgspec.field(default_factory=list)
    features: list[FeatureName] = msgspec.field(default_factory=list)
    insured_by: str | None = None
    party: WhoComes | None = None


class NewPost(PostContent, kw_only=True):
    """A need or an offer; `asked_offer` is the code of the offer that a need asks for."""

    type: PostKind
    asked_offer: str | None = None
    on_behalf: OnBehalf | None = None


class ChangedPost(PostContent, kw_only=True):
    """Everything a post says from now on; `version` is the one that was read."""

    version: int


def read_content(data: PostContent, kind: PostKind, here: PlaceDraft | None) -> PostDraft:
    """The same draft as from the pages; fields that name nothing are all told at once."""
    place = _place(data, here)
    problems: dict[str, list[str]] = {}
    if place is None:
        problems["place"] = [_("We do not know this place. Type a postcode or a town.")]
    if data.category not in {one.code for one in CATEGORIES}:
        problems["category"] = [_("Choose a kind of help from the list.")]
    if place is None or problems:
        raise InvalidError(problems)
    return PostDraft(
        kind=kind,
        category=category(data.category).number,
        place=place,
        places=data.places,
        languages=tuple(data.languages),
        note=data.note,
        note_language=data.note_language,
        note_reason=data.note_reason,
        radius_km=data.radius_km,
        remote=data.remote,
        interpreter=data.interpreter,
        exclusive=data.exclusive,
        urgency=Urgency[data.urgency.name],
        latest_by=data.latest_by,
        windows=tuple(Window(one.starts_at, one.ends_at, one.rule) for one in data.windows),
        required=feature_mask(data.required),
        wished=feature_mask(data.wished),
        features=feature_mask(data.features),
        insured_by=data.insured_by,
        party=_party(data.party),
    )


def read_new(data: NewPost, client: Client | None) -> PostDraft:
    """What is published; for a client in the organisation's name, near where the client stays."""
    if client is None or data.on_behalf is None:
        return replace(read_content(data, data.type, None), asked_offer=data.asked_offer)
    _refuse_consent(data.type, data.on_behalf.consent)
    place = client.place
    here = PlaceDraft(place.lat, place.lon, place.nis, place.postcode)
    return replace(
        read_content(data, data.type, here),
        asked_offer=data.asked_offer,
        organisation_id=client.organisation_id,
        client_id=client.id,
    )


def read_heard(said: OnBehalf | None) -> ReadBack | None:
    """What the client heard; None where nothing was read out yet."""
    if said is None or not said.consent.text_read.strip():
        return None
    consent = said.consent
    return ReadBack(
        text=consent.text_read.strip(),
        language=consent.language,
        how=consent.how.value,
        day=consent.day,
        sensitive=frozenset(consent.sensitive),
    )


def _refuse_consent(kind: PostKind, consent: ConsentGiven) -> None:
    problems: dict[str, list[str]] = {}
    today = now().astimezone(BRUSSELS).date()
    if kind is not PostKind.NEED:
        problems["type"] = [_("Choose one of these.")]
    if consent.day is not None and consent.day > today:
        problems["on_behalf"] = [_("This day is still to come.")]
    if consent.day is not None and consent.day < today - CONSENT_AGE:
        problems["on_behalf"] = [_("This was over a month ago. Ask the client again.")]
    if not is_spoken(consent.language):
        problems["on_behalf"] = [_("Choose languages from the list.")]
    if len(consent.text_read) > LONGEST_TEXT_READ:
        problems["on_behalf"] = [_("Use at most %(count)s characters.", count=LONGEST_TEXT_READ)]
    if problems:
        raise InvalidError(problems)


def _party(said: WhoComes | None) -> Party | None:
    return None if said is None else Party(said.women, said.men, said.children)


def _place(data: PostContent, here: PlaceDraft | None) -> PlaceDraft | None:
    """An id decides; words must name a known place, for nobody is there to ask "did you mean"."""
    if data.place is None:
        return here and replace(here, address=data.address or here.address)
    chosen = read_place_id(data.place)
    if chosen is not None:
        nis, cell, postcode = chosen
        return PlaceDraft(*cell_centre(cell), nis, postcode, data.address)
    found = find_places(data.place)
    if not found or found[0].guess:
        return None
    best = found[0]
    return PlaceDraft(best.lat, best.lon, best.municipality_nis, best.postcode, data.address)
