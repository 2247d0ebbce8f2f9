"""Pairings put before both sides and how each answered; the engine's shards, plans and weights."""

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
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
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
    proposed_by: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), comment="Who proposed it by hand."
    )
    reasons: Mapped[list[dict[str, object]]] = mapped_column(JSONB, comment="Keys and values.")
    score: Mapped[float] = mapped_column(Double, comment="P(both accept); never shown.")
    weights: Mapped[str] = mapped_column(String(20), comment="Version of the score's weights.")
    terms: Mapped[list[float] | None] = mapped_column(
        ARRAY(Double), comment="Parts of the engine's score, to learn from; never shown."
    )
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


class Shard(Base):
    __tablename__ = "shard"
    __table_args__ = (
        UniqueConstraint("region", "category"),
        {"comment": "What one worker plans at a time: a category in a region."},
    )

    id: Mapped[Id]
    region: Mapped[str] = mapped_column(String(8), comment="A region of proposals.rules.")
    category: Mapped[int] = mapped_column(SmallInteger, comment="Number in the taxonomy.")
    version: Mapped[int] = mapped_column(
        Integer, server_default="0", comment="Rises with each part of a plan written."
    )
    asked_at: Mapped[Now] = mapped_column(comment="When a re-balance was last asked for.")
    planned_at: Mapped[Moment | None] = mapped_column(
        comment="Moment of the snapshot behind the last plan written."
    )
    written: Mapped[int] = mapped_column(
        Integer, server_default="0", comment="Proposals of the last plan."
    )
    refused: Mapped[int] = mapped_column(
        Integer, server_default="0", comment="Its pairings that no longer held when written."
    )


class Plan(Base):
    __tablename__ = "plan"
    __table_args__ = (
        Index("ix_plan_newest", "region", text("asked_at DESC"), text("id DESC")),
        {"comment": "What a re-balance of a region would change: counts only, nobody's post."},
    )

    id: Mapped[Id]
    region: Mapped[str] = mapped_column(String(8), comment="A region of proposals.rules.")
    asked_at: Mapped[Now]
    drawn_at: Mapped[Moment | None] = mapped_column(comment="When its figures were ready.")
    failed_at: Mapped[Moment | None] = mapped_column(comment="Given up.")
    figures: Mapped[list[dict[str, object]] | None] = mapped_column(
        JSONB, comment="Counts per category."
    )


class WeightsVersion(Base):
    __tablename__ = "weights_version"
    __table_args__ = (
        UniqueConstraint("version"),
        Index(
            "uq_weights_version_current",
            text("(true)"),
            unique=True,
            postgresql_where=text("adopted_at IS NOT NULL AND retired_at IS NULL"),
        ),
        {"comment": "Weights of the score learnt from answers; none adopted means the hand's."},
    )

    id: Mapped[Id]
    version: Mapped[str] = mapped_column(String(20), comment="Name that proposals carry.")
    created_at: Mapped[Now]
    parameters: Mapped[dict[str, object]] = mapped_column(JSONB, comment="All of its numbers.")
    log_loss: Mapped[float] = mapped_column(Double, comment="On the newest answers, unseen.")
    ece: Mapped[float] = mapped_column(Double, comment="Expected calibration error, there too.")
    auc: Mapped[float | None] = mapped_column(Double, comment="Ranking, where both outcomes occur.")
    counts: Mapped[dict[str, object]] = mapped_column(
        JSONB, comment="How many answers it learnt from, how the version before did on the same."
    )
    fit_to_adopt: Mapped[bool] = mapped_column(
        Boolean, comment="No worse than the version before, overall and per category."
    )
    adopted_at: Mapped[Moment | None] = mapped_column(comment="In use since.")
    retired_at: Mapped[Moment | None] = mapped_column(comment="In use until.")
