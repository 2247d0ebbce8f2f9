"""Hosting: the verification file, households, stays, check-ins and emergency exits."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.sql.schema import SchemaItem

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# roof.bed, roof.room and roof.home as they were numbered when this was written.
HOSTING = "0, 1, 2"
PARTY = (
    "party_women IS NULL AND party_men IS NULL AND party_children IS NULL "
    "OR party_women >= 0 AND party_men >= 0 AND party_children >= 0 "
    "AND party_women + party_men + party_children = places"
)
CLAIMS = (
    f"kind = 'need' OR category NOT IN ({HOSTING}) OR adopted_at IS NOT NULL "
    "OR (features & 120) = 0 AND accepts = 0"
)


def upgrade() -> None:
    _widen_posts()
    _ask_again()
    _guard_posts()
    _host_files()
    _guest_calls()
    _attestations()
    _stays()


def _moment(name: str, comment: str | None = None, *, now: bool = False) -> sa.Column[object]:
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        server_default=sa.text("now()") if now else None,
        nullable=not now,
        comment=comment,
    )


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def _person(name: str, table: str, ondelete: str | None = "SET NULL") -> tuple[SchemaItem, ...]:
    return (_ref(name, null=True), _to("person", name, table, ondelete))


def _ref(name: str, comment: str | None = None, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, comment=comment)


def _to(other: str, name: str, table: str, ondelete: str | None = None) -> SchemaItem:
    target = "post_id" if other == "host_file" else "id"
    return sa.ForeignKeyConstraint(
        [name], [f"{other}.{target}"], name=op.f(f"fk_{table}_{name}"), ondelete=ondelete
    )


def _sealed(name: str, comment: str, *, null: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=null, comment=comment)


def _day(name: str, comment: str, *, null: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=null, comment=comment)


def _widen_posts() -> None:
    for name, comment in (
        ("party_women", "Of who needs a roof."),
        ("party_men", "Of who needs a roof."),
        ("party_children", "With a parent."),
    ):
        op.add_column("post", sa.Column(name, sa.SmallInteger(), nullable=True, comment=comment))
    for name, comment in (
        ("profile", "Need: who comes (rules.Guests); all must be accepted."),
        ("accepts", "Hosting offer: whom the verifier lets come."),
    ):
        op.add_column(
            "post",
            sa.Column(
                name, sa.Integer(), server_default=sa.text("0"), nullable=False, comment=comment
            ),
        )
    op.add_column("post", _ref("vouched_by", "The worker who vouches by name.", null=True))
    op.create_foreign_key(
        op.f("fk_post_vouched_by"), "post", "person", ["vouched_by"], ["id"], ondelete="SET NULL"
    )
    op.add_column(
        "post", _moment("checked_until", "Hosting offer: until when its verification holds.")
    )
    op.add_column(
        "post", _moment("attested_at", "Offer of a visit: somebody stands up for the helper since.")
    )


def _ask_again() -> None:
    """Hosts were signed for without a file: they are verified again; needs say who comes."""
    op.execute(
        "UPDATE post SET adopted_at = NULL, adopted_by = NULL, features = features & ~120 "
        "WHERE kind = 'offer' AND category IN (0, 1, 2)"
    )
    op.execute("UPDATE post SET profile = 32 WHERE kind = 'need' AND category IN (0, 1, 2)")


def _guard_posts() -> None:
    for name, condition in (
        ("party", PARTY),
        ("claims", CLAIMS),
        ("accepts", "(accepts & 48) = 0"),
    ):
        op.execute(f"ALTER TABLE post ADD CONSTRAINT ck_post_{name} CHECK ({condition}) NOT VALID")
        op.execute(f"ALTER TABLE post VALIDATE CONSTRAINT ck_post_{name}")


def _host_files() -> None:
    op.create_table(
        "host_file",
        _ref("post_id", "The hosting offer."),
        _ref("organisation_id", "Whose file it is."),
        *_person("opened_by", "host_file"),
        _day("identity_seen_on", "No number, no copy."),
        *_person("identity_seen_by", "host_file", None),
        _day("visited_on", "Home visit."),
        _sealed("visited_by", "Who visited and what experience they have.", null=True),
        _sealed("findings", "What they saw.", null=True),
        sa.Column("household", sa.String(12), nullable=True, comment="As found at the visit."),
        sa.Column(
            "willing",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Whom the household is ready for (rules.Guests).",
        ),
        sa.Column(
            "adults_all_named",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="The visitor says that nobody is missing.",
        ),
        _moment("signed_at", "Two people have signed."),
        _moment("valid_until", "Twelve months later."),
        _moment("warned_at", "The end was announced."),
        _moment("suspended_at", "Stopped by the organisation."),
        *_person("suspended_by", "host_file"),
        _sealed("suspended_why", "For them.", null=True),
        _moment("changed_at", now=True),
        sa.CheckConstraint(
            "household IN ('family', 'couple', 'women', 'single_woman', 'single_man', 'other')",
            name=op.f("ck_host_file_household"),
        ),
        sa.CheckConstraint(
            "(identity_seen_on IS NULL) = (identity_seen_by IS NULL)",
            name=op.f("ck_host_file_identity"),
        ),
        _to("post", "post_id", "host_file", "CASCADE"),
        _to("organisation", "organisation_id", "host_file"),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_host_file")),
        comment="What one organisation checked of a host; read by it alone, each look logged.",
    )
    op.create_index(op.f("ix_host_file_organisation_id"), "host_file", ["organisation_id"])
    _adults_and_references()


def _adults_and_references() -> None:
    op.create_table(
        "host_adult",
        _id(),
        _ref("post_id"),
        _sealed("name", "First name or initial."),
        _day("record_seen_on", "Extract of the criminal record seen; no copy."),
        _day("refused_on", "Did not want to show it."),
        *_person("seen_by", "host_adult"),
        sa.CheckConstraint(
            "record_seen_on IS NULL OR refused_on IS NULL",
            name=op.f("ck_host_adult_seen_or_refused"),
        ),
        _to("host_file", "post_id", "host_adult", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_adult")),
        comment="Every adult of a household, by first name or initial.",
    )
    op.create_index(op.f("ix_host_adult_post_id"), "host_adult", ["post_id"])
    op.create_table(
        "host_reference",
        _id(),
        _ref("post_id"),
        _sealed("name", "First name or initial."),
        sa.Column("how", sa.String(7), nullable=False, comment="written or spoken."),
        sa.Column("is_family", sa.Boolean(), nullable=False, comment="Of the host's family."),
        _day("answered_on", "When they answered.", null=False),
        _sealed("words", "What they said, in short."),
        *_person("taken_by", "host_reference"),
        sa.CheckConstraint("how IN ('written', 'spoken')", name=op.f("ck_host_reference_how")),
        _to("host_file", "post_id", "host_reference", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_reference")),
        comment="Somebody asked about a host, and what they said.",
    )
    op.create_index(op.f("ix_host_reference_post_id"), "host_reference", ["post_id"])
    op.create_table(
        "host_file_view",
        _id(),
        _ref("post_id"),
        _ref("worker_id", "Who looked."),
        sa.Column(
            "section", sa.String(10), nullable=False, comment="What of it; empty: the overview."
        ),
        _moment("seen_at", now=True),
        _to("host_file", "post_id", "host_file_view", "CASCADE"),
        _to("person", "worker_id", "host_file_view", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_file_view")),
        comment="Each look at a host's file, for the organisation's lead.",
    )
    op.create_index(op.f("ix_host_file_view_post_id"), "host_file_view", ["post_id"])


def _guest_calls() -> None:
    op.create_table(
        "guest_call",
        _id(),
        _ref("post_id"),
        _ref("worker_id", "Who looked."),
        _ref("organisation_id", "For whom they work."),
        _moment("seen_at", now=True),
        _to("post", "post_id", "guest_call", "CASCADE"),
        _to("person", "worker_id", "guest_call", "CASCADE"),
        _to("organisation", "organisation_id", "guest_call"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_call")),
        comment="Each look at how to call somebody who asks for a roof, as it happens.",
    )
    op.create_index("ix_guest_call_post", "guest_call", ["post_id", "worker_id"])


def _attestations() -> None:
    op.create_table(
        "attestation",
        _id(),
        sa.Column(
            "code", sa.String(12), nullable=False, comment="What the helper says at the desk."
        ),
        _ref("person_id"),
        sa.Column("kind", sa.String(9), nullable=False, comment="identity or reference."),
        _sealed("referee", "Whom to call; forgotten once called.", null=True),
        _moment("asked_at", now=True),
        _ref("organisation_id", "Whose worker confirmed it.", null=True),
        _moment("confirmed_at", "Seen, or spoken to."),
        *_person("confirmed_by", "attestation", None),
        _moment("revoked_at", "No longer holds."),
        sa.CheckConstraint("kind IN ('identity', 'reference')", name=op.f("ck_attestation_kind")),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by IS NULL)", name=op.f("ck_attestation_confirmed")
        ),
        _to("person", "person_id", "attestation", "CASCADE"),
        _to("organisation", "organisation_id", "attestation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attestation")),
        sa.UniqueConstraint("code", name=op.f("uq_attestation_code")),
        comment="An organisation saw who a helper is, or somebody spoke for the helper.",
    )
    op.create_index("ix_attestation_person", "attestation", ["person_id"])
    op.create_index(
        "uq_attestation_identity_open",
        "attestation",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'identity' AND revoked_at IS NULL"),
    )


def _stays() -> None:
    op.add_column(
        "exchange",
        sa.Column(
            "meeting_with",
            sa.String(6),
            nullable=True,
            comment="First visit of two people: in public, or with a third person.",
        ),
    )
    op.execute(
        "ALTER TABLE exchange ADD CONSTRAINT ck_exchange_meeting_with "
        "CHECK (meeting_with IN ('public', 'third')) NOT VALID"
    )
    op.execute("ALTER TABLE exchange VALIDATE CONSTRAINT ck_exchange_meeting_with")
    op.create_table(
        "stay",
        _ref("proposal_id"),
        _ref("exchange_id", "Once all agreed.", null=True),
        _day("ends_on", "Last day of the stay.", null=False),
        _sealed("move_on", "Where the guest goes next; for guest and organisation."),
        *_person("written_by", "stay"),
        _moment("written_at", now=True),
        _moment("left_at", "The guest left in an emergency."),
        sa.Column("left_via", sa.String(6), nullable=True, comment="page, link, code or worker."),
        sa.CheckConstraint(
            "left_via IN ('page', 'link', 'code', 'worker')", name=op.f("ck_stay_left_via")
        ),
        _to("proposal", "proposal_id", "stay", "CASCADE"),
        _to("exchange", "exchange_id", "stay", "CASCADE"),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_stay")),
        sa.UniqueConstraint("exchange_id", name=op.f("uq_stay_exchange_id")),
        comment="Hosting: until when, where to next, and whether the guest had to leave.",
    )
    op.create_table(
        "check_in",
        _id(),
        sa.Column("code", sa.String(12), nullable=False, comment="Short opaque code."),
        _ref("exchange_id"),
        sa.Column(
            "day",
            sa.Integer(),
            nullable=False,
            comment="Day of the stay: 1, 7, 30, 60 and so on.",
        ),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When the guest is asked.",
        ),
        _moment("asked_at", "The question left."),
        sa.Column("answer", sa.String(6), nullable=True, comment="fine, talk or unsafe."),
        _moment("answered_at", "When the guest answered."),
        _ref("recorded_by", "Worker who called; empty: the guest.", null=True),
        _moment("worker_told_at", "The organisation was told."),
        sa.CheckConstraint("answer IN ('fine', 'talk', 'unsafe')", name=op.f("ck_check_in_answer")),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_check_in_answered")
        ),
        _to("exchange", "exchange_id", "check_in", "CASCADE"),
        _to("person", "recorded_by", "check_in", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
        sa.UniqueConstraint("code", name=op.f("uq_check_in_code")),
        sa.UniqueConstraint("exchange_id", "day", name=op.f("uq_check_in_exchange_id_day")),
        comment="How a guest is doing, asked of the guest alone; the host never reads it.",
    )
    op.create_index(
        "ix_check_in_due",
        "check_in",
        ["due_at"],
        postgresql_where=sa.text("answered_at IS NULL"),
    )
