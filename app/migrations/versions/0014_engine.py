"""The freshest help from afar without reading a whole category; a second of building per million."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_post_remote",
        "post",
        ["kind", "category", sa.text("published_at DESC"), sa.text("id DESC")],
        postgresql_where=sa.text("is_open AND remote"),
    )
