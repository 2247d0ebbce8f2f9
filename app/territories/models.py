"""Places: the public cell of about one kilometre; apart and encrypted, the exact address."""

from sqlalchemy import Double, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.crypto import Encrypted
from app.db import Base, Id, Now


class Place(Base):
    __tablename__ = "place"
    __table_args__ = (
        {"comment": "A place as everybody may know it: a fixed grid cell and its municipality."},
    )

    id: Mapped[Id]
    owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, comment="Who saved it."
    )
    cell_row: Mapped[int] = mapped_column(Integer, comment="Row of the fixed grid.")
    cell_column: Mapped[int] = mapped_column(Integer, comment="Column within the row.")
    lat: Mapped[float] = mapped_column(Double, comment="Latitude of the cell's centre, degrees.")
    lon: Mapped[float] = mapped_column(Double, comment="Longitude of the cell's centre, degrees.")
    postcode: Mapped[str | None] = mapped_column(String(4), comment="Belgian postcode, if known.")
    nis: Mapped[str] = mapped_column(String(5), comment="Municipality, by its NIS code.")
    name_fr: Mapped[str] = mapped_column(String(80), comment="Municipality in French.")
    name_nl: Mapped[str] = mapped_column(String(80), comment="Municipality in Dutch.")
    created_at: Mapped[Now]


class ExactPlace(Base):
    __tablename__ = "place_exact"
    __table_args__ = ({"comment": "The address itself: read by its owner and after release."},)

    place_id: Mapped[int] = mapped_column(
        ForeignKey("place.id", ondelete="CASCADE"), primary_key=True, comment="Whose address."
    )
    address: Mapped[str] = mapped_column(Encrypted("place"), comment="As typed, encrypted.")


class HomePlace(Base):
    __tablename__ = "home_place"
    __table_args__ = ({"comment": "The place a person starts from, to prefill forms."},)

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, comment="Whose home."
    )
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"), index=True)
