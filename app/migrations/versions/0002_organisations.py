"""Organisations: desks, admins, hand-overs and the log of who looked at a client's file."""

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
