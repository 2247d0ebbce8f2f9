"""What people may take away, and what is forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column(
            "digest", sa.LargeBinary(), nullable=False, comment="Keyed hash, as in the list."
        ),
        sa.Column("kind", sa.String(length=6), nullable=False, comment="person or client."),
        sa.Column("begun_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("done_at", MOMENT, nullable=True, comment="Nothing of them is left here."),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_erasure")),
        comment="Tombstones: lines of the list outside that are carried out.",
    )
    op.create_table(
        "agreement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False, comment="Who agreed."),
        sa.Column(
            "text",
            sa.String(length=20),
            nullable=False,
            comment="A member of accounts.rules.Agreed.",
        ),
        sa.Column("version", sa.String(length=20), nullable=False, comment="Which words they saw."),
        sa.Column("agreed_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_agreement_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        comment="What a person agreed to, and in which version of the words.",
    )
    op.create_index(op.f("ix_agreement_person_id"), "agreement", ["person_id"])
    op.add_column(
        "person",
        sa.Column("seen_at", MOMENT, nullable=True, comment="Last sign of life, to the hour."),
    )
    op.add_column(
        "person",
        sa.Column(
            "silent_told_at",
            MOMENT,
            nullable=True,
            comment="Was told that the account ends for silence.",
        ),
    )
    op.add_column(
        "client",
        sa.Column("erased_at", MOMENT, nullable=True, comment="Only the tombstone remains."),
    )
    # Whoever came before said the same when they registered.
    op.execute(
        "INSERT INTO agreement (person_id, text, version, agreed_at) "
        "SELECT id, words, '2026-11', adult_attested_at FROM person, "
        "unnest(ARRAY['adult', 'terms']) AS words WHERE adult_attested_at IS NOT NULL"
    )
