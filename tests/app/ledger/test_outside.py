"""What an outsider can tell with the one file that knows nothing of the platform."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from app.cli.ledger import write_export
from app.db import SessionMaker, reading, transaction
from app.ledger import actions, queries, rules
from app.ledger.models import Entry
from app.ledger.rules import SubjectKind
from tests.app.ledger.test_sealing import Outside, seal


def loaded() -> ModuleType:
    """The tool as a module, to run it a thousand times without a thousand processes."""
    spec = spec_from_file_location("check_ledger", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = Path("app/ledger/outside/check_ledger.py").resolve()


def check(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own file
        [sys.executable, "-I", str(TOOL), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
async def exported(maker: SessionMaker, tmp_path: Path) -> Path:
    """A ledger signed twice, once with a witness, as `solidare ledger export` writes it."""
    refuge = Outside("refuge.example")
    await seal(maker, 3)
    signed = await seal(maker, 2)
    async with transaction(maker) as session:
        await actions.add_witness(session, str(refuge.key), "Refuge")
        await actions.cosign(session, 5, refuge.line(signed))
    target = tmp_path / "ledger"
    async with reading(maker) as reader:
        assert await write_export(reader, target) == 5
    return target


async def test_an_untouched_ledger_agrees(exported: Path) -> None:
    key = (exported / "key").read_text().strip()
    found = check("folder", exported, "--key", key)
    assert found.returncode == 0, found.stderr
    assert found.stdout == "5 entries agree; 1 signatures of witnesses are valid.\n"


def bytes_to_change(folder: Path) -> Iterator[tuple[Path, int]]:
    """Every byte of the short files, and every seventh of the entries."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            step = 7 if path.name == "entries" else 1
            yield from ((path, at) for at in range(0, path.stat().st_size, step))


async def test_any_changed_byte_is_told_in_a_sentence(
    exported: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main = loaded().main
    unseen = []
    for path, at in bytes_to_change(exported):
        before = path.read_bytes()
        path.write_bytes(before[:at] + bytes([before[at] ^ 1]) + before[at + 1 :])
        if main(["folder", str(exported)]) != 1:
            unseen.append((path.name, at))
        path.write_bytes(before)
    told = capsys.readouterr().err.splitlines()
    assert not unseen
    assert len(told) > 1000
    assert all(line.startswith("DOES NOT AGREE: ") and line.endswith(".") for line in told)
    # Control: nothing else was wrong with the folder.
    assert main(["folder", str(exported)]) == 0


Lines = list[bytes]
FORGERIES: dict[str, Callable[[Lines], Lines]] = {
    "an entry dropped": lambda lines: lines[:2] + lines[3:],
    "two exchanged": lambda lines: [lines[1], lines[0], *lines[2:]],
    "cut off": lambda lines: lines[:-1],
    "one added": lambda lines: [*lines, lines[0]],
    "all rewritten": lambda lines: [line.replace(b'":3,', b'":4,') for line in lines],
}


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forged_ledger_does_not_agree(exported: Path, forgery: str) -> None:
    lines = (exported / "entries").read_bytes().splitlines(keepends=True)
    (exported / "entries").write_bytes(b"".join(FORGERIES[forgery](lines)))
    found = check("folder", exported)
    assert (found.returncode, found.stdout) == (1, "")


async def test_a_whole_other_ledger_is_told_by_its_key(exported: Path, maker: SessionMaker) -> None:
    found = check("folder", exported, "--key", str(Outside("other.example").key))
    assert found.returncode == 1
    assert "another key than the one you know" in found.stderr


async def receipt(maker: SessionMaker, number: int, side: str, person: int) -> dict[str, object]:
    async with reading(maker) as reader:
        entry = await reader.get_one(Entry, number)
        opening = await queries.opening_of(reader, (SubjectKind.PERSON, person), entry.reference)
        found = await queries.sealed_entry(reader, number)
    assert opening is not None
    assert found is not None
    return rules.receipt(
        entry.canonical,
        side=side,
        subject=opening.subject,
        opened=opening.secret,
        place=found[1].index,
        proof=found[1].hashes,
        checkpoint=found[0].note,
    )


@pytest.mark.parametrize(("side", "person"), [("giver", 1), ("receiver", 2)])
async def test_a_receipt_shows_whose_entry_it_is(
    exported: Path, maker: SessionMaker, tmp_path: Path, side: str, person: int
) -> None:
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(await receipt(maker, 4, side, person)))
    found = check("receipt", file, "--folder", exported)
    assert found.returncode == 0, found.stderr
    assert found.stdout == f"Your receipt stands at place 3 of the ledger, as its {side}.\n"


async def test_a_receipt_opens_no_other_side_and_no_other_entry(
    exported: Path, maker: SessionMaker, tmp_path: Path
) -> None:
    mine = await receipt(maker, 4, "giver", 1)
    other = await receipt(maker, 3, "giver", 1)
    for changed in ({"side": "receiver"}, {"opening": other["opening"]}, {"entry": other["entry"]}):
        file = tmp_path / "receipt.json"
        file.write_text(json.dumps(mine | changed))
        assert check("receipt", file, "--folder", exported).returncode == 1
