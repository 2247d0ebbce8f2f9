"""Moderation: evidence, claims, reasoned decisions, appeals and second reviewers."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

REASONS = "'unsafe', 'child', 'money', 'false', 'illegal', 'other', 'disagree', 'newcomer'"
CHOICES = "'none', 'warn', 'hold', 'release', 'suspend'"


def upgrade() -> None:
    _reports()
    _decisions()
    _appeals()
    _looks()


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


def _sealed(name: str, comment: str, *, nullable: bool = True) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=nullable, comment=comment)


def _check(table: str, name: str, condition: str) -> None:
    """Old rows are checked after the constraint stands: writers wait for neither."""
    whole = op.f(f"ck_{table}_{name}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {whole} CHECK ({condition}) NOT VALID")
    op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {whole}")


def _reports() -> None:
    op.drop_constraint(op.f("ck_report_reason"), "report", type_="check")
    _check("report", "reason", f"reason IN ({REASONS})")
    op.alter_column(
        "report",
        "about",
        comment="What kind of thing: rules.About.",
        existing_type=sa.String(10),
        existing_nullable=False,
        existing_comment="post, exchange, proposal or page.",
    )
    for column in (
        _sealed("reporter_name", "As they call themselves, if given."),
        sa.Column("browser", sa.String(60), comment="Browser and system, in short."),
        sa.Column("language", sa.String(2), comment="The reporter's, for answers."),
        _sealed("evidence", "What it is about as it stood at that moment, as JSON."),
        sa.Column(
            "is_related",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="The reporter has to do with the other side.",
        ),
        sa.Column("claimed_by", sa.BigInteger(), comment="The moderator who holds it."),
        _moment("claimed_at", "Half an hour long."),
        _sealed("passed_to", "Which authority was told, and what."),
        _moment("passed_at", "When."),
    ):
        op.add_column("report", column)
    op.create_foreign_key(
        op.f("fk_report_claimed_by"),
        "report",
        "person",
        ["claimed_by"],
        ["id"],
        ondelete="SET NULL",
    )
    _check("report", "passed", "(passed_at IS NULL) = (passed_to IS NULL)")
    op.create_index(
        "uq_report_newcomer",
        "report",
        ["about_id", "about_code"],
        unique=True,
        postgresql_where=sa.text("reason = 'newcomer'"),
    )
    op.create_index("ix_report_posts", "report", ["post_ids"], postgresql_using="gin")


def _decisions() -> None:
    op.drop_constraint(op.f("ck_report_decision_choice"), "report_decision", type_="check")
    _check("report_decision", "choice", f"choice IN ({CHOICES})")
    op.alter_column(
        "report_decision",
        "choice",
        comment="A member of rules.Choice.",
        existing_type=sa.String(10),
        existing_nullable=False,
        existing_comment="none, hold, release or suspend.",
    )
    op.alter_column(
        "report_decision",
        "reason",
        comment="The facts; told to those concerned.",
        existing_type=sa.Text(),
        existing_nullable=False,
        existing_comment="Told to those concerned.",
    )
    for column in (
        sa.Column("language", sa.String(2), comment="Of these words."),
        sa.Column(
            "rule",
            sa.String(8),
            server_default="nothing",
            nullable=False,
            comment="What it stands on: rules.Rule.",
        ),
        _moment("until", "A hold ends by itself; empty: it stays."),
        _moment("ended_at", "When it had ended by itself."),
        sa.Column(
            "is_review",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="A second reviewer's, final here.",
        ),
    ):
        op.add_column("report_decision", column)
    _check("report_decision", "until", "until IS NULL OR choice IN ('hold', 'suspend')")
    op.create_index(
        "ix_report_decision_until",
        "report_decision",
        ["until"],
        postgresql_where=sa.text("until IS NOT NULL AND ended_at IS NULL"),
    )


def _appeals() -> None:
    op.create_table(
        "report_appeal",
        _id(),
        sa.Column("decision_id", sa.BigInteger(), nullable=False, comment="What they object to."),
        sa.Column("party", sa.String(8), nullable=False, comment="affected or reporter."),
        sa.Column("person_id", sa.BigInteger(), comment="Empty: a reporter without account."),
        _sealed("words", "Why, in their own words.", nullable=False),
        sa.Column(
            "first_moderator_id",
            sa.BigInteger(),
            comment="Who decided first; kept when the person goes.",
        ),
        sa.Column("reviewer_id", sa.BigInteger(), comment="Who looked again."),
        sa.Column("answer_id", sa.BigInteger(), comment="What they decided."),
        sa.Column("outcome", sa.String(9), comment="A member of rules.Outcome."),
        _moment("reviewed_at", "When."),
        _moment("created_at", now=True),
        sa.CheckConstraint(
            "party IN ('affected', 'reporter')", name=op.f("ck_report_appeal_party")
        ),
        sa.CheckConstraint(
            "outcome IN ('confirmed', 'changed', 'reversed')", name=op.f("ck_report_appeal_outcome")
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (reviewed_at IS NULL)", name=op.f("ck_report_appeal_reviewed")
        ),
        sa.CheckConstraint(
            "reviewer_id <> first_moderator_id", name=op.f("ck_report_appeal_second_reviewer")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["report_decision.id"],
            name=op.f("fk_report_appeal_decision_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            ["report_decision.id"],
            name=op.f("fk_report_appeal_answer_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_report_appeal_person_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_appeal")),
        sa.UniqueConstraint(
            "decision_id",
            "person_id",
            name=op.f("uq_report_appeal_decision_id_person_id"),
            postgresql_nulls_not_distinct=True,
        ),
        comment="Somebody objects to a decision; another moderator looks again.",
    )


def _looks() -> None:
    op.create_table(
        "report_contact_look",
        _id(),
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("moderator_id", sa.BigInteger(), comment="Who looked."),
        sa.Column(
            "party",
            sa.String(8),
            nullable=False,
            comment="Whose contacts: affected or reporter.",
        ),
        sa.Column("reason", sa.String(500), nullable=False, comment="For what, as they said."),
        _moment("created_at", now=True),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_report_contact_look_report_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"],
            ["person.id"],
            name=op.f("fk_report_contact_look_moderator_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_contact_look")),
        comment="Each time a moderator opened a contact, and for what.",
    )
    op.create_index(op.f("ix_report_contact_look_report_id"), "report_contact_look", ["report_id"])
