"""Second factors, and sessions that know how much was proven."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def _created() -> sa.Column[object]:
    return sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False)


def _person(comment: str) -> sa.Column[int]:
    return sa.Column("person_id", sa.BigInteger(), nullable=False, comment=comment)


def _person_goes(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_person_id")
    return sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    _sessions()
    _codes()
    _factors()
    _recovery()
    _tries()
    _letters()


def _sessions() -> None:
    op.add_column(
        "person",
        sa.Column(
            "links_since",
            MOMENT,
            nullable=True,
            comment="Links in messages written before this open nothing.",
        ),
    )
    for column in (
        sa.Column("proven_at", MOMENT, comment="Last code or factor that was right."),
        sa.Column(
            "kept_path",
            sa.String(200),
            comment="Where the person was when a fresh proof was asked.",
        ),
        sa.Column(
            "kept_form",
            sa.LargeBinary(),
            comment="What they had typed there, until they go on.",
        ),
    ):
        op.add_column("person_session", column)


def _codes() -> None:
    for column in (
        sa.Column(
            "purpose",
            sa.String(10),
            server_default="sign_in",
            nullable=False,
            comment="sign_in, proof or contact.",
        ),
        sa.Column(
            "person_id",
            sa.BigInteger(),
            comment="Signed-in person who proves themselves or a new contact.",
        ),
        sa.Column(
            "network",
            sa.LargeBinary(),
            comment="Keyed hash of the network that asked; no address is kept.",
        ),
    ):
        op.add_column("sign_in_code", column)
    op.alter_column("sign_in_code", "created_at", comment="Counted by the limits.")
    op.create_check_constraint(
        op.f("ck_sign_in_code_purpose"),
        "sign_in_code",
        "purpose IN ('sign_in', 'proof', 'contact')",
    )
    op.create_foreign_key(
        op.f("fk_sign_in_code_person_id"),
        "sign_in_code",
        "person",
        ["person_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_index(op.f("ix_sign_in_code_person_id"), "sign_in_code", ["person_id"])
    op.create_index(op.f("ix_sign_in_code_created_at"), "sign_in_code", ["created_at"])


def _factors() -> None:
    op.create_table(
        "factor",
        _id(),
        _person("Whose it is."),
        sa.Column("kind", sa.String(10), nullable=False, comment="totp or passkey."),
        sa.Column("label", sa.String(60), nullable=False, comment="What its owner calls it."),
        sa.Column("secret", sa.LargeBinary(), comment="Shared with the app, encrypted."),
        sa.Column("credential_id", sa.LargeBinary(), comment="The passkey's name."),
        sa.Column("public_key", sa.LargeBinary(), comment="COSE key."),
        sa.Column(
            "counter",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="Last half minute used (totp) or last signature count (passkey).",
        ),
        sa.Column("confirmed_at", MOMENT, comment="One answer was right."),
        sa.Column("last_used_at", MOMENT, comment="Last right answer."),
        _created(),
        sa.CheckConstraint("kind IN ('totp', 'passkey')", name=op.f("ck_factor_kind")),
        sa.CheckConstraint(
            "CASE kind WHEN 'totp' THEN secret IS NOT NULL"
            " ELSE credential_id IS NOT NULL AND public_key IS NOT NULL END",
            name=op.f("ck_factor_complete"),
        ),
        _person_goes("factor"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_factor_credential_id")),
        comment="An authenticator app or a passkey; it counts once it is confirmed.",
    )
    op.create_index(op.f("ix_factor_person_id"), "factor", ["person_id"])
    op.create_index(
        "uq_factor_totp",
        "factor",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'totp'"),
    )
    op.create_table(
        "passkey_challenge",
        sa.Column(
            "device", sa.LargeBinary(), nullable=False, comment="Hash of the browser's cookie."
        ),
        sa.Column("challenge", sa.LargeBinary(), nullable=False, comment="Random bytes."),
        sa.Column(
            "expires_at",
            MOMENT,
            server_default=sa.text("now() + interval '5 minutes'"),
            nullable=False,
            comment="It ends here.",
        ),
        sa.PrimaryKeyConstraint("device", name=op.f("pk_passkey_challenge")),
        comment="What a passkey must sign: one per browser, single use.",
    )


def _recovery() -> None:
    op.create_table(
        "recovery_code",
        _id(),
        _person("Whose it is."),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False, comment="Keyed hash."),
        sa.Column("used_at", MOMENT, comment="Spent."),
        _created(),
        _person_goes("recovery_code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint(
            "person_id", "code_hash", name=op.f("uq_recovery_code_person_id_code_hash")
        ),
        comment="Ten codes for who has lost the factor: each works once.",
    )


def _tries() -> None:
    op.create_table(
        "factor_try",
        _id(),
        _person("Who was asked."),
        _created(),
        _person_goes("factor_try"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor_try")),
        comment="Wrong answers to the second step: counted, forgotten after a day.",
    )
    op.create_index("ix_factor_try_person_id_created_at", "factor_try", ["person_id", "created_at"])


def _letters() -> None:
    op.create_table(
        "security_letter",
        _id(),
        _person("Whose account it is."),
        sa.Column("kind", sa.String(5), nullable=False, comment="email or phone."),
        sa.Column(
            "value",
            sa.LargeBinary(),
            nullable=False,
            comment="Where it goes, even if the contact is gone by then.",
        ),
        sa.Column("language", sa.String(2), nullable=False, comment="Language of the letter."),
        sa.Column(
            "change", sa.String(20), nullable=False, comment="A member of accounts.rules.Change."
        ),
        _created(),
        _person_goes("security_letter"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_letter")),
        comment="Tells a contact what changed on the account; gone once it is sent.",
    )
    op.create_index(op.f("ix_security_letter_person_id"), "security_letter", ["person_id"])
