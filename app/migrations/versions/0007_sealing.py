"""The ledger: leaves, tiles and signed checkpoints."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _now(name: str, comment: str | None = None) -> sa.Column[object]:
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        server_default=sa.text("now()"),
        nullable=False,
        comment=comment,
    )


def _log() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["log_id"], ["ledger_log.id"])


def upgrade() -> None:
    op.create_table(
        "ledger_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False, comment="Its public name."),
        sa.Column("quotes", sa.Text(), nullable=True, comment="Last checkpoint of the one before."),
        sa.Column("reason", sa.Text(), nullable=True, comment="Why that one had to end."),
        _now("begun_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_log")),
        sa.UniqueConstraint("origin", name=op.f("uq_ledger_log_origin")),
        comment="One tree of entries under one name; the newest is the one that grows.",
    )
    op.create_table(
        "ledger_pending",
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entry.id"], name=op.f("fk_ledger_pending_entry_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_ledger_pending")),
        comment="Entries that wait for their place in the tree.",
    )
    op.execute("INSERT INTO ledger_pending (entry_id) SELECT id FROM ledger_entry")
    op.create_table(
        "ledger_leaf",
        sa.Column("log_id", sa.BigInteger(), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False, comment="Place in the tree, from 0."),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        _log(),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entry.id"], name=op.f("fk_ledger_leaf_entry_id")
        ),
        sa.PrimaryKeyConstraint("log_id", "index", name=op.f("pk_ledger_leaf")),
        sa.UniqueConstraint("log_id", "entry_id", name=op.f("uq_ledger_leaf_log_id_entry_id")),
        comment="Which entry stands where in the tree: contiguous, never changed.",
    )
    op.create_table(
        "ledger_tile",
        sa.Column("log_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False, comment="Height divided by 8."),
        sa.Column("number", sa.BigInteger(), nullable=False, comment="First node divided by 256."),
        sa.Column("hashes", sa.LargeBinary(), nullable=False, comment="Up to 256 hashes."),
        _log(),
        sa.PrimaryKeyConstraint("log_id", "level", "number", name=op.f("pk_ledger_tile")),
        comment="Nodes of the tree, 256 to a row; the last of each level grows.",
    )
    op.create_table(
        "ledger_checkpoint",
        sa.Column("log_id", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="How many leaves."),
        sa.Column("note", sa.Text(), nullable=False, comment="Text and the log's signature."),
        _now("signed_at"),
        _log(),
        sa.PrimaryKeyConstraint("log_id", "size", name=op.f("pk_ledger_checkpoint")),
        comment="What the log has signed: one root for each size, never changed.",
    )
    op.create_table(
        "ledger_witness",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False, comment="name+id+base64."),
        sa.Column("holder", sa.String(length=120), nullable=False, comment="Who runs it."),
        _now("added_at"),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_witness")),
        sa.UniqueConstraint("key", name=op.f("uq_ledger_witness_key")),
        comment="Organisations that keep checkpoints outside and sign what they have seen.",
    )
    op.create_table(
        "ledger_cosignature",
        sa.Column("log_id", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("witness_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False, comment="The signature line."),
        _now("received_at"),
        sa.ForeignKeyConstraint(
            ["log_id", "size"], ["ledger_checkpoint.log_id", "ledger_checkpoint.size"]
        ),
        sa.ForeignKeyConstraint(
            ["witness_id"], ["ledger_witness.id"], name=op.f("fk_ledger_cosignature_witness_id")
        ),
        sa.PrimaryKeyConstraint("log_id", "size", "witness_id", name=op.f("pk_ledger_cosignature")),
        comment="Which witness has signed which checkpoint.",
    )
    op.create_table(
        "ledger_check",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False, comment="How many were read."),
        sa.Column("problems", sa.Integer(), nullable=False, comment="How many did not fit."),
        sa.Column("root", sa.LargeBinary(), nullable=False, comment="Root over the sealed ones."),
        _now("checked_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_check")),
        comment="Each full recomputation, and whether everything fitted.",
    )
    for table in ("ledger_leaf", "ledger_checkpoint"):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_keep BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
