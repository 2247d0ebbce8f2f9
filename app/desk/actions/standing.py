"""A moderator decides about an organisation, and what is in its name follows at once."""

from app.db import Session
from app.organisations import actions as organisations
from app.organisations.models import Organisation
from app.organisations.rules import Verdict
from app.posts import actions as posts


async def decide_organisation(
    session: Session, moderator_id: int, organisation: Organisation, verdict: Verdict, reason: str
) -> None:
    """Stopped: its posts rest and its people see nothing of it. Closed: its posts are withdrawn."""
    await organisations.decide(session, moderator_id, organisation, verdict, reason)
    if verdict is Verdict.SUSPENDED:
        await posts.rest_posts_of(session, organisation.id)
    if verdict is Verdict.CLOSED:
        await posts.withdraw_posts_of(session, organisation.id)
