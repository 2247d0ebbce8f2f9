"""People choose which messages leave the platform for them; security ones always do."""

from collections.abc import Collection

from sqlalchemy.dialects.postgresql import insert

from app.db import Session
from app.notifications.models import Preference
from app.notifications.queries import wishes_of
from app.notifications.rules import ALL_WISHES, Channel, Wish


async def choose_wishes(session: Session, person_id: int, wishes: Collection[Wish]) -> None:
    """Remember the choice for every topic and channel that can be muted."""
    rows = [
        {
            "person_id": person_id,
            "topic": topic.value,
            "channel": channel.value,
            "wanted": (topic, channel) in wishes,
        }
        for topic, channel in sorted(ALL_WISHES)
    ]
    statement = insert(Preference).values(rows)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[Preference.person_id, Preference.topic, Preference.channel],
            set_={"wanted": statement.excluded.wanted},
        )
    )


async def mute_channel(session: Session, person_id: int, channel: Channel) -> None:
    """Nothing but security leaves over this channel any more."""
    wishes = await wishes_of(session, person_id)
    await choose_wishes(session, person_id, {wish for wish in wishes if wish[1] is not channel})
