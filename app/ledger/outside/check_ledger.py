"""Check a solidarity ledger from outside, and be its witness.

This one file needs Python 3.11 or newer and the package `cryptography`, nothing of the platform.

    python check_ledger.py folder DIR                check an exported ledger
    python check_ledger.py receipt FILE --folder DIR check that a receipt's entry stands in it
    python check_ledger.py key NAME --state FILE     make a witness's key; prints its public half
    python check_ledger.py witness URL --state FILE  follow a ledger, and sign what agrees

Exit code 0: everything agrees. 1: something does not; a sentence says what. 2: wrong use.
"""

import argparse
import base64
import hashlib
import hmac
import json
import os
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

LOG, WITNESS = 1, 4
MARK = "\N{EM DASH} "
FIELDS = {"area", "giver", "group", "kind", "month", "quantity", "receiver", "reference", "unit",
          "version"}  # fmt: skip


class DisagreementError(Exception):
    """What does not agree, in one sentence."""


def demand(holds: bool, otherwise: str) -> None:
    if not holds:
        raise DisagreementError(otherwise)


# --- the tree of RFC 6962 ---


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """The root over leaf hashes as they come; full subtrees are all that is kept."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        self.size += 1
        width, node = 1, leaf
        while self._peaks and self._peaks[-1][0] == width:
            width, node = width * 2, node_hash(self._peaks.pop()[1], node)
        self._peaks.append((width, node))

    def root(self) -> bytes:
        top = self._peaks[-1][1]
        for _, left in reversed(self._peaks[:-1]):
            top = node_hash(left, top)
        return top


def climb(size: int, place: int, leaf: bytes, path: list[bytes]) -> bytes:
    """The root that an inclusion proof leads to (RFC 9162, 2.1.3.2)."""
    demand(0 <= place < size, "The proof names a place beyond the ledger.")
    node, at, last = leaf, place, size - 1
    for other in path:
        demand(last > 0, "The proof is too long.")
        if at % 2 or at == last:
            node = node_hash(other, node)
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            node = node_hash(node, other)
        at, last = at // 2, last // 2
    demand(last == 0, "The proof is too short.")
    return node


def grown(old: int, new: int, old_root: bytes, path: list[bytes]) -> tuple[bytes, bytes]:
    """Both roots that a consistency proof leads to (RFC 9162, 2.1.4.2)."""
    demand(0 < old <= new, "The ledger has become shorter.")
    if old == new:
        demand(not path, "The proof is too long.")
        return old_root, old_root
    hashes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    demand(bool(hashes), "The proof is too short.")
    at, last = old - 1, new - 1
    while at % 2:
        at, last = at // 2, last // 2
    before = after = hashes[0]
    for other in hashes[1:]:
        demand(last > 0, "The proof is too long.")
        if at % 2 or at == last:
            before, after = node_hash(other, before), node_hash(other, after)
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            after = node_hash(after, other)
        at, last = at // 2, last // 2
    demand(last == 0, "The proof is too short.")
    return before, after


# --- notes and keys: C2SP signed-note, tlog-checkpoint, cosignature/v1 -------------------------


def unbase64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raw = b""
    # Two spellings of the same bytes would let a changed file pass.
    demand(bool(raw) and base64.b64encode(raw).decode() == text, "A piece of base64 was changed.")
    return raw


class Key:
    """A public key in its written form name+id+base64."""

    def __init__(self, written: str) -> None:
        parts = written.split("+", 2)
        demand(len(parts) == 3, "A key is not in the form name+id+base64.")  # noqa: PLR2004 - three parts
        self.name, raw = parts[0], unbase64(parts[2])
        self.kind, self.raw = raw[0], raw[1:]
        named = hashlib.sha256(self.name.encode() + b"\n" + raw).digest()
        self.id = named[:4]
        demand(self.id.hex() == parts[1] and len(self.raw) == 32, "A key was changed.")  # noqa: PLR2004 - Ed25519
        self.public = Ed25519PublicKey.from_public_bytes(self.raw)


class Note:
    """A checkpoint: origin, size, root, and the lines that sign it."""

    def __init__(self, note: str) -> None:
        text, blank, signatures = note.partition("\n\n")
        lines = text.split("\n")
        whole = bool(blank) and len(lines) == 3 and signatures.endswith("\n")  # noqa: PLR2004 - three lines
        demand(whole, "A checkpoint is not in its form.")
        self.text, self.origin = text + "\n", lines[0]
        self.size, self.root = int(lines[1]) if lines[1].isdecimal() else -1, unbase64(lines[2])
        demand(str(self.size) == lines[1], "The size in a checkpoint was changed.")
        self.signatures = signatures.removesuffix("\n").split("\n")

    def check(self, log: Key, witnesses: dict[str, Key]) -> int:
        """Demand the log's signature first and no wrong line after; how many witnesses signed."""
        demand(log.kind == LOG, "The key of the ledger is of another kind.")
        for place, line in enumerate(self.signatures):
            name, _, encoded = line.removeprefix(MARK).partition(" ")
            key = log if place == 0 else witnesses.get(name)
            demand(line.startswith(MARK) and key is not None, "A signature line was changed.")
            if key is not None:
                self._check_line(key, name, unbase64(encoded))
        return len(self.signatures) - 1

    def _check_line(self, key: Key, name: str, raw: bytes) -> None:
        said = name == key.name and raw[:4] == key.id
        demand(said, f"A signature of {key.name} names another key.")
        message, signature = self.text.encode(), raw[4:]
        if key.kind == WITNESS:
            moment, signature = int.from_bytes(raw[4:12], "big"), raw[12:]
            message = cosigned(moment, self.text)
        try:
            key.public.verify(signature, message)
        except InvalidSignature:
            raise DisagreementError(f"A signature of {key.name} is not valid.") from None


