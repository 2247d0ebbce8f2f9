"""How people and clients come and change hands at an organisation, and sheets that wait."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.crypto import Encrypted
from app.db import Base, Id, Moment, Now


class Invitation(Base):
    __tablename__ = "staff_invitation"
    __table_args__ = (
        Index(
            "uq_staff_invitation_open",
            "organisation_id",
            "person_id",
            unique=True,
            postgresql_where=text("answered_at IS NULL"),
        ),
        {"comment": "An administrator asks somebody to work for the organisation."},
    )

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, comment="Who is asked."
    )
    name: Mapped[str] = mapped_column(String(60), comment="As the administrator typed it.")
    role: Mapped[str] = mapped_column(String(30), comment="caseworker or organisation_admin.")
    ends_at: Mapped[Moment | None] = mapped_column(comment="The role ends then, if ever.")
    invited_by: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    invited_at: Mapped[Now]
    answered_at: Mapped[Moment | None] = mapped_column(comment="Accepted, declined or taken back.")
    accepted: Mapped[bool | None] = mapped_column(Boolean, comment="The answer.")


class HandOver(Base):
    __tablename__ = "hand_over"
    __table_args__ = ({"comment": "Clients and posts that went from one caseworker to another."},)

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    client_id: Mapped[int | None] = mapped_column(
        ForeignKey("client.id", ondelete="CASCADE"), comment="Empty: the organisation's own posts."
    )
    from_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), comment="Who had it; empty: nobody."
    )
    to_id: Mapped[int] = mapped_column(ForeignKey("person.id"), comment="Who has it now.")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), comment="Who decided.")
    posts: Mapped[int] = mapped_column(Integer, comment="How many posts changed hands.")
    created_at: Mapped[Now]


class Decision(Base):
    __tablename__ = "organisation_decision"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('verified', 'refused', 'suspended', 'resumed', 'closed')", name="kind"
        ),
        {"comment": "What moderators decided about organisations, and why."},
    )

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(9), comment="A member of rules.Verdict.")
    reason: Mapped[str] = mapped_column(Text, comment="In words that the organisation reads.")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    decided_at: Mapped[Now]


class Registration(Base):
    __tablename__ = "desk_registration"
    __table_args__ = ({"comment": "A person written down face to face at a desk."},)

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id"), comment="At whose desk; empty: a coordinator's."
    )
    worker_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), comment="Who wrote it down."
    )
    identity_seen: Mapped[bool] = mapped_column(
        Boolean, comment="A document was shown; no number and no copy is kept."
    )
    registered_at: Mapped[Now]


class Upload(Base):
    __tablename__ = "sheet_upload"
    __table_args__ = ({"comment": "A spreadsheet that was looked through and waits for a yes."},)

    id: Mapped[Id]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True, comment="SHA-256.")
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    content: Mapped[str] = mapped_column(
        Encrypted("sheet_upload"), comment="Its rows, sealed, for they may hold contacts."
    )
    uploaded_at: Mapped[Now] = mapped_column(index=True, comment="Forgotten a day later.")
    published_at: Mapped[Moment | None] = mapped_column(comment="Its good rows are posts now.")
