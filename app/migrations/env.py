"""How alembic reaches the database: one transaction per migration, short waits for locks."""

import asyncio
from typing import Literal

from alembic import context
from sqlalchemy import Connection, LargeBinary, text
from sqlalchemy.ext.asyncio import create_async_engine

from app.accounts import models as accounts
from app.crypto import Encrypted
from app.db import Base
from app.erasures import Erasure
from app.exchanges import models as exchanges
from app.idempotency import IdempotentAnswer
from app.ledger import models as ledger
from app.moderation import models as moderation
from app.notifications import models as notifications
from app.organisations import models as organisations
from app.outbox import JobRow
from app.posts import models as posts
from app.proposals import models as proposals
from app.settings import asyncpg_url, read_settings
from app.territories import models as territories

KNOWN = (
    accounts, exchanges, ledger, moderation, notifications, organisations, posts, proposals,
    territories, JobRow, IdempotentAnswer, Erasure,
)  # fmt: skip
# Two upgrades that start together take turns.
UPGRADE_LOCK = 7_304_091

# What the platform's own role may do with tables that are new to it; it may never change one.
GRANTS = """
DO $$ DECLARE of regclass; BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'solidare_app') THEN RETURN; END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO solidare_app', current_schema());
    FOR of IN SELECT oid::regclass FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
        AND pg_get_userbyid(relowner) = current_user
        AND NOT has_table_privilege('solidare_app', oid, 'SELECT')
    LOOP
        EXECUTE format(
            CASE
                WHEN of::text = 'alembic_version' THEN 'GRANT SELECT ON %s TO solidare_app'
                WHEN of::text IN ('ledger_entry', 'ledger_leaf', 'ledger_checkpoint')
                THEN 'GRANT SELECT, INSERT ON %s TO solidare_app'
                ELSE 'GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO solidare_app'
            END, of);
    END LOOP;
END $$
"""


def render_type(kind: str, item: object, _: object) -> str | Literal[False]:
    """Migrations name the column's type in the database, not the code of the day."""
    if kind == "type" and isinstance(item, Encrypted):
        return repr(LargeBinary()).replace("LargeBinary", "sa.LargeBinary")
    return False


def migrate(connection: Connection) -> None:
    # An upgrade that hangs or is frozen must not hold up whoever serves, nor the next upgrade.
    connection.execute(text("SET idle_in_transaction_session_timeout = '60s'"))
    connection.execute(text("SET lock_timeout = '5min'"))
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": UPGRADE_LOCK})
    connection.execute(text("SET lock_timeout = '5s'"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transaction_per_migration=True,
        render_item=render_type,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.execute(text(GRANTS))
    connection.commit()
    connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": UPGRADE_LOCK})
    connection.commit()


async def connect_and_migrate() -> None:
    url = context.config.attributes.get("url") or read_settings().database.url.reveal()
    engine = create_async_engine(asyncpg_url(url), connect_args={"timeout": 10})
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


asyncio.run(connect_and_migrate())
