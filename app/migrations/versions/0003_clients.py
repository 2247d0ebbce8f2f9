"""Clients: read-back, codes and consents by purpose."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.sql.schema import SchemaItem

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _read_back()
    _consents()
    _notes()
    _codes()
    _requests()


def _read_back() -> None:
    op.add_column(
        "post",
        sa.Column(
            "read_back_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="A client heard the words as they stand; an edit voids it.",
        ),
    )
    op.add_column(
        "post",
        sa.Column(
            "note_reason",
            sa.String(200),
            nullable=True,
            comment="Why words that tell much of somebody stay.",
        ),
    )
    # What stands for clients already was agreed to when it was posted.
    op.execute(
        "UPDATE post SET read_back_at = published_at "
        "WHERE client_id IS NOT NULL AND published_at IS NOT NULL"
    )


def _consents() -> None:
    op.add_column(
        "client",
        sa.Column(
            "taken_over_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Speaks for themselves since.",
        ),
    )
    for name, kind, comment in (
        ("about", sa.String(30), "Sensitive: which constraint or kind of help it allows to say."),
        ("language", sa.String(3), "In which it was read out."),
        ("interpreter", sa.Boolean(), "Did somebody interpret?"),
        ("revoked_via", sa.String(10), "rules.RevokedVia."),
    ):
        op.add_column("consent", sa.Column(name, kind, nullable=True, comment=comment))
    op.alter_column(
        "mandate",
        "revoked_via",
        existing_type=sa.String(10),
        existing_comment="code, phone, desk.",
        comment="rules.RevokedVia.",
    )


def _notes() -> None:
    op.create_table(
        "client_note",
        _id(),
        _ref("client_id"),
        _ref("worker_id", "Who wrote it.", null=True),
        sa.Column(
            "body",
            sa.LargeBinary(),
            nullable=False,
            comment="Encrypted; never crosses to a post.",
        ),
        _moment("written_at"),
        *_keys("client_note", client_id="client", worker_id="person"),
        comment="What an organisation writes of a client, for itself alone.",
    )
    op.create_index(op.f("ix_client_note_client_id"), "client_note", ["client_id"])
    op.execute(
        "INSERT INTO client_note (client_id, body, written_at) "
        "SELECT id, note, created_at FROM client WHERE note IS NOT NULL"
    )
    # Nothing older than this release reads the column: no release has been made yet.
    op.drop_column("client", "note")


def _codes() -> None:
    op.create_table(
        "client_code",
        _id(),
        _ref("client_id"),
        sa.Column(
            "code_hash",
            sa.LargeBinary(),
            nullable=False,
            comment="Under a key that is not in the database.",
        ),
        _ref("worker_id", "Who printed it.", null=True),
        _moment("created_at"),
        _moment("ended_at", "No longer valid.", later=True),
        sa.UniqueConstraint("code_hash", name=op.f("uq_client_code_code_hash")),
        *_keys("client_code", client_id="client", worker_id="person"),
        comment="Ten digits by which a client speaks; only a keyed hash is kept.",
    )
    op.create_index(
        "uq_client_code_live",
        "client_code",
        ["client_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "code_try",
        _id(),
        sa.Column(
            "network",
            sa.LargeBinary(),
            nullable=False,
            comment="Keyed hash of a coarse network.",
        ),
        sa.Column(
            "code_hash",
            sa.LargeBinary(),
            nullable=False,
            comment="Keyed hash of what was typed.",
        ),
        _moment("tried_at"),
        *_keys("code_try"),
        comment="Wrong codes of the last hours, to count them; no address, no code.",
    )
    op.create_index("ix_code_try_network", "code_try", ["network", "tried_at"])
    op.create_index("ix_code_try_code", "code_try", ["code_hash", "tried_at"])
    op.create_index(op.f("ix_code_try_tried_at"), "code_try", ["tried_at"])


def _requests() -> None:
    op.create_table(
        "client_request",
        _id(),
        _ref("client_id"),
        _ref("ref", "Id of the post it is about."),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="Encrypted."),
        _moment("asked_at"),
        _moment("answered_at", "The desk has seen to it.", later=True),
        *_keys("client_request", client_id="client"),
        comment="What a client asked the desk to put right, by code.",
    )
    op.create_index(op.f("ix_client_request_client_id"), "client_request", ["client_id"])


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def _ref(name: str, comment: str | None = None, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, comment=comment)


def _moment(name: str, comment: str | None = None, *, later: bool = False) -> sa.Column[object]:
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        server_default=None if later else sa.text("now()"),
        nullable=later,
        comment=comment,
    )


def _keys(table: str, **others: str) -> list[SchemaItem]:
    """The primary key, and what each column points at; a client takes its rows along."""
    keys: list[SchemaItem] = [
        sa.ForeignKeyConstraint(
            [name],
            [f"{other}.id"],
            name=op.f(f"fk_{table}_{name}"),
            ondelete="CASCADE" if other == "client" else "SET NULL",
        )
        for name, other in others.items()
    ]
    return [*keys, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))]
