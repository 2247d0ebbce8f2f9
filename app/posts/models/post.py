"""Needs and offers, when they can happen, how full they are, and the drafts before them."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Computed,
    Date,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import UserDefinedType

from app.accounts.models import Person
from app.crypto import Encrypted
from app.db import Base, Id, Moment, Now
from app.organisations.models import Client, Organisation
from app.posts.rules.draft import HOUSEHOLDS, PostKind, Window
from app.posts.rules.household import NEVER
from app.posts.rules.state import PostFacts, PostStatus, status
from app.posts.rules.taxonomy import CATEGORIES
from app.territories.models import Place

# Only literals may stand in a partial index: under a generic plan a bound parameter misses it.
OPEN = (
    "published_at IS NOT NULL AND paused_at IS NULL AND withdrawn_at IS NULL "
    "AND expired_at IS NULL AND fulfilled_at IS NULL AND held_at IS NULL"
)
HOSTING = ", ".join(str(category.number) for category in CATEGORIES if category.is_hosting)
# What lists show: an offer of hosting once it is adopted, a need for it never. Kept in the row, for
# a list of a kind that is mostly unadopted would otherwise read every open post of it.
LISTED = f"{OPEN} AND (category NOT IN ({HOSTING}) OR (kind = 'offer' AND adopted_at IS NOT NULL))"
# Earth-centred metres of the cell's centre on the sphere that PostgreSQL's earthdistance uses.
POSITION = (
    "cube(ARRAY[6378168 * cos(radians(lat)) * cos(radians(lon)), "
    "6378168 * cos(radians(lat)) * sin(radians(lon)), 6378168 * sin(radians(lat))])"
)


# The party of a need for a roof: all three or none, and together its size.
PARTY = (
    "party_women IS NULL AND party_men IS NULL AND party_children IS NULL "
    "OR party_women >= 0 AND party_men >= 0 AND party_children >= 0 "
    "AND party_women + party_men + party_children = places"
)
# What a household is and accepts is said by who verified it, never by the host.
CLAIMS = (
    f"kind = 'need' OR category NOT IN ({HOSTING}) OR adopted_at IS NOT NULL "
    f"OR (features & {int(HOUSEHOLDS)}) = 0 AND accepts = 0"
)
NEVER_ACCEPTED = int(NEVER)


class Cube(UserDefinedType[str]):
    """A point of PostgreSQL's cube extension, written as text."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "cube"


