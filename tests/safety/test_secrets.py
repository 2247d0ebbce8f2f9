"""No secret stands in a tracked file: known shapes of keys, and words too random to be words."""

import math
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

SHAPES = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*\n[A-Za-z0-9+/=]{20}"),
    "cloud key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "code forge token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|glpat-[\w-]{20})\b"),
    "chat token": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    "payment key": re.compile(r"\b[rs]k_live_[A-Za-z0-9]{16,}"),
    "signed token": re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
    "address with password": re.compile(r"\b(?:postgres\w*|redis|smtp|https?)://[^\s:/@{}$<]+:([^\s@{}$<]{6,})(?<!:password)@"),
}  # fmt: skip
GIVEN = re.compile(
    r"(?i)(?:secret|token|password|api_?key|private_?key)\w*[\"']?\s*[:=]\s*[\"']([A-Za-z0-9+/=_-]{20,})[\"']"
)
RANDOM_BITS = 3.7
READ = {
    ".py", ".toml", ".yaml", ".yml", ".md", ".txt", ".html", ".js", ".mjs", ".json", ".sh", ".cfg",
    ".ini", "",
}  # fmt: skip
LARGEST = 1_000_000


def bits(word: str) -> float:
    """Shannon's measure by character: words of people have about three."""
    count = Counter(word)
    return -sum(n / len(word) * math.log2(n / len(word)) for n in count.values())


def secrets_in(text: str) -> list[str]:
    found = [name for name, shape in SHAPES.items() for _ in shape.finditer(text)]
    given = [word for word in GIVEN.findall(text) if bits(word) > RANDOM_BITS]
    return found + [f"random value {word[:4]}…" for word in given]


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], capture_output=True, check=True, text=True)  # noqa: S607 - whatever git the machine has
    paths = [Path(one) for one in done.stdout.split("\0") if one]
    return [one for one in paths if one.is_file() and one.suffix in READ and _is_ours(one)]


def _is_ours(path: Path) -> bool:
    """Lock files hold hashes by the thousand; this file holds the planted ones."""
    is_lock = path.name == "package-lock.json" or path.parts[0] == "requirements"
    return not is_lock and path != Path("tests/safety/test_secrets.py") and _small(path)


def _small(path: Path) -> bool:
    return path.stat().st_size < LARGEST


def test_no_tracked_file_holds_a_secret() -> None:
    if not Path(".git").exists():
        pytest.skip("not a checkout: nothing is tracked here")
    files = tracked()
    assert len(files) > 300
    found = {
        str(path): secrets
        for path in files
        if (secrets := secrets_in(path.read_text(encoding="utf-8", errors="replace")))
    }
    assert found == {}


@pytest.mark.parametrize(
    "planted",
    [
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
        "key = AKIA" + "IOSFODNN7EXAMPLE",
        "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
        "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
        "DATABASE_URL=postgresql://solidare:" + "hunter2hunter2@db/solidare",
        'SECRET_KEY = "' + 'q8Zt3LmP0vXy7RbN2kWc"',
        "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0." + "dozjgNryP4J3jVmNHl0w5N",
    ],
)
def test_control_a_planted_secret_is_found(planted: str) -> None:
    assert secrets_in(planted)
    assert secrets_in('password = "the person\'s own words here"') == []
