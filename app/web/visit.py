"""What is known of the current request: its language, path, visitor and browser."""

from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Protocol, runtime_checkable


@runtime_checkable  # the framework checks what it injects
class Visitor(Protocol):
    """Whoever is at the door; `person_id` is None for a stranger."""

    @property
    def person_id(self) -> int | None: ...
    @property
    def name(self) -> str: ...
    @property
    def language(self) -> str | None: ...
    @property
    def signed_in(self) -> bool: ...
    @property
    def roles(self) -> frozenset[str]: ...
    @property
    def scopes(self) -> frozenset[str]: ...
    @property
    def held_roles(self) -> frozenset[str]: ...
    @property
    def proven(self) -> bool: ...
    @property
    def session_id(self) -> int | None: ...


@dataclass(frozen=True)
class Stranger:
    """A visitor without an account."""

    person_id: None = None
    name: str = ""
    language: None = None
    signed_in: bool = False
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    held_roles: frozenset[str] = frozenset()
    proven: bool = False
    session_id: None = None


@dataclass(frozen=True)
class Flash:
    kind: str
    text: str


@dataclass
class Visit:
    """One request as the front door saw it; cookies to set are collected on the way out.

    `status` and `leads_to` are what the handler answered; `lost_to` is the state code of the
    database where the act lost to another one and may be done again.
    """

    path: str = "/"
    query: str = ""
    language: str = "fr"
    visitor: Visitor = field(default_factory=Stranger)
    session_cookie: str = "sid"
    session_token: str = ""
    device: str = ""
    address: str = ""
    device_is_new: bool = False
    is_api: bool = False
    flashes: list[Flash] = field(default_factory=list)
    flashes_shown: bool = False
    set_cookies: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    leads_to: str = ""
    lost_to: str = ""

    def anew(self) -> "Visit":
        """The same request, with nothing of what an answer to it collected."""
        return replace(
            self, set_cookies=[], headers={}, flashes=[*self.flashes], flashes_shown=False
        )


_visit: ContextVar[Visit] = ContextVar("visit")


def current_visit() -> Visit:
    return _visit.get()


def enter(visit: Visit) -> None:
    _visit.set(visit)