def cosigned(moment: int, text: str) -> bytes:
    return f"cosignature/v1\ntime {moment}\n{text}".encode()


# --- an exported folder ---


def check_folder(folder: Path, known: str | None) -> str:
    """Check every byte of an export; what was found, in one sentence."""
    written = read_text(folder / "key").removesuffix("\n")
    demand(known in (None, written), "The folder holds another key than the one you know.")
    demand(read_text(folder / "key") == f"{written}\n", "The key file was changed.")
    log, witnesses = Key(written), read_witnesses(folder)
    signed = sum(note.check(log, witnesses) for note in read_notes(folder))
    last = check_entries(folder)
    warning = "" if witnesses else " No witness outside has signed: only you can tell a rewrite."
    return f"{last.size} entries agree; {signed} signatures of witnesses are valid.{warning}"


def check_entries(folder: Path) -> Note:
    """Recompute the root at every size that was signed; the newest checkpoint."""
    notes = {note.size: note for note in read_notes(folder)}
    tree, unseen = Tree(), set(notes)
    for leaf in entries(folder):
        tree.add(leaf)
        if tree.size in notes:
            same = tree.root() == notes[tree.size].root
            demand(same, f"The first {tree.size} entries are not those that were signed.")
            unseen.discard(tree.size)
    demand(not unseen and tree.size == max(notes), "Entries are missing, or there are too many.")
    return notes[tree.size]


def entries(folder: Path) -> Iterator[bytes]:
    """The leaf hash of every entry, each in its only form and of an exchange not yet seen."""
    seen: set[str] = set()
    with (folder / "entries").open("rb") as lines:
        for number, line in enumerate(lines):
            demand(line.endswith(b"\n"), "The last entry was cut off.")
            raw = line[:-1]
            entry = read_entry(raw, number)
            named = f"{entry['kind']} {entry['reference']}"
            demand(named not in seen, f"Entry {number} repeats an earlier one.")
            seen.add(named)
            yield hashlib.sha256(b"\x00" + raw).digest()


def read_entry(raw: bytes, number: int) -> dict[str, Any]:
    try:
        entry: dict[str, Any] = json.loads(raw)
        again = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    except ValueError:
        raise DisagreementError(f"Entry {number} cannot be read.") from None
    whole = again.encode() == raw and set(entry) == FIELDS
    demand(whole, f"Entry {number} is not in its form.")
    return entry


def read_notes(folder: Path) -> list[Note]:
    """All checkpoints of an export; the newest stands in its own file and among the others."""
    kept = sorted((folder / "checkpoints").iterdir())
    notes = [Note(read_text(path)) for path in kept]
    named = all(path.name == str(note.size) for path, note in zip(kept, notes, strict=True))
    demand(bool(notes) and named, "A checkpoint file has another name than its size.")
    newest = max(notes, key=lambda note: note.size)
    same = read_text(folder / "checkpoint") == read_text(folder / "checkpoints" / str(newest.size))
    demand(same, "The newest checkpoint stands there twice, but not the same.")
    return notes


def read_witnesses(folder: Path) -> dict[str, Key]:
    text = read_text(folder / "witnesses")
    demand(not text or text.endswith("\n"), "The list of witnesses was cut off.")
    keys = [Key(line) for line in text.splitlines()]
    return {key.name: key for key in keys}


def read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        raise DisagreementError(f"The file {path.name} is missing or cannot be read.") from None


# --- a receipt ---


def check_receipt(receipt: dict[str, Any], folder: Path) -> str:
    """Check one side's receipt: its entry, its place in the ledger, and that it is this side's."""
    raw = str(receipt["entry"]).encode()
    note, log = Note(receipt["checkpoint"]), Key(read_text(folder / "key").removesuffix("\n"))
    note.check(log, read_witnesses(folder))
    path = [bytes.fromhex(one) for one in receipt["proof"]]
    root = climb(note.size, int(receipt["place"]), hashlib.sha256(b"\x00" + raw).digest(), path)
    demand(root == note.root, "The entry of this receipt does not stand in the signed ledger.")
    entry = read_entry(raw, int(receipt["place"]))
    opened = bytes.fromhex(receipt["opening"])
    mine = hmac.new(opened, bytes.fromhex(receipt["subject"]), hashlib.sha256).hexdigest()
    demand(mine == entry[receipt["side"]], "The receipt opens another entry.")
    check_folder(folder, None)
    return (
        f"Your receipt stands at place {receipt['place']} of the ledger, as its {receipt['side']}."
    )


