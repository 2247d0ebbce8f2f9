"""How organisations and offers become records of a directory.

- Ids are made from our public addresses: the same thing keeps its id, here and in every copy.
- A service is the desk of an organisation, or one of its open offers; only a desk has a place.
- Kinds of help that must not be told apart go out as their group, as on our pages.
- Nothing costs anything, and no field says who may not come.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import NAMESPACE_URL, uuid5

from app.directory.rules.records import (
    Attribute,
    Language,
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    Taxonomy,
    TaxonomyTerm,
)
from app.i18n import current_language, language_name
from app.i18n import gettext as _
from app.posts.rules.taxonomy import CATEGORIES, GROUPS, Category, Group, public_name

OWN = "Solidare"
OPEN_ELIGIBILITY = "Open Eligibility"
OPEN_ELIGIBILITY_URI = "https://github.com/auntbertha/openeligibility"
KINDS: tuple[Group | Category, ...] = (*GROUPS, *CATEGORIES)
BY_CODE = {one.code: one for one in KINDS}


@dataclass(frozen=True)
class Desk:
    """An organisation as everybody may know it; `area` holds names of municipalities."""

    code: str
    name: str
    kind: str
    phone: str
    desk: str
    hours: str
    languages: tuple[str, ...]
    area: tuple[str, ...]
    checked_on: date


@dataclass(frozen=True)
class Offered:
    """One open offer of an organisation; its words and its cell stay here."""

    code: str
    organisation: str
    category: Category
    municipality: str
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Directory:
    """Everything that goes out, in one language."""

    organizations: tuple[Organization, ...]
    services: tuple[Service, ...]
    service_at_locations: tuple[ServiceAtLocation, ...]
    taxonomies: tuple[Taxonomy, ...]
    taxonomy_terms: tuple[TaxonomyTerm, ...]


def build(public_url: str, desks: Sequence[Desk], offers: Sequence[Offered]) -> Directory:
    """The whole directory in the current language."""
    made = _Maker(public_url)
    organizations = {one.code: made.organization(one) for one in desks}
    known = {one.code: one for one in desks}
    services = [made.desk_service(one, organizations[one.code]) for one in desks]
    services += [
        made.offer_service(one, known[one.organisation], organizations[one.organisation])
        for one in offers
        if one.organisation in known
    ]
    return Directory(
        organizations=tuple(organizations.values()),
        services=tuple(services),
        service_at_locations=tuple(place for one in services for place in one.service_at_locations),
        taxonomies=(made.own, made.open_eligibility),
        taxonomy_terms=tuple(made.all_terms()),
    )


class _Maker:
    """Makes records whose ids hang on the address of this platform."""

    def __init__(self, public_url: str) -> None:
        self.public_url = public_url
        self.own = Taxonomy(
            id=self.id("taxonomy/solidare"),
            name=OWN,
            description=_("Kinds of help that people give each other."),
            uri=f"{public_url}/offers",
        )
        self.open_eligibility = Taxonomy(
            id=self.id("taxonomy/open-eligibility"),
            name=OPEN_ELIGIBILITY,
            description="Open Eligibility, CC BY-SA 3.0.",
            uri=OPEN_ELIGIBILITY_URI,
        )

    def id(self, path: str) -> str:
        return str(uuid5(NAMESPACE_URL, f"{self.public_url}/{path}"))

    def organization(self, desk: Desk) -> Organization:
        path = f"organisations/{desk.code}"
        return Organization(
            id=self.id(path),
            name=desk.name,
            description=desk.kind,
            website=f"{self.public_url}/{path}",
            phones=[self.phone(desk)],
            locations=[self.location(desk)],
        )

    def phone(self, desk: Desk) -> Phone:
        spoken = self.languages(desk.code, desk.languages)
        return Phone(id=self.id(f"phone/{desk.code}"), number=desk.phone, languages=spoken)

    def location(self, desk: Desk) -> Location:
        return Location(
            id=self.id(f"location/{desk.code}"),
            location_type="physical",
            name=desk.name,
            description=desk.desk,
            organization_id=self.id(f"organisations/{desk.code}"),
            languages=self.languages(desk.code, desk.languages),
            phones=[self.phone(desk)],
        )

    def languages(self, of: str, codes: Sequence[str]) -> list[Language]:
        return [
            Language(id=self.id(f"language/{of}/{code}"), name=language_name(code), code=code)
            for code in codes
        ]

    def desk_service(self, desk: Desk, organization: Organization) -> Service:
        service_id = self.id(f"desk/{desk.code}")
        opening = Schedule(id=self.id(f"hours/{desk.code}"), description=desk.hours)
        schedules = [opening] if desk.hours else []
        at_desk = ServiceAtLocation(
            id=self.id(f"at/{desk.code}"),
            service_id=service_id,
            location_id=self.id(f"location/{desk.code}"),
            description=desk.desk,
            location=self.location(desk),
            phones=[self.phone(desk)],
            schedules=schedules,
        )
        return Service(
            id=service_id,
            organization_id=organization.id,
            name=_("Desk of %(name)s", name=desk.name),
            description=_("People at the desk look for help with you."),
            url=organization.website,
            status="active",
            assured_date=desk.checked_on.isoformat(),
            fees_description=_("It costs nothing."),
            organization=organization,
            phones=[self.phone(desk)],
            languages=self.languages(desk.code, desk.languages),
            schedules=schedules,
            service_areas=self.areas(desk.code, desk.area),
            service_at_locations=[at_desk],
        )

    def offer_service(self, offer: Offered, desk: Desk, organization: Organization) -> Service:
        service_id = self.id(f"offers/{offer.code}")
        name = public_name(offer.category, current_language())
        return Service(
            id=service_id,
            organization_id=organization.id,
            name=name,
            description=_("%(help)s, offered by %(name)s.", help=name, name=desk.name),
            url=f"{self.public_url}/offers/{offer.code}",
            status="active",
            fees_description=_("It costs nothing."),
            organization=organization,
            phones=[self.phone(desk)],
            languages=self.languages(offer.code, offer.languages),
            service_areas=self.areas(offer.code, (offer.municipality,)),
            attributes=self.attributes(service_id, offer.category),
        )

    def areas(self, of: str, names: Sequence[str]) -> list[ServiceArea]:
        return [ServiceArea(id=self.id(f"area/{of}/{name}"), name=name) for name in names]

    def attributes(self, service_id: str, category: Category) -> list[Attribute]:
        """Our own kind, and the one that everybody knows where there is a sure counterpart."""
        code = category.group.code if category.is_veiled else category.code
        path = BY_CODE[code].open_eligibility
        terms = [self.own_term(code)] + ([self.open_term(path)] if path else [])
        return [
            Attribute(
                id=self.id(f"attribute/{service_id}/{term.id}"),
                link_id=service_id,
                link_type="category",
                link_entity="service",
                taxonomy_term_id=term.id,
                taxonomy_term=term,
            )
            for term in terms
        ]

    def own_term(self, code: str) -> TaxonomyTerm:
        parent, _dot, leaf = code.partition(".")
        name = BY_CODE[code].name(current_language())
        return TaxonomyTerm(
            id=self.id(f"term/solidare/{code}"),
            code=code,
            name=name,
            description=name,
            parent_id=self.id(f"term/solidare/{parent}") if leaf else "",
            taxonomy=OWN,
            taxonomy_detail=self.own,
            taxonomy_id=self.own.id,
            language=current_language(),
        )

    def open_term(self, path: str) -> TaxonomyTerm:
        above, _arrow, name = path.rpartition(" > ")
        return TaxonomyTerm(
            id=self.id(f"term/open-eligibility/{path}"),
            code=path,
            name=name,
            description=path,
            parent_id=self.id(f"term/open-eligibility/{above}") if above else "",
            taxonomy=OPEN_ELIGIBILITY,
            taxonomy_detail=self.open_eligibility,
            taxonomy_id=self.open_eligibility.id,
            language="en",
        )

    def all_terms(self) -> Iterator[TaxonomyTerm]:
        """Parents first; of Open Eligibility only what we map to, and what stands above it."""
        yield from (self.own_term(one.code) for one in KINDS)
        paths: dict[str, None] = {}
        for kind in KINDS:
            steps = kind.open_eligibility.split(" > ") if kind.open_eligibility else []
            paths.update(dict.fromkeys(" > ".join(steps[: n + 1]) for n in range(len(steps))))
        yield from (self.open_term(path) for path in paths)
