"""Empty the platform, where that can do no harm."""

from sqlalchemy import text

from app.db import Session

LEDGER = ("ledger_entry", "ledger_leaf", "ledger_checkpoint")
ALL_TABLES = (
    "SELECT quote_ident(tablename) FROM pg_tables "
    "WHERE schemaname = current_schema() AND tablename <> 'alembic_version' ORDER BY 1"
)


async def empty_tables(session: Session) -> None:
    """Remove every row. The ledger refuses that in itself: its guard rests for this act alone."""
    # Only the owner may empty tables; the platform's own role may not.
    await session.execute(text("SET LOCAL ROLE NONE"))
    tables = ", ".join(await session.scalars(text(ALL_TABLES)))
    for name in LEDGER:
        await session.execute(text(f"ALTER TABLE {name} DISABLE TRIGGER {name}_keep"))
    await session.execute(text(f"TRUNCATE {tables} RESTART IDENTITY"))
    for name in LEDGER:
        await session.execute(text(f"ALTER TABLE {name} ENABLE TRIGGER {name}_keep"))
