"""Pushed news, replies by mail, and calendars that a program can follow."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "push_subscription",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False, comment="Who is told."),
        sa.Column(
            "device_name", sa.String(length=60), nullable=False, comment="Browser, in short."
        ),
        sa.Column(
            "endpoint", sa.LargeBinary(), nullable=False, comment="Address at the browser's maker."
        ),
        sa.Column("lookup", sa.LargeBinary(), nullable=False, comment="Keyed hash to find it by."),
        sa.Column(
            "p256dh", sa.String(length=100), nullable=False, comment="The browser's public key."
        ),
        sa.Column(
            "auth", sa.LargeBinary(), nullable=False, comment="The browser's secret, encrypted."
        ),
        sa.Column(
            "told_until",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="The last notice that this browser was told of.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_push_subscription_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscription")),
        sa.UniqueConstraint("lookup", name=op.f("uq_push_subscription_lookup")),
        comment="Browsers that asked to be told of news; nothing personal is pushed.",
    )
    op.create_index(
        op.f("ix_push_subscription_person_id"), "push_subscription", ["person_id"], unique=False
    )
    op.create_table(
        "calendar_feed",
        sa.Column("person_id", sa.BigInteger(), nullable=False, comment="Whose meetings it lists."),
        sa.Column(
            "serial",
            sa.String(length=12),
            nullable=False,
            comment="Signed into the address; another one ends the old address.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_calendar_feed_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_feed")),
        comment="Calendars of agreed meetings that a program may follow.",
    )
    op.create_table(
        "mail_reply",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "key", sa.LargeBinary(), nullable=False, comment="Keyed hash: one mail counts once."
        ),
        sa.Column(
            "person_id", sa.BigInteger(), nullable=True, comment="Whose reply address it was."
        ),
        sa.Column("exchange_id", sa.BigInteger(), nullable=True, comment="Where it was for."),
        sa.Column("outcome", sa.String(length=20), nullable=False, comment="What became of it."),
        sa.Column(
            "answer_to",
            sa.LargeBinary(),
            nullable=True,
            comment="Who is told why it did not arrive, until told; encrypted.",
        ),
        sa.Column("answer", sa.String(length=200), nullable=True, comment="What they are told."),
        sa.Column("language", sa.String(length=2), nullable=True, comment="In which language."),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "answered_at", sa.DateTime(timezone=True), nullable=True, comment="The answer left."
        ),
        sa.ForeignKeyConstraint(
            ["exchange_id"],
            ["exchange.id"],
            name=op.f("fk_mail_reply_exchange_id_exchange"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_mail_reply_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_reply")),
        sa.UniqueConstraint("key", name=op.f("uq_mail_reply_key")),
        comment="Replies that came by mail: that they came, never what they say.",
    )
    op.create_index(op.f("ix_mail_reply_person_id"), "mail_reply", ["person_id"], unique=False)
    op.create_index(op.f("ix_mail_reply_exchange_id"), "mail_reply", ["exchange_id"], unique=False)