# --- the witness ---


def make_key(name: str, state: Path) -> str:
    """Make a witness's key; the state file is its only copy."""
    demand(not state.exists(), f"{state} exists already; a key is never replaced silently.")
    private = Ed25519PrivateKey.generate()
    seed = private.private_bytes_raw().hex()
    write_safely(state, {"name": name, "seed": seed, "key": "", "note": ""})
    return public_half(name, private)


def public_half(name: str, private: Ed25519PrivateKey) -> str:
    raw = bytes([WITNESS]) + private.public_key().public_bytes_raw()
    key_id = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    return f"{name}+{key_id.hex()}+{base64.b64encode(raw).decode()}"


def follow(url: str, state: Path) -> str:
    """Fetch the newest checkpoint, check that it continues what was seen, keep it, then sign it."""
    kept = json.loads(read_text(state))
    written = fetch(f"{url}/api/v1/ledger/key").strip()
    demand(kept["key"] in ("", written), "The ledger shows another key than before.")
    text = fetch(f"{url}/api/v1/ledger/checkpoint")
    body, _, signatures = text.partition("\n\n")
    note = Note(f"{body}\n\n{signatures.splitlines()[0]}\n")
    note.check(Key(written), {})
    if kept["note"]:
        continues(url, Note(kept["note"]), note)
    # Kept before it is signed: a witness that forgets could be asked to sign two histories.
    alone = f"{note.text}\n{note.signatures[0]}\n"
    write_safely(state, {**kept, "key": written, "note": alone})
    send(url, note, kept["name"], Ed25519PrivateKey.from_private_bytes(bytes.fromhex(kept["seed"])))
    return f"Signed: {note.size} entries, root {note.root.hex()}"


def continues(url: str, old: Note, new: Note) -> None:
    demand(old.origin == new.origin, "The ledger shows another name than before.")
    demand(old.size <= new.size, f"The ledger had {old.size} entries and now has {new.size}.")
    answer = fetch(f"{url}/api/v1/ledger/consistency?old={old.size}&new={new.size}")
    path = [bytes.fromhex(one) for one in json.loads(answer)["hashes"]]
    agrees = grown(old.size, new.size, old.root, path) == (old.root, new.root)
    demand(agrees, f"The first {old.size} entries are no longer those you signed.")


def send(url: str, note: Note, name: str, private: Ed25519PrivateKey) -> None:
    moment = int(time.time())
    key = Key(public_half(name, private))
    raw = key.id + moment.to_bytes(8, "big") + private.sign(cosigned(moment, note.text))
    line = f"{MARK}{name} {base64.b64encode(raw).decode()}"
    fetch(
        f"{url}/api/v1/ledger/cosignatures", json.dumps({"size": note.size, "line": line}).encode()
    )


def fetch(address: str, body: bytes | None = None) -> str:
    demand(address.startswith(("https://", "http://")), "The address of a ledger is a web address.")
    headers = {"content-type": "application/json"} if body else {}
    asked = urllib.request.Request(address, data=body, headers=headers)  # noqa: S310 - checked above
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310 - checked above  # nosec B310
            return str(answer.read().decode())
    except OSError as error:
        raise DisagreementError(f"The ledger did not answer: {error}.") from None


def write_safely(path: Path, content: dict[str, str]) -> None:
    """Replace the file whole: a crash leaves the old one or the new one."""
    fresh = path.with_name(path.name + ".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


# --- the command ---


def main(arguments: list[str]) -> int:
    asked = command().parse_args(arguments)
    try:
        match asked.act:
            case "folder":
                print(check_folder(asked.dir, asked.key))
            case "receipt":
                print(check_receipt(json.loads(read_text(asked.file)), asked.folder))
            case "key":
                print(make_key(asked.name, asked.state))
            case _:
                print(follow(asked.url.rstrip("/"), asked.state))
    except (DisagreementError, KeyError, ValueError) as error:
        said = error if isinstance(error, DisagreementError) else "A part of it cannot be read."
        print(f"DOES NOT AGREE: {said}", file=sys.stderr)
        return 1
    return 0


def command() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Check a solidarity ledger from outside.")
    acts = parser.add_subparsers(dest="act", required=True)
    folder = acts.add_parser("folder", help="check an exported ledger")
    folder.add_argument("dir", type=Path)
    folder.add_argument("--key", help="the ledger's key, as you know it from elsewhere")
    receipt = acts.add_parser("receipt", help="check a receipt against an exported ledger")
    receipt.add_argument("file", type=Path)
    receipt.add_argument("--folder", type=Path, required=True)
    key = acts.add_parser("key", help="make a witness's key")
    key.add_argument("name")
    key.add_argument("--state", type=Path, required=True)
    witness = acts.add_parser("witness", help="follow a ledger and sign what agrees")
    witness.add_argument("url")
    witness.add_argument("--state", type=Path, required=True)
    return parser


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
