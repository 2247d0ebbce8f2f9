"""Two moderators and somebody who offers a meal, made in a running platform from outside."""

import asyncio
import sys
from pathlib import Path

from app.accounts.actions import grant
from app.accounts.rules import Role
from app.cli.demo.authenticator import give_apps
from app.cli.servers import connected
from app.db import transaction
from tests.factories.accounts import make_person
from tests.factories.exchanges import visitor_of
from tests.factories.posts import an_offer

NADIA, OMAR, JAN = (f"{name}@moderation.example" for name in ("nadia", "omar", "jan"))


async def make(folder: Path) -> str:
    """The code of the offer."""
    async with connected(folder) as (_, maker), transaction(maker) as session:
        for contact in (NADIA, OMAR):
            person = await make_person(session, name=contact.partition("@")[0], email=contact)
            await grant(session, person.id, Role.MODERATOR)
        await give_apps(session, [NADIA, OMAR])
        jan = visitor_of(await make_person(session, name="Jan", email=JAN))
        return (await an_offer(session, jan, note="Soup, for a small gift")).code


if __name__ == "__main__":
    sys.stdout.write(asyncio.run(make(Path(sys.argv[1]))))
