"""Beds as rows of their own, so that no two stays overlap; keys of forms, swept by age."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _keys_of_forms()


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
