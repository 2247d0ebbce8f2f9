"""Find the platform that runs in a folder, or start its servers for a while."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from app.embedded.database import PLATFORM_ROLE, postgres
from app.embedded.folder import CannotStart, held, kept_secret, private_folder
from app.embedded.mail import REPLIES, REPLY_NAME
from app.embedded.queue import valkey

DEFAULT_FOLDER = Path(".run")

_TURN_SECONDS = 60


def read_environment(folder: Path) -> dict[str, str]:
    """Read what the platform running in the folder told its parts; empty where none runs."""
    path = folder / "environment"
    if not path.exists():
        return {}
    with held(folder) as free:
        if free:  # its supervisor was killed before it could take the file away
            return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


@contextmanager
def told_environment(folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Tell other commands, while the block runs, how to reach the platform in the folder."""
    path = folder / "environment"
    unfinished = folder / "environment.part"
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(
        "".join(f"{name}={value}\n" for name, value in environment.items()), encoding="utf-8"
    )
    unfinished.rename(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def base_environment(folder: Path) -> dict[str, str]:
    """Give what does not depend on any server: the kind of place this is, and its secret."""
    environment = {
        "SOLIDARE_ENVIRONMENT": os.environ.get("SOLIDARE_ENVIRONMENT") or "development",
        "SOLIDARE_SECRET_KEY": os.environ.get("SOLIDARE_SECRET_KEY")
        or kept_secret(folder / "secret"),
        # What browsers know us by; without it they are told no news.
        "SOLIDARE_VAPID_KEY": os.environ.get("SOLIDARE_VAPID_KEY") or kept_secret(folder / "vapid"),
        # Outside the database: a restored one is compared with it before anything is signed.
        "SOLIDARE_LEDGER_FOLDER": os.environ.get("SOLIDARE_LEDGER_FOLDER")
        or str(private_folder(folder / "ledger")),
    }
    if not os.environ.get("SOLIDARE_SMTP_URL"):  # letters stay here, to be read in development
        environment["SOLIDARE_MAIL_FOLDER"] = str(private_folder(folder / "mail"))
        environment["SOLIDARE_REPLY_FOLDER"] = str(private_folder(folder / REPLIES))
        environment["SOLIDARE_REPLY_ADDRESS"] = f"{REPLY_NAME}@localhost"
    return environment


@contextmanager
def platform(folder: Path) -> Iterator[dict[str, str]]:
    """Yield the environment of the platform in the folder, its servers running.

    What the process environment names comes first; then what a running `solidare up` uses; else
    embedded servers are started and end with the block. Where the process environment names both
    servers, the folder is left alone and nothing is added.
    """
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        yield {}
        return
    home = private_folder(folder)
    with ExitStack() as stack:
        environment = read_environment(home)
        if not environment:
            environment = _await_turn(home, stack)
        yield {name: os.environ.get(name) or value for name, value in environment.items()}


def _await_turn(home: Path, stack: ExitStack) -> dict[str, str]:
    deadline = time.monotonic() + _TURN_SECONDS
    while not stack.enter_context(held(home)):
        if environment := read_environment(home):
            return environment
        if time.monotonic() > deadline:
            raise CannotStart(f"Another command still uses {home}. Try again when it has ended.")
    environment = base_environment(home)
    if not os.environ.get("DATABASE_URL"):
        environment["SOLIDARE_DATABASE_ROLE"] = PLATFORM_ROLE
    for name, server in (("DATABASE_URL", postgres), ("REDIS_URL", valkey)):
        environment[name] = os.environ.get(name) or stack.enter_context(server(home))
    return environment
