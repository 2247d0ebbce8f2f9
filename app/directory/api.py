"""The directory for programs, at the addresses that HSDS 3.0 names."""

from collections.abc import Sequence
from typing import Annotated, Any, TypeVar
from uuid import UUID

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler

from app.db import ReadSession
from app.directory import queries
from app.directory.rules import (
    MOST_PER_PAGE,
    PER_PAGE,
    About,
    Directory,
    Organization,
    Page,
    Record,
    Service,
    ServiceAtLocation,
    Taxonomy,
    TaxonomyTerm,
    paged,
)
from app.errors import NotFoundError
from app.web.access import PUBLIC
from app.web.api import PageNumber

ROOT = "/api/hsds/v3"
Browser = Request[Any, Any, Any]
PageSize = Annotated[int, QueryParameter(ge=1, le=MOST_PER_PAGE)]
R = TypeVar("R", bound=Record)


async def _read(request: Browser, reader: ReadSession) -> Directory:
    return await queries.directory(reader, request.app.state.settings.public_url)


def _one(found: Sequence[R], wanted: UUID) -> R:
    record = next((one for one in found if one.id == str(wanted)), None)
    if record is None:
        raise NotFoundError("There is no such record.")
    return record


@get(ROOT, opt=PUBLIC)
async def about(request: Browser) -> About:
    public_url = request.app.state.settings.public_url
    return About(
        version="3.0",
        profile="https://docs.openreferral.org/en/v3.0.1/hsds/",
        openapi_url=f"{public_url}/api/v1/schema/openapi.json",
    )


@get(f"{ROOT}/services", opt=PUBLIC)
async def services(
    request: Browser,
    reader: NamedDependency[ReadSession],
    page: FromQuery[PageNumber] = 1,
    per_page: FromQuery[PageSize] = PER_PAGE,
    organization_id: FromQuery[UUID | None] = None,
) -> Page[Service]:
    found: Sequence[Service] = (await _read(request, reader)).services
    if organization_id:
        found = [one for one in found if one.organization_id == str(organization_id)]
    return paged(found, page, per_page)


@get(f"{ROOT}/services/{{number:uuid}}", opt=PUBLIC)
async def service(
    request: Browser, reader: NamedDependency[ReadSession], number: FromPath[UUID]
) -> Service:
    return _one((await _read(request, reader)).services, number)


@get(f"{ROOT}/organizations", opt=PUBLIC)
async def organizations(
    request: Browser,
    reader: NamedDependency[ReadSession],
    page: FromQuery[PageNumber] = 1,
    per_page: FromQuery[PageSize] = PER_PAGE,
) -> Page[Organization]:
    return paged((await _read(request, reader)).organizations, page, per_page)


@get(f"{ROOT}/organizations/{{number:uuid}}", opt=PUBLIC)
async def organization(
    request: Browser, reader: NamedDependency[ReadSession], number: FromPath[UUID]
) -> Organization:
    return _one((await _read(request, reader)).organizations, number)


@get(f"{ROOT}/service_at_locations", opt=PUBLIC)
async def service_at_locations(
    request: Browser,
    reader: NamedDependency[ReadSession],
    page: FromQuery[PageNumber] = 1,
    per_page: FromQuery[PageSize] = PER_PAGE,
) -> Page[ServiceAtLocation]:
    return paged((await _read(request, reader)).service_at_locations, page, per_page)


@get(f"{ROOT}/service_at_locations/{{number:uuid}}", opt=PUBLIC)
async def service_at_location(
    request: Browser, reader: NamedDependency[ReadSession], number: FromPath[UUID]
) -> ServiceAtLocation:
    return _one((await _read(request, reader)).service_at_locations, number)


@get(f"{ROOT}/taxonomies", opt=PUBLIC)
async def taxonomies(
    request: Browser,
    reader: NamedDependency[ReadSession],
    page: FromQuery[PageNumber] = 1,
    per_page: FromQuery[PageSize] = PER_PAGE,
) -> Page[Taxonomy]:
    return paged((await _read(request, reader)).taxonomies, page, per_page)


@get(f"{ROOT}/taxonomies/{{number:uuid}}", opt=PUBLIC)
async def taxonomy(
    request: Browser, reader: NamedDependency[ReadSession], number: FromPath[UUID]
) -> Taxonomy:
    return _one((await _read(request, reader)).taxonomies, number)


@get(f"{ROOT}/taxonomy_terms", opt=PUBLIC)
async def taxonomy_terms(
    request: Browser,
    reader: NamedDependency[ReadSession],
    page: FromQuery[PageNumber] = 1,
    per_page: FromQuery[PageSize] = PER_PAGE,
    taxonomy_id: FromQuery[UUID | None] = None,
) -> Page[TaxonomyTerm]:
    found: Sequence[TaxonomyTerm] = (await _read(request, reader)).taxonomy_terms
    if taxonomy_id:
        found = [one for one in found if one.taxonomy_id == str(taxonomy_id)]
    return paged(found, page, per_page)


@get(f"{ROOT}/taxonomy_terms/{{number:uuid}}", opt=PUBLIC)
async def taxonomy_term(
    request: Browser, reader: NamedDependency[ReadSession], number: FromPath[UUID]
) -> TaxonomyTerm:
    return _one((await _read(request, reader)).taxonomy_terms, number)


handlers: list[ControllerRouterHandler] = [
    about,
    services,
    service,
    organizations,
    organization,
    service_at_locations,
    service_at_location,
    taxonomies,
    taxonomy,
    taxonomy_terms,
    taxonomy_term,
]
