"""The common language of directories, and how our words become its records."""

from app.directory.rules.building import Desk, Directory, Offered, build
from app.directory.rules.records import (
    MOST_PER_PAGE,
    PER_PAGE,
    About,
    Organization,
    Page,
    Record,
    Service,
    ServiceAtLocation,
    Taxonomy,
    TaxonomyTerm,
    paged,
)

__all__ = [
    "MOST_PER_PAGE",
    "PER_PAGE",
    "About",
    "Desk",
    "Directory",
    "Offered",
    "Organization",
    "Page",
    "Record",
    "Service",
    "ServiceAtLocation",
    "Taxonomy",
    "TaxonomyTerm",
    "build",
    "paged",
]
