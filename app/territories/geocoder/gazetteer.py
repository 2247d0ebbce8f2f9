"""The default geocoder: offline, from the shipped data, in the scripts people type.

A known postcode decides; then a name that stands alone between commas or numbers; then names
that begin so; only then guesses, marked as such, for "did you mean".
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import lru_cache

from app.territories.geocoder import shipped
from app.territories.geocoder.port import FoundPlace, Precision
from app.territories.geocoder.wording import postcodes_in, runs, segments, spellings

MOST_ANSWERS = 10
SHORTEST_BEGINNING = 2
SHORTEST_GUESS = 3
LIKENESS = 0.76
BRUSSELS_CITY = "21004"
BRUSSELS_REGION = "21"


@dataclass(frozen=True, slots=True)
class _Entry:
    place: FoundPlace
    names: tuple[str, ...]
    other_names: tuple[str, ...]
    inhabitants: int


@dataclass(slots=True)
class _Index:
    """Names point to entries, most inhabitants first."""

    by_postcode: dict[str, FoundPlace] = field(default_factory=dict)
    by_name: dict[str, list[FoundPlace]] = field(default_factory=dict)
    by_other_name: dict[str, list[FoundPlace]] = field(default_factory=dict)
    beginnings: list[tuple[str, FoundPlace]] = field(default_factory=list)
    later_words: list[tuple[str, FoundPlace]] = field(default_factory=list)

    def named(self, text: str) -> list[FoundPlace]:
        for names in (self.by_name, self.by_other_name):
            for spelling in spellings(text):
                if spelling in names:
                    return names[spelling]
        return []


class Gazetteer:
    """Finds the shipped places; never waits and never fails."""

    async def find(self, text: str, language: str) -> list[FoundPlace]:  # noqa: ARG002  (the port)
        return find_places(text)


def find_places(text: str) -> list[FoundPlace]:
    """The same answer for code that does not wait."""
    index = _index()
    by_postcode = next(
        (index.by_postcode[c] for c in reversed(postcodes_in(text)) if c in index.by_postcode), None
    )
    parts = segments(text)
    named = _named(index, parts)
    if by_postcode is not None:
        return _agreed(by_postcode, named)
    found = named or _beginning(index, " ".join(reversed(parts))) or _guessed(index, parts)
    return found[:MOST_ANSWERS]


def _agreed(by_postcode: FoundPlace, named: list[FoundPlace]) -> list[FoundPlace]:
    """The postcode, unless the name says another town: then both, and the person chooses."""
    nis = by_postcode.municipality_nis
    agreeing = {nis, BRUSSELS_CITY} if nis.startswith(BRUSSELS_REGION) else {nis}
    if not named or any(place.municipality_nis in agreeing for place in named):
        return [by_postcode]
    return [*named[: MOST_ANSWERS - 1], by_postcode]


def _named(index: _Index, parts: list[str]) -> list[FoundPlace]:
    """A place whose name is the whole text or one part of it."""
    whole = " ".join(reversed(parts))
    for text in (whole, *parts):
        if found := index.named(text):
            return found
    return []


def _beginning(index: _Index, text: str) -> list[FoundPlace]:
    if len(text) < SHORTEST_BEGINNING:
        return []
    found: dict[FoundPlace, None] = {}
    for names in (index.beginnings, index.later_words):
        for spelling in spellings(text):
            found.update(dict.fromkeys(_starting_with(names, spelling)))
    return list(found)


def _starting_with(names: list[tuple[str, FoundPlace]], start: str) -> Iterator[FoundPlace]:
    position = bisect_left(names, start, key=lambda named: named[0])
    while position < len(names) and names[position][0].startswith(start):
        yield names[position][1]
        position += 1


def _guessed(index: _Index, parts: list[str]) -> list[FoundPlace]:
    """A known name inside a street's name, or names spelled nearly so."""
    found: dict[FoundPlace, None] = {}
    for part in parts:
        for run in runs(part):
            if len(run) >= SHORTEST_GUESS and run in index.by_name:
                found.update(dict.fromkeys(index.by_name[run]))
    for part in () if found else parts:
        if len(part) < SHORTEST_GUESS:
            continue
        likely = [name for name in index.by_name if abs(len(name) - len(part)) <= SHORTEST_GUESS]
        for name in get_close_matches(part, likely, n=MOST_ANSWERS // 2, cutoff=LIKENESS):
            found.update(dict.fromkeys(index.by_name[name]))
    return [replace(place, guess=True) for place in found]


@lru_cache(maxsize=1)
def _index() -> _Index:
    index = _Index(by_postcode=_postcodes())
    communes = {row["nis"]: row for row in shipped.rows("brussels_communes.csv")}
    places = list(shipped.rows("belgium_places.csv"))
    entries = [
        *_communes(communes, places),
        *_sections(index.by_postcode, communes),
        *_places(places, communes),
    ]
    known = {(entry.place.municipality_nis, name) for entry in entries for name in entry.names}
    entries += _municipalities_left(known)
    for entry in sorted(entries, key=lambda entry: -entry.inhabitants):
        _enter(index, entry)
    index.beginnings.sort(key=lambda named: named[0])
    index.later_words.sort(key=lambda named: named[0])
    return index


def _enter(index: _Index, entry: _Entry) -> None:
    for name in _spelled(entry.names):
        index.by_name.setdefault(name, []).append(entry.place)
        index.beginnings.append((name, entry.place))
        words = name.split()
        for start in range(1, len(words)):
            index.later_words.append((" ".join(words[start:]), entry.place))
    for name in _spelled(entry.other_names):
        index.by_other_name.setdefault(name, []).append(entry.place)


def _spelled(names: Iterable[str]) -> dict[str, None]:
    """Every way to write the names; what stands in brackets only tells namesakes apart."""
    bare = (name.partition(" (")[0] for name in names)
    return dict.fromkeys(spelling for name in bare for spelling in spellings(name))


def _postcodes() -> dict[str, FoundPlace]:
    return {
        row["postcode"]: FoundPlace(
            label_fr=row["name_fr"],
            label_nl=row["name_nl"],
            postcode=row["postcode"],
            municipality_nis=row["nis"],
            lat=float(row["latitude"]),
            lon=float(row["longitude"]),
            precision=Precision.POSTCODE,
        )
        for row in shipped.rows("postcodes.csv")
    }


def _communes(
    communes: dict[str, dict[str, str]], places: list[dict[str, str]]
) -> Iterator[_Entry]:
    """The hand-checked communes of Brussels, which also answer to GeoNames' spellings."""
    geonames: dict[str, list[str]] = {}
    for row in places:
        geonames.setdefault(row["nis"], []).extend([row["name"], *_split(row["alternate_names"])])
    for nis, row in communes.items():
        postcodes = _split(row["postcodes"])
        place = FoundPlace(
            label_fr=row["name_fr"],
            label_nl=row["name_nl"],
            postcode=postcodes[0] if len(postcodes) == 1 else None,
            municipality_nis=nis,
            lat=float(row["latitude"]),
            lon=float(row["longitude"]),
            precision=Precision.MUNICIPALITY,
        )
        names = (row["name_fr"], row["name_nl"], *_split(row["alternate_names"]))
        yield _Entry(place, names, tuple(geonames.get(nis, ())), int(row["inhabitants"]))


def _sections(
    postcodes: dict[str, FoundPlace], communes: dict[str, dict[str, str]]
) -> Iterator[_Entry]:
    """Former communes inside the City of Brussels, known by their own postcode."""
    for place in postcodes.values():
        commune = communes.get(place.municipality_nis)
        if commune and commune["name_fr"] != place.label_fr:
            yield _Entry(place, (place.label_fr, place.label_nl), (), 0)


def _places(places: list[dict[str, str]], communes: dict[str, dict[str, str]]) -> Iterator[_Entry]:
    municipalities = shipped.municipalities()
    for row in places:
        if row["nis"] in communes:
            continue
        around = municipalities[row["nis"]]
        is_municipality = row["name_fr"] == around.name_fr and row["name_nl"] == around.name_nl
        place = FoundPlace(
            label_fr=row["name_fr"] if is_municipality else f"{row['name_fr']} ({around.name_fr})",
            label_nl=row["name_nl"] if is_municipality else f"{row['name_nl']} ({around.name_nl})",
            postcode=None,
            municipality_nis=row["nis"],
            lat=float(row["latitude"]),
            lon=float(row["longitude"]),
            precision=Precision.MUNICIPALITY if is_municipality else Precision.PLACE,
        )
        names = (row["name"], row["name_fr"], row["name_nl"])
        others = tuple(_split(row["alternate_names"]))
        yield _Entry(place, names, others, int(row["population"]))


def _municipalities_left(known: set[tuple[str, str]]) -> Iterator[_Entry]:
    """Municipalities that no populated place is named after."""
    for nis, town in shipped.municipalities().items():
        if (nis, town.name_fr) not in known and (nis, town.name_nl) not in known:
            place = FoundPlace(
                label_fr=town.name_fr,
                label_nl=town.name_nl,
                postcode=None,
                municipality_nis=nis,
                lat=town.lat,
                lon=town.lon,
                precision=Precision.MUNICIPALITY,
            )
            yield _Entry(place, (town.name_fr, town.name_nl), (), 0)


def _split(cell: str) -> list[str]:
    return cell.split("|") if cell else []
