"""A child without a parent is not matched: people are told whom to call."""

from sqlalchemy import select

from app.accounts.models import RoleGrant
from app.accounts.rules import ORGANISATION_ROLES, Role
from app.db import Session
from app.notifications import actions as notifications
from app.notifications.rules import LinkPurpose, NoticeKind
from app.posts.models import Post
from app.posts.rules import by_number

WATCH = (Role.COORDINATOR.value, Role.MODERATOR.value)
AT_DESK = tuple(role.value for role in ORGANISATION_ROLES)


async def call_for_child(session: Session, post: Post) -> None:
    """Tell the organisation whose client it is, else those who watch over the platform."""
    roles = WATCH if post.organisation_id is None else AT_DESK
    people = await session.scalars(
        select(RoleGrant.person_id)
        .distinct()
        .where(
            RoleGrant.role.in_(roles),
            RoleGrant.organisation_id.is_not_distinct_from(post.organisation_id),
            RoleGrant.ended_at.is_(None),
        )
    )
    facts = {"code": post.code, "kind": post.kind, "category": by_number(post.category).code}
    for person_id in sorted(people):
        await notifications.tell(
            session,
            person_id,
            NoticeKind.CHILD_ALONE,
            facts=facts,
            link=(LinkPurpose.POST, post.address),
            urgent=True,
        )
