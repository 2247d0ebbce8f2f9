"""Everything that is kept about one person, read for that person alone."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.accounts import queries as accounts
from app.accounts.models import ApiToken, RoleGrant
from app.clock import local, now
from app.db import ReadSession
from app.moderation.models import Report
from app.notifications.models import Notice, Preference
from app.organisations.models import Organisation
from app.posts.models import Attestation, Post
from app.posts.rules import by_number
from app.proposals.models import Proposal
from app.rights.queries.agreed import agreed
from app.rights.queries.exchanges import own_exchanges
from app.rights.queries.held_back import own_post_ids
from app.rights.queries.looks import looks
from app.rights.rules.export import (
    Account,
    Attested,
    Device,
    Export,
    Muted,
    OwnContact,
    OwnNotice,
    OwnPlace,
    OwnPost,
    OwnProposal,
    OwnReport,
    OwnRole,
    OwnToken,
)
from app.territories.models import ExactPlace, HomePlace, Place


async def export(reader: ReadSession, person_id: int) -> Export:
    person = await accounts.person(reader, person_id)
    contacts = await accounts.contacts_of(reader, person_id)
    devices = await accounts.sessions_of(reader, person_id)
    return Export(
        made_on=local(now()).date(),
        account=Account(
            person.name,
            person.language,
            person.languages,
            person.created_at,
            person.seen_at,
            person.closing_at,
        ),
        contacts=[OwnContact(one.kind, one.value, one.verified_at) for one in contacts],
        places=await _places(reader, person_id),
        posts=await _posts(reader, person_id),
        proposals=await _proposals(reader, person_id),
        exchanges=await own_exchanges(reader, person_id),
        agreed=await agreed(reader, person_id),
        roles=await _roles(reader, person_id),
        devices=[Device(one.device_name, one.created_at, one.last_seen_at) for one in devices],
        tokens=await _tokens(reader, person_id),
        notices=await _notices(reader, person_id),
        muted=await _muted(reader, person_id),
        reports=await _reports(reader, person_id),
        attested=await _attested(reader, person_id),
        looks=await looks(reader, person_id),
    )


async def _places(reader: ReadSession, person_id: int) -> list[OwnPlace]:
    rows = await reader.execute(
        select(Place, ExactPlace.address, HomePlace.place_id)
        .outerjoin(ExactPlace, ExactPlace.place_id == Place.id)
        .outerjoin(HomePlace, HomePlace.place_id == Place.id)
        .where(Place.owner_id == person_id)
        .order_by(Place.id)
    )
    return [
        OwnPlace(
            place.name_fr, place.postcode, place.lat, place.lon, address, is_home=home is not None
        )
        for place, address, home in rows
    ]


async def _posts(reader: ReadSession, person_id: int) -> list[OwnPost]:
    rows = await reader.scalars(
        select(Post)
        .where(Post.id.in_(own_post_ids(person_id)))
        .options(joinedload(Post.place))
        .order_by(Post.id)
    )
    return [
        OwnPost(
            kind=post.kind,
            code=post.code,
            category=by_number(post.category).code,
            note=post.note,
            languages=post.languages,
            places=post.places,
            unit=post.unit,
            municipality=post.place.name_fr,
            status=post.status.value,
            created_at=post.created_at,
            published_at=post.published_at,
            ends_at=post.ends_at,
        )
        for post in rows
    ]


async def _proposals(reader: ReadSession, person_id: int) -> list[OwnProposal]:
    own = own_post_ids(person_id)
    rows = await reader.scalars(
        select(Proposal)
        .where(or_(Proposal.need_id.in_(own), Proposal.offer_id.in_(own)))
        .options(joinedload(Proposal.need), joinedload(Proposal.offer))
        .order_by(Proposal.id)
    )
    return [_proposal(row, person_id) for row in rows]


def _proposal(row: Proposal, person_id: int) -> OwnProposal:
    asks = row.need.author_id == person_id and row.need.organisation_id is None
    return OwnProposal(
        code=row.code,
        own_post=(row.need if asks else row.offer).code,
        category=by_number(row.need.category).code,
        proposed_at=row.proposed_at,
        accepted_at=row.need_accepted_at if asks else row.offer_accepted_at,
        agreed_at=row.agreed_at,
    )


async def _roles(reader: ReadSession, person_id: int) -> list[OwnRole]:
    rows = await reader.execute(
        select(RoleGrant, Organisation.name)
        .outerjoin(Organisation, Organisation.id == RoleGrant.organisation_id)
        .where(RoleGrant.person_id == person_id)
        .order_by(RoleGrant.id)
    )
    return [OwnRole(row.role, name, row.created_at, row.ended_at) for row, name in rows]


async def _tokens(reader: ReadSession, person_id: int) -> list[OwnToken]:
    rows = await reader.scalars(
        select(ApiToken).where(ApiToken.person_id == person_id).order_by(ApiToken.id)
    )
    return [OwnToken(row.label, row.scopes, row.created_at, row.revoked_at) for row in rows]


async def _notices(reader: ReadSession, person_id: int) -> list[OwnNotice]:
    rows = await reader.scalars(
        select(Notice).where(Notice.person_id == person_id).order_by(Notice.id)
    )
    return [OwnNotice(row.kind, row.facts, row.created_at, row.read_at) for row in rows]


async def _muted(reader: ReadSession, person_id: int) -> list[Muted]:
    rows = await reader.scalars(select(Preference).where(Preference.person_id == person_id))
    return [Muted(row.topic, row.channel, row.wanted) for row in rows]


async def _reports(reader: ReadSession, person_id: int) -> list[OwnReport]:
    rows = await reader.scalars(
        select(Report).where(Report.reporter_id == person_id).order_by(Report.id)
    )
    return [
        OwnReport(row.code, row.about, row.reason, row.words, row.created_at, row.decided_at)
        for row in rows
    ]


async def _attested(reader: ReadSession, person_id: int) -> Sequence[Attested]:
    rows = await reader.execute(
        select(Attestation, Organisation.name)
        .outerjoin(Organisation, Organisation.id == Attestation.organisation_id)
        .where(Attestation.person_id == person_id, Attestation.revoked_at.is_(None))
    )
    return [Attested(row.kind, name, row.asked_at, row.confirmed_at) for row, name in rows]
