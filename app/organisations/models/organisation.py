"""An organisation that works here in its own name."""

from datetime import date

from sqlalchemy import Date, ForeignKey, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Id, Moment, Now


class Organisation(Base):
    __tablename__ = "organisation"
    __table_args__ = ({"comment": "A social organisation that works here in its own name."},)

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(12), unique=True, comment="Short opaque public code.")
    name: Mapped[str] = mapped_column(String(120), comment="Legal name.")
    kind: Mapped[str] = mapped_column(String(30), comment="A member of rules.OrganisationKind.")
    enterprise_number: Mapped[str | None] = mapped_column(String(12), comment="Belgian number.")
    phone: Mapped[str] = mapped_column(String(20), comment="Public phone of the desk.")
    desk: Mapped[str] = mapped_column(String(200), comment="Public desk address and hours.")
    hours: Mapped[str | None] = mapped_column(String(200), comment="When the desk is open.")
    area: Mapped[list[str]] = mapped_column(
        ARRAY(String(5)),
        server_default=text("'{}'"),
        comment="Municipalities served, by NIS code; empty means everywhere.",
    )
    languages: Mapped[list[str]] = mapped_column(ARRAY(String(3)), comment="Spoken at the desk.")
    insured_until: Mapped[date | None] = mapped_column(Date, comment="Civil-liability insurance.")
    insurance_warned: Mapped[date | None] = mapped_column(
        Date, comment="The end that its leads were warned of."
    )
    applied_by: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), comment="Who asked to join."
    )
    applied_at: Mapped[Now]
    verified_at: Mapped[Moment | None] = mapped_column(comment="Checked by a moderator.")
    refused_at: Mapped[Moment | None] = mapped_column(comment="Not admitted.")
    suspended_at: Mapped[Moment | None] = mapped_column(comment="Stopped for now.")
    closed_at: Mapped[Moment | None] = mapped_column(comment="Ended.")
