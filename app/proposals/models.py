"""Pairings put before both sides, and how each answered."""

from datetime import date

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Computed,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Id, Moment, Now
from app.posts.models import Post
from app.proposals.rules import ProposalFacts

LIVE = (
    "agreed_at IS NULL AND declined_at IS NULL AND withdrawn_at IS NULL "
    "AND expired_at IS NULL AND superseded_at IS NULL"
)


class Proposal(Base):
    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("units >= 1", name="units"),
        CheckConstraint("proposer IN ('engine', 'coordinator', 'person')", name="proposer"),
        CheckConstraint("(declined_at IS NULL) = (declined_by IS NULL)", name="declined"),
        CheckConstraint("declined_by IN ('need', 'offer')", name="declined_by"),
        CheckConstraint(
            "agreed_at IS NULL OR (need_accepted_at IS NOT NULL AND offer_accepted_at IS NOT NULL)",
            name="agreed",
        ),
        Index(
            "uq_proposal_live", "need_id", "offer_id", unique=True, postgresql_where=text("is_live")
        ),
        Index("ix_proposal_need", "need_id"),
        Index("ix_proposal_offer", "offer_id"),
        Index("ix_proposal_expires", "expires_at", postgresql_where=text("is_live")),
        {"comment": "A pairing put before both sides; nobody is asked for a reason."},
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(12), unique=True, comment="Short opaque code.")
    need_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    offer_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    units: Mapped[int] = mapped_column(Integer, comment="Places the need would take.")
    day: Mapped[date | None] = mapped_column(Date, comment="Occurrence of a recurring offer.")
    proposer: Mapped[str] = mapped_column(String(11), comment="engine, coordinator or person.")
    reasons: Mapped[list[dict[str, object]]] = mapped_column(JSONB, comment="Keys and values.")
    score: Mapped[float] = mapped_column(Double, comment="P(both accept); never shown.")
    weights: Mapped[str] = mapped_column(String(20), comment="Version of the score's weights.")
    far: Mapped[bool] = mapped_column(Boolean, comment="Beyond what was first asked.")
    expires_at: Mapped[Moment] = mapped_column(comment="Answer until then.")
    need_seen_at: Mapped[Moment | None] = mapped_column(comment="Opened by the need's side.")
    offer_seen_at: Mapped[Moment | None] = mapped_column(comment="Opened by the offer's side.")
    need_accepted_at: Mapped[Moment | None] = mapped_column(comment="Yes of the need's side.")
    offer_accepted_at: Mapped[Moment | None] = mapped_column(comment="Yes of the offer's side.")
    organisation_agreed_at: Mapped[Moment | None] = mapped_column(
        comment="Hosting: yes of the vouching organisation."
    )
    agreed_at: Mapped[Moment | None] = mapped_column(comment="An exchange opened.")
    declined_at: Mapped[Moment | None] = mapped_column(comment="No; never proposed again.")
    declined_by: Mapped[str | None] = mapped_column(String(5), comment="Side; never shown.")
    withdrawn_at: Mapped[Moment | None] = mapped_column(comment="A post was taken back.")
    expired_at: Mapped[Moment | None] = mapped_column(comment="Nobody answered in time.")
    superseded_at: Mapped[Moment | None] = mapped_column(comment="No longer free.")
    is_live: Mapped[bool] = mapped_column(Boolean, Computed(LIVE, persisted=True))
    proposed_at: Mapped[Now]
    need: Mapped[Post] = relationship(lazy="raise", foreign_keys=[need_id])
    offer: Mapped[Post] = relationship(lazy="raise", foreign_keys=[offer_id])

    @property
    def facts(self) -> ProposalFacts:
        """What the rules decide from."""
        return ProposalFacts(
            expires_at=self.expires_at,
            need_accepted_at=self.need_accepted_at,
            offer_accepted_at=self.offer_accepted_at,
            organisation_agreed_at=self.organisation_agreed_at,
            agreed_at=self.agreed_at,
            declined_at=self.declined_at,
            declined_by=self.declined_by,
            withdrawn_at=self.withdrawn_at,
            superseded_at=self.superseded_at,
            expired_at=self.expired_at,
        )
