"""Settings come from the environment; secrets are hidden when printed."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


class Secret:
    """A value that never shows itself in a print, a log or a traceback."""

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(set)" if self._value else "Secret(empty)"

    def __bool__(self) -> bool:
        return bool(self._value)


class SettingsError(Exception):
    """The environment does not describe a platform that can start."""


@dataclass(frozen=True)
class DatabaseSettings:
    """`role` is what the platform becomes after it has signed in: no owner, so bound by walls."""

    url: Secret
    pool_size: int = 10
    statement_timeout_ms: int = 10_000
    role: str = ""


@dataclass(frozen=True)
class MailSettings:
    """`smtp_url` is smtp://[user:password@]host:port, with ?starttls=1 where the server asks it."""

    smtp_url: Secret
    sender: str = "Solidare <no-reply@localhost>"
    folder: Path | None = None
    at_once: bool = False  # no gathering, no quiet hours: for development only


@dataclass(frozen=True)
class ReplySettings:
    """Where people answer letters: `address` is reply@host; a mailbox or a folder holds replies.

    `imap_url` is imap[s]://user:password@host[:port]/folder. Without an address nobody can reply.
    """

    address: str = ""
    imap_url: Secret = field(default_factory=lambda: Secret(""))
    folder: Path | None = None


@dataclass(frozen=True)
class PushSettings:
    """News in the browser: `key` is a raw P-256 private key in base64url; without it, none."""

    key: Secret = field(default_factory=lambda: Secret(""))
    contact: str = "mailto:postmaster@localhost"


@dataclass(frozen=True)
class GeocoderSettings:
    """`provider` is gazetteer (offline, default) or nominatim."""

    provider: str = "gazetteer"
    nominatim_domain: str = ""
    user_agent: str = "solidare"


@dataclass(frozen=True)
class MapSettings:
    """An empty tile URL means a map on plain ground: no third party sees where people look."""

    tile_url: str = ""
    attribution: str = ""


@dataclass(frozen=True)
class ContactSettings:
    """The human being who is one tap away."""

    phone: str = "+32 2 000 00 00"
    name: str = "Solidare"


@dataclass(frozen=True)
class LedgerSettings:
    """How often the ledger is signed, and where others keep what was signed.

    `copy_folder` gets every checkpoint; `copies` are web addresses of checkpoints kept outside.
    """

    seal_minutes: int = 60
    copy_folder: Path | None = None
    copies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    environment: str
    public_url: str
    secret_key: Secret
    database: DatabaseSettings
    redis_url: Secret
    mail: MailSettings
    replies: ReplySettings = field(default_factory=ReplySettings)
    push: PushSettings = field(default_factory=PushSettings)
    geocoder: GeocoderSettings = field(default_factory=GeocoderSettings)
    map: MapSettings = field(default_factory=MapSettings)
    contact: ContactSettings = field(default_factory=ContactSettings)
    ledger: LedgerSettings = field(default_factory=LedgerSettings)
    metrics_token: Secret = field(default_factory=lambda: Secret(""))

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def erasure_list(self) -> Path | None:
        """Who was erased, beside the ledger's checkpoints: outside the database and its backups."""
        folder = self.ledger.copy_folder
        return folder / "erased" if folder else None

    @property
    def ledger_origin(self) -> str:
        """The public name of the ledger: its address without the scheme."""
        return f"{self.public_url.partition('://')[2]}/ledger"

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")


def asyncpg_url(url: str) -> str:
    """The same database address with the driver that the platform uses."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+asyncpg://" + url.removeprefix(prefix)
    return url


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from environment variables; `SettingsError` names the first one missing."""
    env = os.environ if environment is None else environment

    def needed(name: str) -> str:
        value = env.get(name, "")
        if not value:
            raise SettingsError(f"{name} is not set. `solidare up` sets it for you.")
        return value

    folder = env.get("SOLIDARE_MAIL_FOLDER", "")
    return Settings(
        environment=env.get("SOLIDARE_ENVIRONMENT", "production"),
        public_url=env.get("SOLIDARE_PUBLIC_URL", "http://localhost:8000").rstrip("/"),
        secret_key=Secret(needed("SOLIDARE_SECRET_KEY")),
        database=DatabaseSettings(
            url=Secret(asyncpg_url(needed("DATABASE_URL"))),
            pool_size=int(env.get("SOLIDARE_DATABASE_POOL", "10")),
            role=env.get("SOLIDARE_DATABASE_ROLE", ""),
        ),
        redis_url=Secret(needed("REDIS_URL")),
        mail=MailSettings(
            smtp_url=Secret(env.get("SOLIDARE_SMTP_URL", "")),
            sender=env.get("SOLIDARE_MAIL_SENDER", MailSettings.sender),
            folder=Path(folder) if folder else None,
            at_once=env.get("SOLIDARE_ENVIRONMENT") == "development",
        ),
        replies=_replies(env),
        push=PushSettings(
            key=Secret(env.get("SOLIDARE_VAPID_KEY", "")),
            contact=env.get("SOLIDARE_VAPID_CONTACT", PushSettings.contact),
        ),
        geocoder=GeocoderSettings(
            provider=env.get("SOLIDARE_GEOCODER", "gazetteer"),
            nominatim_domain=env.get("SOLIDARE_NOMINATIM_DOMAIN", ""),
            user_agent=env.get("SOLIDARE_NOMINATIM_USER_AGENT", "solidare"),
        ),
        map=MapSettings(
            tile_url=env.get("SOLIDARE_TILE_URL", ""),
            attribution=env.get("SOLIDARE_TILE_ATTRIBUTION", ""),
        ),
        contact=ContactSettings(
            phone=env.get("SOLIDARE_CONTACT_PHONE", ContactSettings.phone),
            name=env.get("SOLIDARE_CONTACT_NAME", ContactSettings.name),
        ),
        ledger=_ledger(env),
        metrics_token=Secret(env.get("SOLIDARE_METRICS_TOKEN", "")),
    )


def _replies(env: Mapping[str, str]) -> ReplySettings:
    folder = env.get("SOLIDARE_REPLY_FOLDER", "")
    return ReplySettings(
        address=env.get("SOLIDARE_REPLY_ADDRESS", ""),
        imap_url=Secret(env.get("SOLIDARE_IMAP_URL", "")),
        folder=Path(folder) if folder else None,
    )


def _ledger(env: Mapping[str, str]) -> LedgerSettings:
    folder = env.get("SOLIDARE_LEDGER_FOLDER", "")
    minutes = "1" if env.get("SOLIDARE_ENVIRONMENT") == "development" else "60"
    return LedgerSettings(
        seal_minutes=int(env.get("SOLIDARE_SEAL_MINUTES", minutes)),
        copy_folder=Path(folder) if folder else None,
        copies=tuple(env.get("SOLIDARE_LEDGER_COPIES", "").split()),
    )
