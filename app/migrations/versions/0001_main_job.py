"""The main job: people, places, posts, proposals, exchanges, the ledger and its jobs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import UserDefinedType

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


class Cube(UserDefinedType[str]):
    """A point of the cube extension."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "cube"


# Against mistakes, not against the owner of the database: that needs witnesses outside it.
APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % refused', TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$
"""


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS cube")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_table(
        "idempotent_answer",
        sa.Column("actor", sa.BigInteger(), nullable=False, comment="Person."),
        sa.Column("key", sa.String(length=80), nullable=False, comment="Made by the client."),
        sa.Column("route", sa.String(length=120), nullable=False, comment="Method and path."),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the request."),
        sa.Column("answer", sa.LargeBinary(), nullable=True, comment="Body; never contacts."),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_idempotent_answer")),
        comment="Answers to requests that carried an idempotency key.",
    )
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "kind", sa.String(length=40), nullable=False, comment="A member of app.outbox.Job."
        ),
        sa.Column(
            "ref",
            sa.BigInteger(),
            nullable=False,
            comment="Id of the row the work is about; 0 for none.",
        ),
        sa.Column(
            "run_after",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="Not before this moment.",
        ),
        sa.Column(
            "starts",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="How often a worker has started it.",
        ),
        sa.Column(
            "published_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the relay last handed it to the queue.",
        ),
        sa.Column(
            "error_code",
            sa.String(length=80),
            nullable=True,
            comment="Class name of the last failure, never its data.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When the act happened.",
        ),
        sa.Column(
            "done_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When its effect was committed.",
        ),
        sa.Column(
            "dead_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was given up after too many starts.",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        comment="Background work, inserted in the transaction of the act that needs it.",
    )
    op.create_index(
        "ix_job_due",
        "job",
        ["run_after"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
    )
    op.create_index(
        "ix_job_kind_ref",
        "job",
        ["kind", "ref"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
    )
    op.create_table(
        "ledger_entry",
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=True),
            nullable=False,
            comment="Order of recording; gaps are possible.",
        ),
        sa.Column(
            "kind", sa.String(length=20), nullable=False, comment="exchange; later kinds join."
        ),
        sa.Column(
            "reference", sa.Uuid(), nullable=False, comment="The 16 random bytes inside the entry."
        ),
        sa.Column(
            "canonical", sa.LargeBinary(), nullable=False, comment="The entry, as it is hashed."
        ),
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="SHA-256(0x00, canonical)."),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="Kept for sealing; never shown.",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("reference", "kind", name=op.f("uq_ledger_entry_reference_kind")),
        comment="The solidarity ledger: append-only, no personal data.",
    )
    op.create_index(
        "ix_ledger_entry_broken",
        "ledger_entry",
        ["id"],
        postgresql_where=sa.text("digest <> sha256('\\x00'::bytea || canonical)"),
    )
    op.create_table(
        "ledger_key",
        sa.Column(
            "subject",
            sa.Uuid(),
            nullable=False,
            comment="16 random bytes that stand for the subject.",
        ),
        sa.Column(
            "subject_kind", sa.String(length=10), nullable=False, comment="person or client."
        ),
        sa.Column(
            "subject_ref", sa.BigInteger(), nullable=False, comment="Id of the person or client."
        ),
        sa.Column("secret", sa.LargeBinary(), nullable=False, comment="k: 32 random bytes."),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When the subject first met the ledger.",
        ),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_ledger_key")),
        sa.UniqueConstraint(
            "subject_kind", "subject_ref", name=op.f("uq_ledger_key_subject_kind_subject_ref")
        ),
        comment="One random key per person or client; deleting the row is erasure.",
    )
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "name",
            sa.String(length=60),
            nullable=False,
            comment="First name or nickname, as shown.",
        ),
        sa.Column(
            "language",
            sa.String(length=2),
            nullable=False,
            comment="Language of pages and letters.",
        ),
        sa.Column(
            "languages",
            postgresql.ARRAY(sa.String(length=3)),
            server_default="{}",
            nullable=False,
            comment="Spoken languages, best first.",
        ),
        sa.Column(
            "adult_attested_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Said to be 18 or older.",
        ),
        sa.Column(
            "verified_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="First contact proven.",
        ),
        sa.Column(
            "suspended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Stopped by a moderator.",
        ),
        sa.Column(
            "closing_at", sa.DateTime(timezone=True), nullable=True, comment="Asked to be erased."
        ),
        sa.Column(
            "erased_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Only the tombstone remains.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        comment="Somebody who helps, asks or works here; no surname needed.",
    )
    op.create_index(
        "ix_person_gone",
        "person",
        ["id"],
        unique=False,
        postgresql_where=sa.text("suspended_at IS NOT NULL OR erased_at IS NOT NULL"),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "code", sa.String(length=12), nullable=False, comment="Short opaque public code."
        ),
        sa.Column("name", sa.String(length=120), nullable=False, comment="Legal name."),
        sa.Column(
            "kind",
            sa.String(length=30),
            nullable=False,
            comment="A member of rules.OrganisationKind.",
        ),
        sa.Column(
            "enterprise_number", sa.String(length=12), nullable=True, comment="Belgian number."
        ),
        sa.Column(
            "phone", sa.String(length=20), nullable=False, comment="Public phone of the desk."
        ),
        sa.Column(
            "desk", sa.String(length=200), nullable=False, comment="Public desk address and hours."
        ),
        sa.Column(
            "languages",
            postgresql.ARRAY(sa.String(length=3)),
            nullable=False,
            comment="Spoken at the desk.",
        ),
        sa.Column("insured_until", sa.Date(), nullable=True, comment="Civil-liability insurance."),
        sa.Column("applied_by", sa.BigInteger(), nullable=True, comment="Who asked to join."),
        sa.Column(
            "applied_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "verified_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Checked by a moderator.",
        ),
        sa.Column(
            "suspended_at", sa.DateTime(timezone=True), nullable=True, comment="Stopped for now."
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True, comment="Ended."),
        sa.ForeignKeyConstraint(
            ["applied_by"],
            ["person.id"],
            name=op.f("fk_organisation_applied_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("code", name=op.f("uq_organisation_code")),
        comment="A social organisation that works here in its own name.",
    )
    op.create_table(
        "sign_in_code",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False, comment="email or phone."),
        sa.Column("value", sa.LargeBinary(), nullable=False, comment="Where the code goes."),
        sa.Column("lookup", sa.LargeBinary(), nullable=False, comment="As in contact."),
        sa.Column(
            "device", sa.LargeBinary(), nullable=False, comment="Hash of the browser's cookie."
        ),
        sa.Column(
            "code_hash", sa.String(length=200), nullable=False, comment="Argon2id of the code."
        ),
        sa.Column(
            "sealed_code",
            sa.LargeBinary(),
            nullable=True,
            comment="The code until it is sent, then nothing.",
        ),
        sa.Column(
            "language", sa.String(length=2), nullable=False, comment="Language of the letter."
        ),
        sa.Column(
            "tries", sa.SmallInteger(), server_default="0", nullable=False, comment="Wrong tries."
        ),
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now() + interval '15 minutes'"),
            nullable=False,
            comment="The code ends here.",
        ),
        sa.Column(
            "proven_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Right code; a name is missing.",
        ),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True, comment="Spent."),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True, comment="Left the house."),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("kind IN ('email', 'phone')", name=op.f("ck_sign_in_code_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_code")),
        comment="Six-digit codes: single use, 15 minutes, tries limited, bound to a browser.",
    )
    op.create_index(op.f("ix_sign_in_code_lookup"), "sign_in_code", ["lookup"], unique=False)
    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, comment="SHA-256."),
        sa.Column("person_id", sa.BigInteger(), nullable=False, comment="On whose behalf."),
        sa.Column(
            "label", sa.String(length=60), nullable=False, comment="What it is for, in own words."
        ),
        sa.Column(
            "scopes", postgresql.ARRAY(sa.String(length=20)), nullable=False, comment="read, write."
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True, comment="End, if any."),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True, comment="Taken back."),
        sa.Column(
            "last_used_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Last call, to the hour.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_api_token_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
        comment="Opaque tokens for programs; only the hash is kept.",
    )
    op.create_index(op.f("ix_api_token_person_id"), "api_token", ["person_id"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False, comment="Whose contact it is."),
        sa.Column("kind", sa.String(length=5), nullable=False, comment="email or phone."),
        sa.Column("value", sa.LargeBinary(), nullable=False, comment="The address, encrypted."),
        sa.Column("lookup", sa.LargeBinary(), nullable=False, comment="Keyed hash to find it by."),
        sa.Column(
            "verified_at", sa.DateTime(timezone=True), nullable=True, comment="Proven by a code."
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("kind IN ('email', 'phone')", name=op.f("ck_contact_kind")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_contact_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("lookup", name=op.f("uq_contact_lookup")),
        comment="E-mail addresses and phone numbers, encrypted, apart from the person.",
    )
    op.create_index(op.f("ix_contact_person_id"), "contact", ["person_id"], unique=False)
    op.create_table(
        "letter",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False, comment="Who receives it."),
        sa.Column("channel", sa.String(length=5), nullable=False, comment="email or sms."),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Not before; outside quiet hours.",
        ),
        sa.Column(
            "closed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="No further notice joins it.",
        ),
        sa.Column(
            "sent_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Accepted by the mail or SMS server.",
        ),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True, comment="Given up."),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("channel IN ('email', 'sms')", name=op.f("ck_letter_channel")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_letter_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        comment="One message outside; notices that meet share one letter.",
    )
    op.create_index(
        "ix_letter_waiting",
        "letter",
        ["person_id", "channel"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL AND closed_at IS NULL"),
    )
    op.create_table(
        "notice_preference",
        sa.Column("person_id", sa.BigInteger(), nullable=False, comment="Whose choice."),
        sa.Column("topic", sa.String(length=20), nullable=False, comment="rules.Topic."),
        sa.Column("channel", sa.String(length=5), nullable=False, comment="email or sms."),
        sa.Column(
            "wanted", sa.Boolean(), nullable=False, comment="Yes or no; absent means the default."
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_notice_preference_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", "topic", "channel", name=op.f("pk_notice_preference")),
        comment="Which topics a person wants over which channel.",
    )
    op.create_table(
        "person_block",
        sa.Column("blocker_id", sa.BigInteger(), nullable=False, comment="Who blocked."),
        sa.Column("blocked_id", sa.BigInteger(), nullable=False, comment="Whom."),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["blocked_id"],
            ["person.id"],
            name=op.f("fk_person_block_blocked_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["blocker_id"],
            ["person.id"],
            name=op.f("fk_person_block_blocker_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("blocker_id", "blocked_id", name=op.f("pk_person_block")),
        comment="Silent and symmetric: neither side sees the other again.",
    )
    op.create_index(
        op.f("ix_person_block_blocked_id"), "person_block", ["blocked_id"], unique=False
    )
    op.create_table(
        "person_session",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "token_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the 256-bit id."
        ),
        sa.Column("person_id", sa.BigInteger(), nullable=False, comment="Who is signed in."),
        sa.Column(
            "device_name",
            sa.String(length=60),
            nullable=False,
            comment="Browser and system, in short.",
        ),
        sa.Column(
            "level",
            sa.SmallInteger(),
            server_default="1",
            nullable=False,
            comment="Factors proven.",
        ),
        sa.Column(
            "last_seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="Idle sessions end.",
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
            name=op.f("fk_person_session_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_person_session_token_hash")),
        comment="Signed-in devices; the browser holds the only copy of the id.",
    )
    op.create_index(
        op.f("ix_person_session_person_id"), "person_session", ["person_id"], unique=False
    )
    op.create_table(
        "place",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True, comment="Who saved it."),
        sa.Column("cell_row", sa.Integer(), nullable=False, comment="Row of the fixed grid."),
        sa.Column("cell_column", sa.Integer(), nullable=False, comment="Column within the row."),
        sa.Column(
            "lat", sa.Double(), nullable=False, comment="Latitude of the cell's centre, degrees."
        ),
        sa.Column(
            "lon", sa.Double(), nullable=False, comment="Longitude of the cell's centre, degrees."
        ),
        sa.Column(
            "postcode", sa.String(length=4), nullable=True, comment="Belgian postcode, if known."
        ),
        sa.Column(
            "nis", sa.String(length=5), nullable=False, comment="Municipality, by its NIS code."
        ),
        sa.Column(
            "name_fr", sa.String(length=80), nullable=False, comment="Municipality in French."
        ),
        sa.Column(
            "name_nl", sa.String(length=80), nullable=False, comment="Municipality in Dutch."
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["person.id"], name=op.f("fk_place_owner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        comment="A place as everybody may know it: a fixed grid cell and its municipality.",
    )
    op.create_index(op.f("ix_place_owner_id"), "place", ["owner_id"], unique=False)
    op.create_table(
        "client",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False, comment="Whose."),
        sa.Column("place_id", sa.BigInteger(), nullable=False, comment="Where about."),
        sa.Column("alias", sa.String(length=12), nullable=False, comment="Opaque; never a name."),
        sa.Column(
            "languages",
            postgresql.ARRAY(sa.String(length=3)),
            nullable=False,
            comment="Spoken, best first.",
        ),
        sa.Column(
            "channel", sa.String(length=6), nullable=False, comment="How the client is reached."
        ),
        sa.Column(
            "note",
            sa.LargeBinary(),
            nullable=True,
            comment="The organisation's own note; never crosses to a post.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "channel IN ('none', 'phone', 'letter')", name=op.f("ck_client_channel")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_client_organisation_id")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_client_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
        sa.UniqueConstraint(
            "organisation_id", "alias", name=op.f("uq_client_organisation_id_alias")
        ),
        comment="Somebody without internet, known to one organisation only.",
    )
    op.create_table(
        "report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False, comment="Receipt number."),
        sa.Column(
            "about",
            sa.String(length=10),
            nullable=False,
            comment="post, exchange, proposal or page.",
        ),
        sa.Column(
            "about_code", sa.String(length=40), nullable=False, comment="Its public code or path."
        ),
        sa.Column("about_id", sa.BigInteger(), nullable=True, comment="Its row, where known."),
        sa.Column(
            "post_ids",
            postgresql.ARRAY(sa.BigInteger()),
            server_default="{}",
            nullable=False,
            comment="Posts of the sides it is against.",
        ),
        sa.Column("reason", sa.String(length=8), nullable=False, comment="What kind of problem."),
        sa.Column("words", sa.LargeBinary(), nullable=False, comment="What happened, encrypted."),
        sa.Column("reporter_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "reporter_contact", sa.LargeBinary(), nullable=True, comment="How to answer, if given."
        ),
        sa.Column(
            "device", sa.LargeBinary(), nullable=False, comment="Hash of the browser's mark."
        ),
        sa.Column(
            "network", sa.LargeBinary(), nullable=False, comment="Keyed hash of the network."
        ),
        sa.Column("froze", sa.Boolean(), nullable=False, comment="Matches were frozen at once."),
        sa.Column(
            "decided_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When a moderator last decided.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "reason IN ('unsafe', 'illegal', 'money', 'false', 'other', 'disagree')",
            name=op.f("ck_report_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["person.id"], name=op.f("fk_report_reporter_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("code", name=op.f("uq_report_code")),
        comment="Anyone may report, with or without an account.",
    )
    op.create_index("ix_report_device", "report", ["device", "created_at"], unique=False)
    op.create_index("ix_report_network", "report", ["network", "created_at"], unique=False)
    op.create_index(
        "ix_report_waiting",
        "report",
        ["id"],
        unique=False,
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_index(
        "uq_report_dispute",
        "report",
        ["about_id"],
        unique=True,
        postgresql_where=sa.text("reason = 'disagree' AND decided_at IS NULL"),
    )
    op.create_table(
        "report_decision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("moderator_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "choice",
            sa.String(length=10),
            nullable=False,
            comment="none, hold, release or suspend.",
        ),
        sa.Column("reason", sa.Text(), nullable=False, comment="Told to those concerned."),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "choice IN ('none', 'hold', 'release', 'suspend')",
            name=op.f("ck_report_decision_choice"),
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"],
            ["person.id"],
            name=op.f("fk_report_decision_moderator_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_report_decision_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_decision")),
        comment="What moderators decided about a report, and why; never changed, only added.",
    )
    op.create_index(
        op.f("ix_report_decision_report_id"), "report_decision", ["report_id"], unique=False
    )
    op.create_table(
        "role_grant",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False, comment="Who holds the role."),
        sa.Column(
            "role", sa.String(length=30), nullable=False, comment="A member of accounts.rules.Role."
        ),
        sa.Column(
            "organisation_id",
            sa.BigInteger(),
            nullable=True,
            comment="Scope: the organisation's id; empty for the whole platform.",
        ),
        sa.Column("granted_by", sa.BigInteger(), nullable=True, comment="Person; empty: operator."),
        sa.Column(
            "ended_at", sa.DateTime(timezone=True), nullable=True, comment="No longer valid."
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        comment="Roles beyond person, each with a scope and a term.",
    )
    op.create_index(
        "uq_role_grant_live",
        "role_grant",
        ["person_id", "role", sa.literal_column("coalesce(organisation_id, 0)")],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False, comment="rules.ConsentPurpose."),
        sa.Column(
            "ref",
            sa.BigInteger(),
            nullable=False,
            comment="Id of the post or exchange it is about.",
        ),
        sa.Column(
            "how", sa.String(length=11), nullable=True, comment="oral, written or interpreter."
        ),
        sa.Column("text_read", sa.Text(), nullable=True, comment="The public text as read back."),
        sa.Column("worker_id", sa.BigInteger(), nullable=False, comment="Who recorded it."),
        sa.Column(
            "given_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True, comment="Taken back."),
        sa.CheckConstraint(
            "how IN ('oral', 'written', 'interpreter')", name=op.f("ck_consent_how")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_consent_client_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["worker_id"], ["person.id"], name=op.f("fk_consent_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        comment="One row per purpose a client agreed to.",
    )
    op.create_index(op.f("ix_consent_client_id"), "consent", ["client_id"], unique=False)
    op.create_table(
        "home_place",
        sa.Column("person_id", sa.BigInteger(), nullable=False, comment="Whose home."),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_home_place_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_home_place_place_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_home_place")),
        comment="The place a person starts from, to prefill forms.",
    )
    op.create_index(op.f("ix_home_place_place_id"), "home_place", ["place_id"], unique=False)
    op.create_table(
        "mandate",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "categories",
            postgresql.ARRAY(sa.SmallInteger()),
            nullable=True,
            comment="Scope by category number; empty means all but hosting.",
        ),
        sa.Column(
            "contact_release",
            sa.Boolean(),
            nullable=False,
            comment="May the desk's phone be released?",
        ),
        sa.Column(
            "how", sa.String(length=11), nullable=False, comment="oral, written or interpreter."
        ),
        sa.Column(
            "text_version", sa.String(length=20), nullable=False, comment="Which text was read out."
        ),
        sa.Column("language", sa.String(length=3), nullable=False, comment="In which language."),
        sa.Column("worker_id", sa.BigInteger(), nullable=False, comment="Who heard it."),
        sa.Column(
            "given_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "expires_at", sa.DateTime(timezone=True), nullable=False, comment="Twelve months later."
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True, comment="Taken back."),
        sa.Column("revoked_via", sa.String(length=10), nullable=True, comment="code, phone, desk."),
        sa.CheckConstraint(
            "how IN ('oral', 'written', 'interpreter')", name=op.f("ck_mandate_how")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_mandate_client_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["worker_id"], ["person.id"], name=op.f("fk_mandate_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate")),
        comment="What a client allowed an organisation to do, for twelve months.",
    )
    op.create_index(op.f("ix_mandate_client_id"), "mandate", ["client_id"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False, comment="Who should know."),
        sa.Column(
            "kind", sa.String(length=40), nullable=False, comment="A member of rules.NoticeKind."
        ),
        sa.Column(
            "facts",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="Codes and buckets, no contacts.",
        ),
        sa.Column(
            "link_purpose",
            sa.String(length=20),
            nullable=False,
            comment="Which page the link opens.",
        ),
        sa.Column(
            "link_ref",
            sa.String(length=40),
            nullable=False,
            comment="Code or id the link is about.",
        ),
        sa.Column("letter_id", sa.BigInteger(), nullable=True, comment="The letter it went in."),
        sa.Column(
            "read_at", sa.DateTime(timezone=True), nullable=True, comment="Seen in the inbox."
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letter.id"], name=op.f("fk_notice_letter_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notice_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        comment="Something a person should know, with harmless values only.",
    )
    op.create_index(op.f("ix_notice_letter_id"), "notice", ["letter_id"], unique=False)
    op.create_index("ix_notice_person", "notice", ["person_id", "id"], unique=False)
    op.create_table(
        "place_exact",
        sa.Column("place_id", sa.BigInteger(), nullable=False, comment="Whose address."),
        sa.Column("address", sa.LargeBinary(), nullable=False, comment="As typed, encrypted."),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_place_exact_place_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("place_id", name=op.f("pk_place_exact")),
        comment="The address itself: read by its owner and after release.",
    )
    op.create_table(
        "post",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "code", sa.String(length=12), nullable=False, comment="Short opaque public code."
        ),
        sa.Column("kind", sa.String(length=5), nullable=False, comment="need or offer."),
        sa.Column("category", sa.SmallInteger(), nullable=False, comment="Number in the taxonomy."),
        sa.Column(
            "author_id", sa.BigInteger(), nullable=False, comment="Who wrote it, for whomever."
        ),
        sa.Column(
            "organisation_id",
            sa.BigInteger(),
            nullable=True,
            comment="In whose name, if an organisation's.",
        ),
        sa.Column(
            "client_id",
            sa.BigInteger(),
            nullable=True,
            comment="For which client, known to it alone.",
        ),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False, comment="Centre of the public cell."),
        sa.Column("lon", sa.Double(), nullable=False, comment="Centre of the public cell."),
        sa.Column(
            "pos",
            Cube(),
            sa.Computed(
                "cube(ARRAY[6378168 * cos(radians(lat)) * cos(radians(lon)), 6378168 * cos(radians(lat)) * sin(radians(lon)), 6378168 * sin(radians(lat))])",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "note", sa.String(length=280), server_default="", nullable=False, comment="Own words."
        ),
        sa.Column(
            "note_language", sa.String(length=3), nullable=False, comment="Language of the note."
        ),
        sa.Column(
            "languages",
            postgresql.ARRAY(sa.String(length=3)),
            nullable=False,
            comment="Spoken, best first.",
        ),
        sa.Column(
            "interpreter",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Another language works: one interprets.",
        ),
        sa.Column("radius_km", sa.Double(), nullable=False, comment="How far, cell to cell."),
        sa.Column(
            "remote",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="By phone.",
        ),
        sa.Column(
            "places", sa.Integer(), nullable=False, comment="Offer: room for; need: party size."
        ),
        sa.Column(
            "taken",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="Units promised; of a recurring offer always 0.",
        ),
        sa.Column(
            "unit", sa.String(length=8), nullable=False, comment="persons, items, visits, seats."
        ),
        sa.Column(
            "exclusive",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="One party at a time.",
        ),
        sa.Column(
            "urgency",
            sa.SmallInteger(),
            nullable=False,
            comment="0 flexible, 1 this week, 2 today.",
        ),
        sa.Column("latest_by", sa.Date(), nullable=True, comment="Useless after this day."),
        sa.Column(
            "required",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="Need: features that must be there (rules.Feature).",
        ),
        sa.Column(
            "wished",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="Need: features that would be good.",
        ),
        sa.Column(
            "features",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="Offer: features that are there.",
        ),
        sa.Column(
            "insured_by", sa.String(length=120), nullable=True, comment="Insurer of volunteers."
        ),
        sa.Column(
            "recurring",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Has a window with a recurrence rule.",
        ),
        sa.Column(
            "published_at", sa.DateTime(timezone=True), nullable=True, comment="On show since."
        ),
        sa.Column(
            "confirmed_at", sa.DateTime(timezone=True), nullable=True, comment="Last 'still there'."
        ),
        sa.Column(
            "asked_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="'Still there?' sent, unanswered.",
        ),
        sa.Column(
            "paused_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Resting; comes back on one tap.",
        ),
        sa.Column(
            "withdrawn_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Taken back by its author.",
        ),
        sa.Column(
            "expired_at", sa.DateTime(timezone=True), nullable=True, comment="Ended by time."
        ),
        sa.Column(
            "fulfilled_at", sa.DateTime(timezone=True), nullable=True, comment="The help happened."
        ),
        sa.Column(
            "held_at", sa.DateTime(timezone=True), nullable=True, comment="Held by a moderator."
        ),
        sa.Column(
            "adopted_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Hosting: an organisation vouches for the need or has verified the offer.",
        ),
        sa.Column("adopted_by", sa.BigInteger(), nullable=True),
        sa.Column(
            "asked_offer_id",
            sa.BigInteger(),
            nullable=True,
            comment="Need: the offer it was written for.",
        ),
        sa.Column(
            "waiting_since",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Kept when a need reopens.",
        ),
        sa.Column(
            "ends_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Expires then unless extended.",
        ),
        sa.Column(
            "version",
            sa.Integer(),
            server_default="1",
            nullable=False,
            comment="Rises on each edit.",
        ),
        sa.Column(
            "is_open",
            sa.Boolean(),
            sa.Computed(
                "published_at IS NOT NULL AND paused_at IS NULL AND withdrawn_at IS NULL AND expired_at IS NULL AND fulfilled_at IS NULL AND held_at IS NULL",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "is_listed",
            sa.Boolean(),
            sa.Computed(
                "published_at IS NOT NULL AND paused_at IS NULL AND withdrawn_at IS NULL AND expired_at IS NULL AND fulfilled_at IS NULL AND held_at IS NULL AND (category NOT IN (0, 1, 2) OR (kind = 'offer' AND adopted_at IS NOT NULL))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("kind IN ('need', 'offer')", name=op.f("ck_post_kind")),
        sa.CheckConstraint(
            "(client_id IS NULL) OR (organisation_id IS NOT NULL)", name=op.f("ck_post_client")
        ),
        sa.CheckConstraint("places BETWEEN 1 AND 500", name=op.f("ck_post_places")),
        sa.CheckConstraint("radius_km BETWEEN 0 AND 200", name=op.f("ck_post_radius")),
        sa.CheckConstraint("taken BETWEEN 0 AND places", name=op.f("ck_post_taken")),
        sa.CheckConstraint("urgency BETWEEN 0 AND 2", name=op.f("ck_post_urgency")),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR withdrawn_at >= published_at", name=op.f("ck_post_withdrawn")
        ),
        sa.ForeignKeyConstraint(
            ["adopted_by"], ["organisation.id"], name=op.f("fk_post_adopted_by")
        ),
        sa.ForeignKeyConstraint(
            ["asked_offer_id"],
            ["post.id"],
            name=op.f("fk_post_asked_offer_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_post_author_id")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_post_client_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_post_organisation_id")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_post_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
        sa.UniqueConstraint("code", name=op.f("uq_post_code")),
        comment="A need or an offer of help.",
    )
    op.create_index(op.f("ix_post_author_id"), "post", ["author_id"], unique=False)
    op.create_index(op.f("ix_post_client_id"), "post", ["client_id"], unique=False)
    op.create_index(
        "ix_post_cell",
        "post",
        [
            "kind",
            "lat",
            "lon",
            sa.literal_column("published_at DESC"),
            sa.literal_column("id DESC"),
        ],
        unique=False,
        postgresql_where=sa.text("is_listed"),
    )
    op.create_index(
        "ix_post_cell_category",
        "post",
        [
            "kind",
            "category",
            "lat",
            "lon",
            sa.literal_column("published_at DESC"),
            sa.literal_column("id DESC"),
        ],
        unique=False,
        postgresql_where=sa.text("is_listed"),
    )
    op.create_index(
        "ix_post_languages",
        "post",
        ["languages"],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("is_listed"),
    )
    op.create_index(
        "ix_post_room",
        "post",
        ["kind", sa.literal_column("(places - taken)")],
        unique=False,
        postgresql_where=sa.text("is_listed"),
    )
    op.create_index(
        "ix_post_ends", "post", ["ends_at"], unique=False, postgresql_where=sa.text("is_open")
    )
    op.create_index(
        "ix_post_newest",
        "post",
        ["kind", "category", sa.literal_column("published_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("is_listed"),
    )
    op.create_index(
        "ix_post_newest_any",
        "post",
        ["kind", sa.literal_column("published_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("is_listed"),
    )
    op.create_index(
        "ix_post_open_need",
        "post",
        ["category", "pos"],
        unique=False,
        postgresql_using="gist",
        postgresql_where=sa.text("kind = 'need' AND is_open"),
    )
    op.create_index(
        "ix_post_open_offer",
        "post",
        ["category", "pos"],
        unique=False,
        postgresql_using="gist",
        postgresql_where=sa.text("kind = 'offer' AND is_open"),
    )
    op.create_index(op.f("ix_post_organisation_id"), "post", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_post_place_id"), "post", ["place_id"], unique=False)
    op.create_table(
        "draft",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, comment="SHA-256."),
        sa.Column("kind", sa.String(length=5), nullable=False, comment="need or offer."),
        sa.Column(
            "answers",
            sa.LargeBinary(),
            nullable=False,
            comment="By step, as typed; sealed, for it holds contacts and addresses.",
        ),
        sa.Column("person_id", sa.BigInteger(), nullable=True, comment="Once known."),
        sa.Column("post_id", sa.BigInteger(), nullable=True, comment="What it became."),
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now() + interval '14 days'"),
            nullable=False,
            comment="Forgotten then.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("kind IN ('need', 'offer')", name=op.f("ck_draft_kind")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_draft_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_draft_post_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_draft_token_hash")),
        comment="A form half filled in: kept on the server, resumed by link.",
    )
    op.create_index(op.f("ix_draft_person_id"), "draft", ["person_id"], unique=False)
    op.create_index(op.f("ix_draft_post_id"), "draft", ["post_id"], unique=False)
    op.create_table(
        "host_check",
        sa.Column("post_id", sa.BigInteger(), nullable=False, comment="The hosting offer."),
        sa.Column("person_id", sa.BigInteger(), nullable=False, comment="Who signed."),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False, comment="In whose name."),
        sa.Column(
            "signed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_host_check_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_host_check_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_host_check_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "person_id", name=op.f("pk_host_check")),
        comment="Signatures under the check of a host; two different ones adopt an offer.",
    )
    op.create_table(
        "imported_row",
        sa.Column(
            "fingerprint",
            sa.LargeBinary(),
            nullable=False,
            comment="SHA-256 of the row's normalised values.",
        ),
        sa.Column("post_id", sa.BigInteger(), nullable=False, comment="What it became."),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_imported_row_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_imported_row")),
        comment="Rows of spreadsheets already imported, so that nothing enters twice.",
    )
    op.create_table(
        "post_occurrence",
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False, comment="Local day."),
        sa.Column("places", sa.Integer(), nullable=False, comment="Room on that day."),
        sa.Column("taken", sa.Integer(), nullable=False, comment="Units promised."),
        sa.CheckConstraint("taken BETWEEN 0 AND places", name=op.f("ck_post_occurrence_taken")),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_post_occurrence_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "day", name=op.f("pk_post_occurrence")),
        comment="Units promised of a recurring offer on one day.",
    )
    op.create_table(
        "post_window",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "starts_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Start, or start of the first occurrence.",
        ),
        sa.Column(
            "ends_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="End, or end of the first occurrence.",
        ),
        sa.Column(
            "rule", sa.String(length=200), nullable=True, comment="RRULE in local time, if any."
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_post_window_order")),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_post_window_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_window")),
        comment="When a post can happen; a post without windows can happen any time.",
    )
    op.create_index(op.f("ix_post_window_post_id"), "post_window", ["post_id"], unique=False)
    op.create_table(
        "proposal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False, comment="Short opaque code."),
        sa.Column("need_id", sa.BigInteger(), nullable=False),
        sa.Column("offer_id", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False, comment="Places the need would take."),
        sa.Column("day", sa.Date(), nullable=True, comment="Occurrence of a recurring offer."),
        sa.Column(
            "proposer",
            sa.String(length=11),
            nullable=False,
            comment="engine, coordinator or person.",
        ),
        sa.Column(
            "reasons",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="Keys and values.",
        ),
        sa.Column("score", sa.Double(), nullable=False, comment="P(both accept); never shown."),
        sa.Column(
            "weights",
            sa.String(length=20),
            nullable=False,
            comment="Version of the score's weights.",
        ),
        sa.Column("far", sa.Boolean(), nullable=False, comment="Beyond what was first asked."),
        sa.Column(
            "expires_at", sa.DateTime(timezone=True), nullable=False, comment="Answer until then."
        ),
        sa.Column(
            "need_seen_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Opened by the need's side.",
        ),
        sa.Column(
            "offer_seen_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Opened by the offer's side.",
        ),
        sa.Column(
            "need_accepted_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Yes of the need's side.",
        ),
        sa.Column(
            "offer_accepted_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Yes of the offer's side.",
        ),
        sa.Column(
            "organisation_agreed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Hosting: yes of the vouching organisation.",
        ),
        sa.Column(
            "agreed_at", sa.DateTime(timezone=True), nullable=True, comment="An exchange opened."
        ),
        sa.Column(
            "declined_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="No; never proposed again.",
        ),
        sa.Column("declined_by", sa.String(length=5), nullable=True, comment="Side; never shown."),
        sa.Column(
            "withdrawn_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="A post was taken back.",
        ),
        sa.Column(
            "expired_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Nobody answered in time.",
        ),
        sa.Column(
            "superseded_at", sa.DateTime(timezone=True), nullable=True, comment="No longer free."
        ),
        sa.Column(
            "is_live",
            sa.Boolean(),
            sa.Computed(
                "agreed_at IS NULL AND declined_at IS NULL AND withdrawn_at IS NULL AND expired_at IS NULL AND superseded_at IS NULL",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "proposed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "declined_by IN ('need', 'offer')", name=op.f("ck_proposal_declined_by")
        ),
        sa.CheckConstraint(
            "proposer IN ('engine', 'coordinator', 'person')", name=op.f("ck_proposal_proposer")
        ),
        sa.CheckConstraint(
            "(declined_at IS NULL) = (declined_by IS NULL)", name=op.f("ck_proposal_declined")
        ),
        sa.CheckConstraint(
            "agreed_at IS NULL OR (need_accepted_at IS NOT NULL AND offer_accepted_at IS NOT NULL)",
            name=op.f("ck_proposal_agreed"),
        ),
        sa.CheckConstraint("units >= 1", name=op.f("ck_proposal_units")),
        sa.ForeignKeyConstraint(
            ["need_id"], ["post.id"], name=op.f("fk_proposal_need_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["post.id"], name=op.f("fk_proposal_offer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("code", name=op.f("uq_proposal_code")),
        comment="A pairing put before both sides; nobody is asked for a reason.",
    )
    op.create_index(
        "ix_proposal_expires",
        "proposal",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("is_live"),
    )
    op.create_index("ix_proposal_need", "proposal", ["need_id"], unique=False)
    op.create_index("ix_proposal_offer", "proposal", ["offer_id"], unique=False)
    op.create_index(
        "uq_proposal_live",
        "proposal",
        ["need_id", "offer_id"],
        unique=True,
        postgresql_where=sa.text("is_live"),
    )
    op.create_table(
        "exchange",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False, comment="Short opaque code."),
        sa.Column(
            "reference",
            sa.Uuid(),
            nullable=False,
            comment="16 random bytes: its name in the ledger.",
        ),
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("need_id", sa.BigInteger(), nullable=False),
        sa.Column("offer_id", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False, comment="Places taken."),
        sa.Column("day", sa.Date(), nullable=True, comment="Occurrence of a recurring offer."),
        sa.Column("meeting_at", sa.DateTime(timezone=True), nullable=True, comment="Agreed time."),
        sa.Column(
            "meeting_place",
            sa.LargeBinary(),
            nullable=True,
            comment="Agreed place, in the sides' own words.",
        ),
        sa.Column(
            "ask_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When to ask whether it happened.",
        ),
        sa.Column(
            "asked_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="'Did it happen?' was asked.",
        ),
        sa.Column("giver_said", sa.String(length=3), nullable=True, comment="yes or no."),
        sa.Column("giver_said_at", sa.DateTime(timezone=True), nullable=True, comment="When."),
        sa.Column("receiver_said", sa.String(length=3), nullable=True, comment="yes or no."),
        sa.Column("receiver_said_at", sa.DateTime(timezone=True), nullable=True, comment="When."),
        sa.Column(
            "completed_at", sa.DateTime(timezone=True), nullable=True, comment="Both said yes."
        ),
        sa.Column(
            "cancelled_at", sa.DateTime(timezone=True), nullable=True, comment="Called off before."
        ),
        sa.Column("cancelled_by", sa.String(length=8), nullable=True, comment="Side; never shown."),
        sa.Column(
            "not_done_at", sa.DateTime(timezone=True), nullable=True, comment="It did not happen."
        ),
        sa.Column(
            "disputed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="The sides disagree: a call.",
        ),
        sa.Column(
            "unconfirmed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Closed by silence.",
        ),
        sa.Column(
            "agreed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "completed_at IS NULL OR (giver_said = 'yes' AND receiver_said = 'yes')",
            name=op.f("ck_exchange_completed"),
        ),
        sa.CheckConstraint("giver_said IN ('yes', 'no')", name=op.f("ck_exchange_giver_said")),
        sa.CheckConstraint(
            "receiver_said IN ('yes', 'no')", name=op.f("ck_exchange_receiver_said")
        ),
        sa.CheckConstraint(
            "completed_at IS NULL OR cancelled_at IS NULL", name=op.f("ck_exchange_one_end")
        ),
        sa.CheckConstraint("units >= 1", name=op.f("ck_exchange_units")),
        sa.ForeignKeyConstraint(["need_id"], ["post.id"], name=op.f("fk_exchange_need_id")),
        sa.ForeignKeyConstraint(["offer_id"], ["post.id"], name=op.f("fk_exchange_offer_id")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_exchange_proposal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange")),
        sa.UniqueConstraint("code", name=op.f("uq_exchange_code")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_exchange_proposal_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_exchange_reference")),
        comment="Both sides said yes: places are taken and contacts are released.",
    )
    op.create_index("ix_exchange_offer", "exchange", ["offer_id"], unique=False)
    op.create_index(
        "ix_exchange_ask",
        "exchange",
        ["ask_at"],
        postgresql_where=sa.text("ask_at IS NOT NULL"),
    )
    op.create_index(
        "uq_exchange_need",
        "exchange",
        ["need_id", sa.literal_column("COALESCE(day, '2000-01-01'::date)")],
        unique=True,
        postgresql_where=sa.text("cancelled_at IS NULL AND not_done_at IS NULL"),
    )
    op.create_table(
        "contact_release",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("exchange_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "side", sa.String(length=8), nullable=False, comment="Who gives it: giver or receiver."
        ),
        sa.Column(
            "field", sa.String(length=12), nullable=False, comment="phone, email, address or desk."
        ),
        sa.Column("value", sa.LargeBinary(), nullable=False, comment="Encrypted."),
        sa.Column(
            "until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Hidden after; set when it ends.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("side IN ('giver', 'receiver')", name=op.f("ck_contact_release_side")),
        sa.ForeignKeyConstraint(
            ["exchange_id"],
            ["exchange.id"],
            name=op.f("fk_contact_release_exchange_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_release")),
        sa.UniqueConstraint(
            "exchange_id", "side", "field", name=op.f("uq_contact_release_exchange_id_side_field")
        ),
        comment="What one side lets the other see, until 30 days after the end.",
    )
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("exchange_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False, comment="giver or receiver."),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="Encrypted."),
        sa.Column("warned", sa.Boolean(), nullable=False, comment="Drew a warning when sent."),
        sa.Column(
            "sent_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_message_author_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["exchange_id"],
            ["exchange.id"],
            name=op.f("fk_message_exchange_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        comment="Words between the two sides of an exchange.",
    )
    op.create_index(op.f("ix_message_exchange_id"), "message", ["exchange_id"], unique=False)
    op.create_table(
        "contact_read",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("reader_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "read_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["person.id"], name=op.f("fk_contact_read_reader_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["contact_release.id"],
            name=op.f("fk_contact_read_release_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_read")),
        comment="Each look at a released contact, logged as it happens.",
    )
    op.create_index(
        op.f("ix_contact_read_release_id"), "contact_read", ["release_id"], unique=False
    )
    op.execute(APPEND_ONLY)
    op.execute(
        "CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER ledger_entry_keep BEFORE TRUNCATE ON ledger_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
