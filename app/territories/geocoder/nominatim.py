"""The optional geocoder: a Nominatim server, asked at most once a second by each process.

Answers name the municipality and the postcode only; the street stays in the person's own words.
They are remembered in memory alone, so that no table holds what people asked.
"""

import asyncio
from collections.abc import Sequence

from geopy.adapters import AioHTTPAdapter  # type: ignore[import-untyped]  # ships no types
from geopy.exc import GeopyError  # type: ignore[import-untyped]
from geopy.geocoders import Nominatim  # type: ignore[import-untyped]
from geopy.location import Location  # type: ignore[import-untyped]

from app.territories.geocoder.port import FoundPlace, GeocoderUnavailableError, Precision
from app.territories.geocoder.shipped import municipality_of
from app.territories.geocoder.wording import postcodes_in

MOST_ANSWERS = 5
LONGEST_QUESTION = 200
MOST_REMEMBERED = 5_000


class NominatimGeocoder:
    """Belgian addresses from one server; `find` raises GeocoderUnavailableError."""

    def __init__(
        self,
        *,
        domain: str,
        user_agent: str,
        scheme: str = "https",
        timeout_seconds: float = 5.0,
        seconds_between: float = 1.0,
    ) -> None:
        self._domain = domain
        self._scheme = scheme
        self._user_agent = user_agent
        self._timeout = timeout_seconds
        self._seconds_between = seconds_between
        self._turn = asyncio.Lock()
        self._last_asked = float("-inf")
        self._remembered: dict[tuple[str, str], list[FoundPlace]] = {}

    async def find(self, text: str, language: str) -> list[FoundPlace]:
        question = " ".join(text.replace("\0", " ").split())[:LONGEST_QUESTION]
        question = question.encode("utf-8", "ignore").decode("utf-8")  # lone surrogates
        if not question:
            return []
        asked = question.casefold(), language
        async with self._turn:
            if asked in self._remembered:
                return list(self._remembered[asked])
            await self._wait()
            try:
                answers = await self._ask(question, language)
                places = [place for answer in answers if (place := _place(answer))]
            except (GeopyError, ValueError, TypeError, AttributeError, KeyError) as failure:
                raise GeocoderUnavailableError from failure
        return self._remember(asked, list(dict.fromkeys(places)))

    def _remember(self, asked: tuple[str, str], places: list[FoundPlace]) -> list[FoundPlace]:
        """Keep an answer; the oldest question makes room."""
        if len(self._remembered) >= MOST_REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        self._remembered[asked] = places
        return list(places)

    async def _wait(self) -> None:
        """Sleep until the server may be asked again; the caller holds the turn."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, self._last_asked + self._seconds_between - loop.time()))
        self._last_asked = loop.time()

    async def _ask(self, question: str, language: str) -> Sequence[Location]:
        async with Nominatim(
            user_agent=self._user_agent,
            domain=self._domain,
            scheme=self._scheme,
            timeout=self._timeout,
            adapter_factory=AioHTTPAdapter,
        ) as server:
            answers: Sequence[Location] | None = await server.geocode(
                question,
                exactly_one=False,
                limit=MOST_ANSWERS,
                addressdetails=True,
                country_codes="be",
                language=language,
            )
        return answers or []


def _place(answer: Location) -> FoundPlace | None:
    """None outside the municipalities we know."""
    around = municipality_of(answer.latitude, answer.longitude)
    if around is None:
        return None
    details = answer.raw.get("address", {})
    return FoundPlace(
        label_fr=around.name_fr,
        label_nl=around.name_nl,
        postcode=_postcode(details),
        municipality_nis=around.nis,
        lat=answer.latitude,
        lon=answer.longitude,
        precision=_precision(details),
    )


def _postcode(details: dict[str, str]) -> str | None:
    postcodes = postcodes_in(details.get("postcode", ""))
    return postcodes[0] if postcodes else None


def _precision(details: dict[str, str]) -> Precision:
    if "road" in details or "house_number" in details:
        return Precision.ADDRESS
    if {"suburb", "village", "hamlet", "neighbourhood", "quarter"} & details.keys():
        return Precision.PLACE
    return Precision.POSTCODE if "postcode" in details else Precision.MUNICIPALITY
