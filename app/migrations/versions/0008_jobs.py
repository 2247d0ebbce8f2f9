"""Work that was given up: who dealt with it, and why it was let go."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "job",
        sa.Column(
            "discarded_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When somebody let go of it after it was given up.",
        ),
    )
    op.add_column(
        "job", sa.Column("discard_reason", sa.String(length=200), nullable=True, comment="Why.")
    )
    op.add_column(
        "job",
        sa.Column(
            "handled_by",
            sa.BigInteger(),
            nullable=True,
            comment="Person who retried or discarded it.",
        ),
    )
