"""Who looked at a client's file, and what of it: written as it happens."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Id, Now


class AccessEntry(Base):
    __tablename__ = "client_access"
    __table_args__ = (
        Index("ix_client_access_organisation", "organisation_id", "id"),
        Index("ix_client_access_worker", "worker_id", "seen_at"),
        {"comment": "Each look at a client's file, for the organisation's lead."},
    )

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), comment="Whose client it was then."
    )
    client_id: Mapped[int] = mapped_column(
        ForeignKey("client.id", ondelete="CASCADE"), index=True, comment="Whose file."
    )
    worker_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), comment="Who looked."
    )
    what: Mapped[str] = mapped_column(String(20), comment="A member of rules.Viewed.")
    seen_at: Mapped[Now] = mapped_column(index=True)


class AccessAlarm(Base):
    __tablename__ = "client_access_alarm"
    __table_args__ = (
        Index("ix_client_access_alarm_organisation", "organisation_id", "raised_at"),
        {"comment": "Somebody looked at many files within an hour; the lead was told."},
    )

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), comment="Whose clients."
    )
    worker_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), comment="Who looked."
    )
    raised_at: Mapped[Now]
