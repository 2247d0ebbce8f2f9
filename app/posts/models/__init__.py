"""What is remembered of posts and of the households behind them."""

from app.posts.models.hosting import (
    Attestation,
    GuestCall,
    HostAdult,
    HostCheck,
    HostFile,
    HostFileView,
    HostReference,
)
from app.posts.models.post import (
    Cube,
    Draft,
    ImportedRow,
    Occurrence,
    Post,
    PostWindow,
)
from app.posts.models.units import Booking, Unit

__all__ = [
    "Attestation",
    "Booking",
    "Cube",
    "Draft",
    "GuestCall",
    "HostAdult",
    "HostCheck",
    "HostFile",
    "HostFileView",
    "HostReference",
    "ImportedRow",
    "Occurrence",
    "Post",
    "PostWindow",
    "Unit",
]