class Post(Base):
    __tablename__ = "post"
    __table_args__ = (
        CheckConstraint("kind IN ('need', 'offer')", name="kind"),
        CheckConstraint("places BETWEEN 1 AND 500", name="places"),
        CheckConstraint("taken BETWEEN 0 AND places", name="taken"),
        CheckConstraint("urgency BETWEEN 0 AND 2", name="urgency"),
        CheckConstraint("radius_km BETWEEN 0 AND 200", name="radius"),
        CheckConstraint("(client_id IS NULL) OR (organisation_id IS NOT NULL)", name="client"),
        CheckConstraint("withdrawn_at IS NULL OR withdrawn_at >= published_at", name="withdrawn"),
        CheckConstraint(PARTY, name="party"),
        CheckConstraint(CLAIMS, name="claims"),
        CheckConstraint(f"(accepts & {NEVER_ACCEPTED}) = 0", name="accepts"),
        Index(
            "ix_post_open_offer",
            "category",
            "pos",
            postgresql_using="gist",
            postgresql_where=text("kind = 'offer' AND is_open"),
        ),
        Index(
            "ix_post_open_need",
            "category",
            "pos",
            postgresql_using="gist",
            postgresql_where=text("kind = 'need' AND is_open"),
        ),
        Index(
            "ix_post_newest",
            "kind",
            "category",
            text("published_at DESC"),
            text("id DESC"),
            postgresql_where=text("is_listed"),
        ),
        Index(
            "ix_post_newest_any",
            "kind",
            text("published_at DESC"),
            text("id DESC"),
            postgresql_where=text("is_listed"),
        ),
        Index(
            "ix_post_cell",
            "kind",
            "lat",
            "lon",
            text("published_at DESC"),
            text("id DESC"),
            postgresql_where=text("is_listed"),
        ),
        Index(
            "ix_post_cell_category",
            "kind",
            "category",
            "lat",
            "lon",
            text("published_at DESC"),
            text("id DESC"),
            postgresql_where=text("is_listed"),
        ),
        Index(
            "ix_post_languages",
            "languages",
            postgresql_using="gin",
            postgresql_where=text("is_listed"),
        ),
        Index(
            "ix_post_remote",
            "kind",
            "category",
            text("published_at DESC"),
            text("id DESC"),
            postgresql_where=text("is_open AND remote"),
        ),
        Index("ix_post_room", "kind", text("(places - taken)"), postgresql_where=text("is_listed")),
        Index("ix_post_ends", "ends_at", postgresql_where=text("is_open")),
        {"comment": "A need or an offer of help."},
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(12), unique=True, comment="Short opaque public code.")
    kind: Mapped[str] = mapped_column(String(5), comment="need or offer.")
    category: Mapped[int] = mapped_column(SmallInteger, comment="Number in the taxonomy.")
    author_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, comment="Who wrote it, for whomever."
    )
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id"), index=True, comment="In whose name, if an organisation's."
    )
    client_id: Mapped[int | None] = mapped_column(
        ForeignKey("client.id"), index=True, comment="For which client, known to it alone."
    )
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    lat: Mapped[float] = mapped_column(Double, comment="Centre of the public cell.")
    lon: Mapped[float] = mapped_column(Double, comment="Centre of the public cell.")
    pos: Mapped[str] = mapped_column(Cube(), Computed(POSITION, persisted=True), deferred=True)
    note: Mapped[str] = mapped_column(String(280), server_default="", comment="Own words.")
    note_language: Mapped[str] = mapped_column(String(3), comment="Language of the note.")
    note_reason: Mapped[str | None] = mapped_column(
        String(200), comment="Why words that tell much of somebody stay."
    )
    languages: Mapped[list[str]] = mapped_column(ARRAY(String(3)), comment="Spoken, best first.")
    interpreter: Mapped[bool] = mapped_column(
        Boolean, server_default=text("false"), comment="Another language works: one interprets."
    )
    radius_km: Mapped[float] = mapped_column(Double, comment="How far, cell to cell.")
    remote: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), comment="By phone.")
    places: Mapped[int] = mapped_column(Integer, comment="Offer: room for; need: party size.")
    taken: Mapped[int] = mapped_column(
        Integer, server_default="0", comment="Units promised; of a recurring offer always 0."
    )
    unit: Mapped[str] = mapped_column(String(8), comment="persons, items, visits, seats.")
    exclusive: Mapped[bool] = mapped_column(
        Boolean, server_default=text("false"), comment="One party at a time."
    )
    urgency: Mapped[int] = mapped_column(SmallInteger, comment="0 flexible, 1 this week, 2 today.")
    latest_by: Mapped[date | None] = mapped_column(Date, comment="Useless after this day.")
    required: Mapped[int] = mapped_column(
        Integer, server_default="0", comment="Need: features that must be there (rules.Feature)."
    )
    wished: Mapped[int] = mapped_column(
        Integer, server_default="0", comment="Need: features that would be good."
    )
    features: Mapped[int] = mapped_column(
        Integer, server_default="0", comment="Offer: features that are there."
    )
    party_women: Mapped[int | None] = mapped_column(SmallInteger, comment="Of who needs a roof.")
    party_men: Mapped[int | None] = mapped_column(SmallInteger, comment="Of who needs a roof.")
    party_children: Mapped[int | None] = mapped_column(SmallInteger, comment="With a parent.")
    profile: Mapped[int] = mapped_column(
        Integer, server_default="0", comment="Need: who comes (rules.Guests); all must be accepted."
    )
    accepts: Mapped[int] = mapped_column(
        Integer, server_default="0", comment="Hosting offer: whom the verifier lets come."
    )
    insured_by: Mapped[str | None] = mapped_column(String(120), comment="Insurer of volunteers.")
    recurring: Mapped[bool] = mapped_column(
        Boolean, server_default=text("false"), comment="Has a window with a recurrence rule."
    )
    published_at: Mapped[Moment | None] = mapped_column(comment="On show since.")
    read_back_at: Mapped[Moment | None] = mapped_column(
        comment="A client heard the words as they stand; an edit voids it."
    )
    confirmed_at: Mapped[Moment | None] = mapped_column(comment="Last 'still there'.")
    asked_at: Mapped[Moment | None] = mapped_column(comment="'Still there?' sent, unanswered.")
    paused_at: Mapped[Moment | None] = mapped_column(comment="Resting; comes back on one tap.")
    withdrawn_at: Mapped[Moment | None] = mapped_column(comment="Taken back by its author.")
    expired_at: Mapped[Moment | None] = mapped_column(comment="Ended by time.")
    fulfilled_at: Mapped[Moment | None] = mapped_column(comment="The help happened.")
    held_at: Mapped[Moment | None] = mapped_column(comment="Held by a moderator.")
    adopted_at: Mapped[Moment | None] = mapped_column(
        comment="Hosting: an organisation vouches for the need or has verified the offer."
    )
    adopted_by: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    vouched_by: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), comment="The worker who vouches by name."
    )
    checked_until: Mapped[Moment | None] = mapped_column(
        comment="Hosting offer: until when its verification holds."
    )
    attested_at: Mapped[Moment | None] = mapped_column(
        comment="Offer of a visit: somebody stands up for the helper since."
    )
    asked_offer_id: Mapped[int | None] = mapped_column(
        ForeignKey("post.id", ondelete="SET NULL"), comment="Need: the offer it was written for."
    )
    waiting_since: Mapped[Moment | None] = mapped_column(comment="Kept when a need reopens.")
    ends_at: Mapped[Moment] = mapped_column(comment="Expires then unless extended.")
    version: Mapped[int] = mapped_column(Integer, server_default="1", comment="Rises on each edit.")
    is_open: Mapped[bool] = mapped_column(Boolean, Computed(OPEN, persisted=True))
    is_listed: Mapped[bool] = mapped_column(Boolean, Computed(LISTED, persisted=True))
    created_at: Mapped[Now]
    author: Mapped[Person] = relationship(lazy="raise", foreign_keys=[author_id])
    voucher: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[vouched_by])
    organisation: Mapped[Organisation | None] = relationship(
        lazy="raise", foreign_keys=[organisation_id]
    )
    adopter: Mapped[Organisation | None] = relationship(lazy="raise", foreign_keys=[adopted_by])
    client: Mapped[Client | None] = relationship(lazy="raise")
    place: Mapped[Place] = relationship(lazy="raise")

    @property
    def facts(self) -> PostFacts:
        """What the rules decide from."""
        return PostFacts(
            kind=PostKind(self.kind),
            category=self.category,
            author_id=self.author_id,
            organisation_id=self.organisation_id,
            places=self.places,
            taken=self.taken,
            exclusive=self.exclusive,
            recurring=self.recurring,
            published_at=self.published_at,
            adopted_at=self.adopted_at,
            paused_at=self.paused_at,
            held_at=self.held_at,
            attested_at=self.attested_at,
            withdrawn_at=self.withdrawn_at,
            expired_at=self.expired_at,
            fulfilled_at=self.fulfilled_at,
        )

    @property
    def status(self) -> PostStatus:
        return status(self)

    @property
    def address(self) -> str:
        """The path of its page after the language: offers/abc or needs/abc."""
        return f"{self.kind}s/{self.code}"


