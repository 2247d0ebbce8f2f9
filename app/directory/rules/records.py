"""Records of the Human Services Data Specification 3.0, field by field, and how they are paged."""

from collections.abc import Sequence
from typing import Generic, TypeVar

import msgspec

PER_PAGE = 50
MOST_PER_PAGE = 500

T = TypeVar("T")


class Record(msgspec.Struct, omit_defaults=True):
    """Absent fields are left out, as the specification asks."""

    id: str


class Language(Record):
    name: str
    code: str


class Phone(Record):
    number: str
    type: str = "voice"
    languages: list[Language] = []


class Schedule(Record):
    description: str


class ServiceArea(Record):
    name: str


class Taxonomy(Record):
    name: str
    description: str
    uri: str = ""


class TaxonomyTerm(Record):
    code: str
    name: str
    description: str
    taxonomy: str
    taxonomy_detail: Taxonomy
    taxonomy_id: str
    parent_id: str = ""
    language: str = ""


class Attribute(Record):
    link_id: str
    link_type: str
    link_entity: str
    taxonomy_term_id: str
    taxonomy_term: TaxonomyTerm


class Location(Record):
    location_type: str
    name: str
    description: str
    organization_id: str
    languages: list[Language] = []
    phones: list[Phone] = []


class ServiceAtLocation(Record):
    service_id: str
    location_id: str
    description: str
    location: Location
    phones: list[Phone] = []
    schedules: list[Schedule] = []


class Organization(Record):
    name: str
    description: str
    website: str
    uri: str = ""
    phones: list[Phone] = []
    locations: list[Location] = []


class Service(Record):
    organization_id: str
    name: str
    description: str
    url: str
    status: str
    organization: Organization
    assured_date: str = ""
    fees_description: str = ""
    phones: list[Phone] = []
    languages: list[Language] = []
    schedules: list[Schedule] = []
    service_areas: list[ServiceArea] = []
    service_at_locations: list[ServiceAtLocation] = []
    attributes: list[Attribute] = []


class Page(msgspec.Struct, Generic[T]):
    """One page of records, as HSDS pages them."""

    total_items: int
    total_pages: int
    page_number: int
    size: int
    first_page: bool
    last_page: bool
    empty: bool
    contents: list[T]


class About(msgspec.Struct):
    version: str
    profile: str
    openapi_url: str


def paged(found: Sequence[T], page: int, per_page: int) -> Page[T]:
    """A page beyond the last is empty."""
    per_page = min(max(1, per_page), MOST_PER_PAGE)
    pages = -(-len(found) // per_page)
    contents = list(found[(page - 1) * per_page : page * per_page])
    return Page(
        total_items=len(found),
        total_pages=pages,
        page_number=page,
        size=len(contents),
        first_page=page == 1,
        last_page=page >= pages,
        empty=not contents,
        contents=contents,
    )
