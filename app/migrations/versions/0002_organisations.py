"""Organisations: desks, admins, hand-overs and the log of who looked at a client's file."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _widen()
    _log_of_views()
    _staff()
    _decisions()


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def _moment(name: str, comment: str | None = None, *, now: bool = False) -> sa.Column[object]:
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        server_default=sa.text("now()") if now else None,
        nullable=not now,
        comment=comment,
    )


def _widen() -> None:
    op.add_column(
        "organisation",
        sa.Column("hours", sa.String(200), nullable=True, comment="When the desk is open."),
    )
    op.add_column(
        "organisation",
        sa.Column(
            "area",
            postgresql.ARRAY(sa.String(5)),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Municipalities served, by NIS code; empty means everywhere.",
        ),
    )
    op.add_column(
        "organisation",
        sa.Column(
            "insurance_warned",
            sa.Date(),
            nullable=True,
            comment="The end that its leads were warned of.",
        ),
    )
    op.add_column("organisation", _moment("refused_at", "Not admitted."))
    op.add_column(
        "client",
        sa.Column("worker_id", sa.BigInteger(), nullable=True, comment="Who looks after them."),
    )
    op.create_foreign_key(
        "fk_client_worker_id", "client", "person", ["worker_id"], ["id"], ondelete="SET NULL"
    )
    op.create_index("ix_client_worker_id", "client", ["worker_id"])
    # Whoever heard the last mandate has looked after the client so far.
    op.execute(
        "UPDATE client SET worker_id = (SELECT mandate.worker_id FROM mandate "
        "WHERE mandate.client_id = client.id ORDER BY mandate.id DESC LIMIT 1)"
    )
    op.add_column("role_grant", _moment("ends_at", "Valid until then; empty: open end."))
    op.add_column(
        "role_grant",
        _moment(
            "rests_since", "Its organisation is stopped or closed; the role opens nothing of it."
        ),
    )
    op.add_column(
        "proposal",
        sa.Column(
            "proposed_by", sa.BigInteger(), nullable=True, comment="Who proposed it by hand."
        ),
    )
    op.create_foreign_key(
        "fk_proposal_proposed_by",
        "proposal",
        "person",
        ["proposed_by"],
        ["id"],
        ondelete="SET NULL",
    )


def _log_of_views() -> None:
    op.create_table(
        "client_access",
        _id(),
        sa.Column(
            "organisation_id", sa.BigInteger(), nullable=False, comment="Whose client it was then."
        ),
        sa.Column("client_id", sa.BigInteger(), nullable=False, comment="Whose file."),
        sa.Column("worker_id", sa.BigInteger(), nullable=False, comment="Who looked."),
        sa.Column("what", sa.String(20), nullable=False, comment="A member of rules.Viewed."),
        _moment("seen_at", now=True),
        _to("client_access", "organisation_id", "organisation.id"),
        _to("client_access", "client_id", "client.id"),
        _to("client_access", "worker_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name="pk_client_access"),
        comment="Each look at a client's file, for the organisation's lead.",
    )
    op.create_index("ix_client_access_client_id", "client_access", ["client_id"])
    op.create_index("ix_client_access_seen_at", "client_access", ["seen_at"])
    op.create_index("ix_client_access_organisation", "client_access", ["organisation_id", "id"])
    op.create_index("ix_client_access_worker", "client_access", ["worker_id", "seen_at"])
    op.create_table(
        "client_access_alarm",
        _id(),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False, comment="Whose clients."),
        sa.Column("worker_id", sa.BigInteger(), nullable=False, comment="Who looked."),
        _moment("raised_at", now=True),
        _to("client_access_alarm", "organisation_id", "organisation.id"),
        _to("client_access_alarm", "worker_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name="pk_client_access_alarm"),
        comment="Somebody looked at many files within an hour; the lead was told.",
    )
    op.create_index(
        "ix_client_access_alarm_organisation",
        "client_access_alarm",
        ["organisation_id", "raised_at"],
    )


def _to(
    table: str, column: str, target: str, ondelete: str | None = "CASCADE"
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [target], name=f"fk_{table}_{column}", ondelete=ondelete
    )


def _staff() -> None:
    op.create_table(
        "staff_invitation",
        _id(),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False, comment="Who is asked."),
        sa.Column("name", sa.String(60), nullable=False, comment="As the administrator typed it."),
        sa.Column(
            "role", sa.String(30), nullable=False, comment="caseworker or organisation_admin."
        ),
        _moment("ends_at", "The role ends then, if ever."),
        sa.Column("invited_by", sa.BigInteger(), nullable=False),
        _moment("invited_at", now=True),
        _moment("answered_at", "Accepted, declined or taken back."),
        sa.Column("accepted", sa.Boolean(), nullable=True, comment="The answer."),
        _to("staff_invitation", "organisation_id", "organisation.id"),
        _to("staff_invitation", "person_id", "person.id"),
        _to("staff_invitation", "invited_by", "person.id"),
        sa.PrimaryKeyConstraint("id", name="pk_staff_invitation"),
        comment="An administrator asks somebody to work for the organisation.",
    )
    op.create_index("ix_staff_invitation_person_id", "staff_invitation", ["person_id"])
    op.create_index(
        "uq_staff_invitation_open",
        "staff_invitation",
        ["organisation_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_table(
        "hand_over",
        _id(),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "client_id",
            sa.BigInteger(),
            nullable=True,
            comment="Empty: the organisation's own posts.",
        ),
        sa.Column("from_id", sa.BigInteger(), nullable=True, comment="Who had it; empty: nobody."),
        sa.Column("to_id", sa.BigInteger(), nullable=False, comment="Who has it now."),
        sa.Column("by_id", sa.BigInteger(), nullable=False, comment="Who decided."),
        sa.Column("posts", sa.Integer(), nullable=False, comment="How many posts changed hands."),
        _moment("created_at", now=True),
        _to("hand_over", "organisation_id", "organisation.id"),
        _to("hand_over", "client_id", "client.id"),
        _to("hand_over", "from_id", "person.id", "SET NULL"),
        _to("hand_over", "to_id", "person.id", None),
        _to("hand_over", "by_id", "person.id", None),
        sa.PrimaryKeyConstraint("id", name="pk_hand_over"),
        comment="Clients and posts that went from one caseworker to another.",
    )
    op.create_index("ix_hand_over_organisation_id", "hand_over", ["organisation_id"])


def _decisions() -> None:
    op.create_table(
        "organisation_decision",
        _id(),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(9), nullable=False, comment="A member of rules.Verdict."),
        sa.Column(
            "reason", sa.Text(), nullable=False, comment="In words that the organisation reads."
        ),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        _moment("decided_at", now=True),
        sa.CheckConstraint(
            "kind IN ('verified', 'refused', 'suspended', 'resumed', 'closed')",
            name=op.f("ck_organisation_decision_kind"),
        ),
        _to("organisation_decision", "organisation_id", "organisation.id"),
        _to("organisation_decision", "decided_by", "person.id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_organisation_decision"),
        comment="What moderators decided about organisations, and why.",
    )
    op.create_index(
        "ix_organisation_decision_organisation_id", "organisation_decision", ["organisation_id"]
    )
    op.create_table(
        "desk_registration",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "organisation_id",
            sa.BigInteger(),
            nullable=True,
            comment="At whose desk; empty: a coordinator's.",
        ),
        sa.Column("worker_id", sa.BigInteger(), nullable=True, comment="Who wrote it down."),
        sa.Column(
            "identity_seen",
            sa.Boolean(),
            nullable=False,
            comment="A document was shown; no number and no copy is kept.",
        ),
        _moment("registered_at", now=True),
        _to("desk_registration", "person_id", "person.id"),
        _to("desk_registration", "organisation_id", "organisation.id", None),
        _to("desk_registration", "worker_id", "person.id", "SET NULL"),
        sa.PrimaryKeyConstraint("person_id", name="pk_desk_registration"),
        comment="A person written down face to face at a desk.",
    )
    op.create_table(
        "sheet_upload",
        _id(),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, comment="SHA-256."),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "content",
            sa.LargeBinary(),
            nullable=False,
            comment="Its rows, sealed, for they may hold contacts.",
        ),
        sa.Column(
            "uploaded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="Forgotten a day later.",
        ),
        _moment("published_at", "Its good rows are posts now."),
        _to("sheet_upload", "organisation_id", "organisation.id"),
        _to("sheet_upload", "person_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name="pk_sheet_upload"),
        sa.UniqueConstraint("token_hash", name="uq_sheet_upload_token_hash"),
        comment="A spreadsheet that was looked through and waits for a yes.",
    )
    op.create_index("ix_sheet_upload_uploaded_at", "sheet_upload", ["uploaded_at"])
