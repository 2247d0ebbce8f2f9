"""Walls inside the database: rows of the most private tables show only when they are named.

The policies bind the owner too (FORCE). The platform works as `solidare_app`, which owns nothing
and cannot take them down; where this migration may not make that role, an administrator does
(README, "Roles of the database"), and the next upgrade gives it its rights.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ROLE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'solidare_app')
        AND (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user)
    THEN
        CREATE ROLE solidare_app NOLOGIN;
        GRANT solidare_app TO CURRENT_USER;
    END IF;
END $$
"""
AT_WORK = "current_setting('solidare.viewer', true) = 'work'"
VIEWER = "current_setting('solidare.viewer', true)"


def opened(wall: str, key: str) -> str:
    """Whether the transaction has named this row."""
    named = f"string_to_array(current_setting('solidare.open_{wall}', true), ',')"
    return f"{key} = ANY ({named})"


OWN_PLACE = (
    "EXISTS (SELECT FROM place WHERE place.id = place_exact.place_id "
    f"AND place.owner_id::text = {VIEWER})"  # nosec B608 - a constant of this file
)
WALLS = {
    "contact": (
        f"person_id::text = {VIEWER}",
        opened("contact", "person_id::text"),
        opened("lookup", "encode(lookup, 'hex')"),
    ),
    "contact_release": (opened("release", "exchange_id::text"),),
    "place_exact": (OWN_PLACE, opened("place", "place_id::text")),
    "client_note": (opened("note", "client_id::text"),),
    "host_adult": (opened("household", "post_id::text"),),
    "host_reference": (opened("household", "post_id::text"),),
}


def upgrade() -> None:
    op.execute(ROLE)
    for table, ways in WALLS.items():
        seen = " OR ".join([AT_WORK, *ways])
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_seen ON {table} FOR SELECT USING ({seen})")
        # Whoever writes a new row knows what is in it; changing and removing needs seeing.
        op.execute(f"CREATE POLICY {table}_made ON {table} FOR INSERT WITH CHECK (true)")
        op.execute(f"CREATE POLICY {table}_changed ON {table} FOR UPDATE USING ({seen})")
        op.execute(f"CREATE POLICY {table}_removed ON {table} FOR DELETE USING ({seen})")
