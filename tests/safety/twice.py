"""Every form of the platform, sent twice: whatever the second one changed in any row is doubled."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
from litestar import Litestar
from sqlalchemy import text

from app.clock import now
from app.db import Base, SessionMaker, reading
from tests.app.posts.browsing import Walker
from tests.conftest import SignIn, new_client
from tests.gates.discovery import addresses
from tests.gates.town import Town, a_town
from tests.safety.hostile import ShownForm, forms_of

# A session is touched by every request, and a key is what we test with.
OWN_ROWS = {"person_session", "idempotent_answer"}
CODES = re.compile(r"(?<=/)(?=[^/]*\d|[\w-]{25,})[\w.-]+")
# What ends something comes last, so that there is something to end, and somebody to end it.
ENDS = re.compile(
    r"/(withdraw|cancel|leave|revoke|close|remove|suspend|end|unsay|erase|delete|block|decline)\b"
    r"|sign-out|devices|take-over|let-go|hand-over|forget"
)
SOON = (now() + timedelta(days=20)).date()
PLAUSIBLE: Mapping[str, str] = {
    "words": "Look at this, please.",
    "body": "See you at six.",
    "note": "A quiet person.",
    "reason": "other",
    "ends_on": f"{SOON:%d/%m/%Y}",
    "day": f"{SOON:%d/%m/%Y}",
    "seen_on": f"{now():%d/%m/%Y}",
    "record_seen_on": f"{now():%d/%m/%Y}",
    "time": "18:00",
    "name": "Le Pont",
    "label": "A list",
    "phone": "02 512 34 56",
    "desk": "Rue du Pont 1, Mon-Fri",
    "contact": "someone.new@example.org",
    "move_on": "The housing agency calls.",
    "facts": "What was shown is true.",
    "alias": "K-9",
}


@dataclass
class Sent:
    """How it went; forms are named by their address without codes, and their fields."""

    answered: dict[str, int] = field(default_factory=dict)
    doubled: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)

    @property
    def acted(self) -> list[str]:
        return [name for name, status in self.answered.items() if status < httpx.codes.BAD_REQUEST]


async def rows(maker: SessionMaker) -> dict[str, str]:
    """What stands in every table, as one hash for each."""
    names = [one.name for one in Base.metadata.sorted_tables if one.name not in OWN_ROWS]
    each = [
        f"SELECT '{name}' AS name, "  # noqa: S608 - our own tables
        f"md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) AS told FROM \"{name}\" t"
        for name in names
    ]
    async with reading(maker) as reader:
        found = await reader.execute(text(" UNION ALL ".join(each)))
        return {row.name: row.told for row in found}


async def send_all(
    app: Litestar, maker: SessionMaker, sign_in: SignIn, *, keyed: bool = True, pages: str = ""
) -> Sent:
    """Open pages, every one unless told, and send each form twice, with or without its key."""
    town, sent = await a_town(maker), Sent()
    forms = await _shown(app, sign_in, town, re.compile(pages))
    for name, (path, form, as_stranger) in sorted(forms.items(), key=_ending_last):
        async with new_client(app) as client:
            client.cookies = as_stranger or client.cookies
            if as_stranger is None:
                await sign_in(client, town.jan)
            fresh = await _fresh(client, path, form)
            if fresh is not None:
                await _twice(client, maker, sent, name, _filled(fresh, keyed=keyed))
    return sent


async def _begin_draft(client: httpx.AsyncClient) -> str:
    walk = await Walker(client).open("/en/need-help")
    await walk.press("A meal")
    return walk.path.split("/")[3]


Found = dict[str, tuple[str, ShownForm, httpx.Cookies | None]]


async def _shown(app: Litestar, sign_in: SignIn, town: Town, pages: re.Pattern[str]) -> Found:
    """One form of each kind, and the page that shows it; Jan holds every role."""
    found: Found = {}
    for signed_in in (True, False):
        async with new_client(app) as client:
            if signed_in:
                await sign_in(client, town.jan)
            draft = await _begin_draft(client)
            known = {**town.values, "/drafts/{token:str}": (draft,), "/d/{token:str}": (draft,)}
            for public in (False, True) if signed_in else (True,):
                for path in filter(pages.search, addresses(app, known, public=public)):
                    answer = await client.get(f"/en{path}", follow_redirects=True)
                    for form in forms_of(answer.text):
                        if form.method == "POST":
                            name = _name(form, answer.url.path)
                            cookies = None if signed_in else client.cookies
                            found.setdefault(name, (str(answer.url), form, cookies))
    return found


def _name(form: ShownForm, shown_at: str) -> str:
    action = CODES.sub("{}", urlsplit(form.action or shown_at).path)
    fields = sorted({name for name, _ in form.fields if not name.startswith("_")})
    return f"{action} {' '.join(fields)}".strip()


def _ending_last(item: tuple[str, object]) -> tuple[bool, str]:
    return bool(ENDS.search(item[0])), item[0]


async def _fresh(client: httpx.AsyncClient, path: str, form: ShownForm) -> ShownForm | None:
    """The form as it is shown now: this browser's token, and a key of its own."""
    answer = await client.get(path, follow_redirects=True)
    named = _name(form, answer.url.path)
    for one in forms_of(answer.text):
        if one.method == "POST" and _name(one, answer.url.path) == named:
            return ShownForm("POST", one.action or answer.url.path, one.fields)
    return None


def _filled(form: ShownForm, *, keyed: bool) -> ShownForm:
    fields = [
        (name, PLAUSIBLE.get(name, value) if value == "1" else value)
        for name, value in form.fields
        if keyed or name != "_key"
    ]
    return ShownForm(form.method, form.action, fields)


async def _twice(
    client: httpx.AsyncClient, maker: SessionMaker, sent: Sent, name: str, form: ShownForm
) -> None:
    data: dict[str, list[str]] = {}
    for field_name, value in form.fields:
        data.setdefault(field_name, []).append(value)
    first = await client.post(form.action, data=data)
    between = await rows(maker)
    second = await client.post(form.action, data=data)
    after = await rows(maker)
    sent.answered[name] = first.status_code
    changed = sorted(table for table in after if after[table] != between[table])
    if changed and first.status_code < httpx.codes.BAD_REQUEST:
        sent.doubled.append(f"{name}: {', '.join(changed)}")
    if second.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        sent.strange.append(f"{name}: {second.status_code}")
