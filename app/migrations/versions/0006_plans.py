"""The engine's plans, shards and versions of weights."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "proposal",
        sa.Column(
            "terms",
            postgresql.ARRAY(sa.Double()),
            nullable=True,
            comment="Parts of the engine's score, to learn from; never shown.",
        ),
    )
    op.create_table(
        "shard",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "region",
            sa.String(length=8),
            nullable=False,
            comment="A region of proposals.rules.",
        ),
        sa.Column("category", sa.SmallInteger(), nullable=False, comment="Number in the taxonomy."),
        sa.Column(
            "version",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="Rises with each part of a plan written.",
        ),
        sa.Column(
            "asked_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When a re-balance was last asked for.",
        ),
        sa.Column(
            "planned_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Moment of the snapshot behind the last plan written.",
        ),
        sa.Column(
            "written",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="Proposals of the last plan.",
        ),
        sa.Column(
            "refused",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="Its pairings that no longer held when written.",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shard")),
        sa.UniqueConstraint("region", "category", name=op.f("uq_shard_region_category")),
        comment="What one worker plans at a time: a category in a region.",
    )
    op.create_table(
        "plan",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "region",
            sa.String(length=8),
            nullable=False,
            comment="A region of proposals.rules.",
        ),
        sa.Column(
            "asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "drawn_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When its figures were ready.",
        ),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True, comment="Given up."),
        sa.Column(
            "figures",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="Counts per category.",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        comment="What a re-balance of a region would change: counts only, nobody's post.",
    )
    op.create_index(
        "ix_plan_newest", "plan", ["region", sa.text("asked_at DESC"), sa.text("id DESC")]
    )
    op.create_table(
        "weights_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "version", sa.String(length=20), nullable=False, comment="Name that proposals carry."
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "parameters",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="All of its numbers.",
        ),
        sa.Column(
            "log_loss", sa.Double(), nullable=False, comment="On the newest answers, unseen."
        ),
        sa.Column(
            "ece", sa.Double(), nullable=False, comment="Expected calibration error, there too."
        ),
        sa.Column("auc", sa.Double(), nullable=True, comment="Ranking, where both outcomes occur."),
        sa.Column(
            "counts",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="How many answers it learnt from, how the version before did on the same.",
        ),
        sa.Column(
            "fit_to_adopt",
            sa.Boolean(),
            nullable=False,
            comment="No worse than the version before, overall and per category.",
        ),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=True, comment="In use since."),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True, comment="In use until."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weights_version")),
        sa.UniqueConstraint("version", name=op.f("uq_weights_version_version")),
        comment="Weights of the score learnt from answers; none adopted means the hand's.",
    )
    op.create_index(
        "uq_weights_version_current",
        "weights_version",
        [sa.text("(true)")],
        unique=True,
        postgresql_where=sa.text("adopted_at IS NOT NULL AND retired_at IS NULL"),
    )