class PostWindow(Base):
    __tablename__ = "post_window"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        {"comment": "When a post can happen; a post without windows can happen any time."},
    )

    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[Moment] = mapped_column(comment="Start, or start of the first occurrence.")
    ends_at: Mapped[Moment] = mapped_column(comment="End, or end of the first occurrence.")
    rule: Mapped[str | None] = mapped_column(String(200), comment="RRULE in local time, if any.")

    @property
    def window(self) -> Window:
        return Window(self.starts_at, self.ends_at, self.rule)


class Occurrence(Base):
    __tablename__ = "post_occurrence"
    __table_args__ = (
        CheckConstraint("taken BETWEEN 0 AND places", name="taken"),
        {"comment": "Units promised of a recurring offer on one day."},
    )

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(Date, primary_key=True, comment="Local day.")
    places: Mapped[int] = mapped_column(Integer, comment="Room on that day.")
    taken: Mapped[int] = mapped_column(Integer, comment="Units promised.")


class Draft(Base):
    __tablename__ = "draft"
    __table_args__ = (
        CheckConstraint("kind IN ('need', 'offer')", name="kind"),
        {"comment": "A form half filled in: kept on the server, resumed by link."},
    )

    id: Mapped[Id]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True, comment="SHA-256.")
    kind: Mapped[str] = mapped_column(String(5), comment="need or offer.")
    answers: Mapped[str] = mapped_column(
        Encrypted("draft"),
        comment="By step, as typed; sealed, for it holds contacts and addresses.",
    )
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, comment="Once known."
    )
    post_id: Mapped[int | None] = mapped_column(
        ForeignKey("post.id", ondelete="SET NULL"), index=True, comment="What it became."
    )
    expires_at: Mapped[datetime] = mapped_column(
        server_default=func.now() + text("interval '14 days'"), comment="Forgotten then."
    )
    created_at: Mapped[Now]


class ImportedRow(Base):
    __tablename__ = "imported_row"
    __table_args__ = (
        ForeignKeyConstraint(["post_id"], ["post.id"], ondelete="CASCADE"),
        {"comment": "Rows of spreadsheets already imported, so that nothing enters twice."},
    )

    fingerprint: Mapped[bytes] = mapped_column(
        LargeBinary, primary_key=True, comment="SHA-256 of the row's normalised values."
    )
    post_id: Mapped[int] = mapped_column(BigInteger, comment="What it became.")
    created_at: Mapped[Now]
