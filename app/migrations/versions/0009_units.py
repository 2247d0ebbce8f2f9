"""Beds as rows of their own, so that no two stays overlap; keys of forms, swept by age."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _units()
    _bookings()
    _fill()
    _keys_of_forms()


def _units() -> None:
    op.create_table(
        "post_unit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False, comment="From 1."),
        sa.Column(
            "retired_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="No longer offered.",
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_post_unit_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_unit")),
        sa.UniqueConstraint("post_id", "number", name=op.f("uq_post_unit_post_id_number")),
        comment="One place of an offer that is lived in: a bed, a room, a home.",
    )


def _bookings() -> None:
    op.create_table(
        "unit_booking",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "holder", sa.Uuid(), nullable=False, comment="Reference of the exchange it is for."
        ),
        sa.Column(
            "during",
            postgresql.DATERANGE(),
            nullable=False,
            comment="Local days, half open: whoever leaves on a day frees its night.",
        ),
        sa.Column(
            "cancelled_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Free again since.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)",
            name=op.f("ck_unit_booking_during"),
        ),
        postgresql.ExcludeConstraint(
            (sa.column("unit_id"), "="),
            (sa.column("during"), "&&"),
            where=sa.text("cancelled_at IS NULL"),
            using="gist",
            name="ex_unit_booking_during",
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["post_unit.id"], name=op.f("fk_unit_booking_unit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_booking")),
        comment="A unit is promised from a day on until the morning somebody else may come.",
    )
    op.create_index("ix_unit_booking_holder", "unit_booking", ["holder"])


def _fill() -> None:
    """What is offered gets its units, what is agreed its beds, one party after the other.

    0, 1 and 2 are the kinds that are lived in: a bed, a room, a home.
    """
    op.execute(
        "INSERT INTO post_unit (post_id, number) SELECT post.id, number "
        "FROM post, generate_series(1, post.places) AS number "
        "WHERE post.kind = 'offer' AND post.category IN (0, 1, 2)"
    )
    op.execute(
        """
        WITH agreed AS (
            SELECT exchange.id, exchange.offer_id, exchange.reference,
                CASE WHEN post.exclusive THEN post.places ELSE exchange.units END AS units,
                (exchange.agreed_at AT TIME ZONE 'Europe/Brussels')::date AS first, stay.ends_on
            FROM exchange
            JOIN post ON post.id = exchange.offer_id
            LEFT JOIN stay ON stay.exchange_id = exchange.id
            WHERE exchange.cancelled_at IS NULL AND exchange.not_done_at IS NULL
                AND stay.left_at IS NULL
        ), placed AS (
            SELECT *, sum(units) OVER (PARTITION BY offer_id ORDER BY id) AS up_to FROM agreed
        )
        INSERT INTO unit_booking (unit_id, holder, during)
        SELECT post_unit.id, placed.reference,
            daterange(first, greatest(coalesce(ends_on, first + 30), first + 1))
        FROM placed
        JOIN post_unit ON post_unit.post_id = placed.offer_id
            AND post_unit.number BETWEEN up_to - units + 1 AND up_to
        ON CONFLICT DO NOTHING
        """
    )


def _keys_of_forms() -> None:
    op.create_index("ix_idempotent_answer_created_at", "idempotent_answer", ["created_at"])
    for column, kind, comment in (
        ("actor", sa.BigInteger(), "Person; below zero a browser nobody signed in with."),
        ("key", sa.String(80), "Made by the client, or for a form by its page."),
        (
            "answer",
            sa.LargeBinary(),
            "Body, or of a form the address it led to, sealed; never contacts.",
        ),
    ):
        op.alter_column("idempotent_answer", column, existing_type=kind, comment=comment)
