"""Places for programs: words in, cells and municipalities out."""

from typing import Annotated, Any

import msgspec
from litestar import Request, get
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler

from app.i18n import current_language
from app.territories import queries
from app.territories.forms import place_id
from app.territories.geocoder.port import FoundPlace, Precision
from app.web.access import PUBLIC

Words = Annotated[str, QueryParameter(name="q", max_length=200)]


class PlaceFound(msgspec.Struct):
    """`id` may be sent back as the place of a post; `guess` where nothing matched exactly."""

    id: str
    label: str
    nis: str
    postcode: str | None
    precision: Precision
    guess: bool


class PlacesFound(msgspec.Struct):
    items: list[PlaceFound]


@get("/api/v1/places", opt=PUBLIC, summary="Places that words may mean")
async def find_places(request: Request[Any, Any, Any], q: Words = "") -> PlacesFound:
    found = await queries.find_places(request.app.state.geocoder, q, current_language())
    return PlacesFound([_shown(one) for one in found])


def _shown(found: FoundPlace) -> PlaceFound:
    return PlaceFound(
        id=place_id(found),
        label=found.label(current_language()),
        nis=found.municipality_nis,
        postcode=found.postcode,
        precision=found.precision,
        guess=found.guess,
    )


handlers: list[ControllerRouterHandler] = [find_places]
