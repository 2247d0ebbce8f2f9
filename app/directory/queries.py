"""What anybody may know of organisations at work and of their open offers."""

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.clock import local
from app.db import ReadSession
from app.directory.rules import Desk, Directory, Offered, build
from app.i18n import current_language
from app.organisations import queries as organisations
from app.organisations.forms import KINDS
from app.organisations.models import Organisation
from app.posts.models import Post
from app.posts.rules import PostKind, by_number
from app.territories.geocoder.shipped import municipality_name

MOST_OFFERS = 5_000


async def directory(reader: ReadSession, public_url: str) -> Directory:
    """Everything that goes out, in the current language."""
    desks = [_desk(one) for one in await organisations.directory(reader)]
    rows = await reader.scalars(
        select(Post)
        .join(Organisation, Organisation.id == Post.organisation_id)
        .join(Person, Person.id == Post.author_id)
        .options(joinedload(Post.place), joinedload(Post.organisation))
        .where(
            organisations.at_work(),
            Post.kind == PostKind.OFFER.value,
            Post.is_listed,
            Post.ends_at > func.now(),
            Person.suspended_at.is_(None),
            Person.erased_at.is_(None),
        )
        .order_by(Post.id)
        .limit(MOST_OFFERS)
    )
    return build(public_url, desks, [_offered(post) for post in rows])


def _desk(one: Organisation) -> Desk:
    names = (municipality_name(nis, current_language()) for nis in one.area)
    return Desk(
        code=one.code,
        name=one.name,
        kind=str(dict(KINDS).get(one.kind, one.name)),
        phone=one.phone,
        desk=one.desk,
        hours=one.hours or "",
        languages=tuple(one.languages),
        area=tuple(name for name in names if name),
        checked_on=local(one.verified_at or one.applied_at).date(),
    )


def _offered(post: Post) -> Offered:
    place = post.place
    return Offered(
        code=post.code,
        organisation=post.organisation.code if post.organisation else "",
        category=by_number(post.category),
        municipality=place.name_nl if current_language() == "nl" else place.name_fr,
        languages=tuple(post.languages),
    )
