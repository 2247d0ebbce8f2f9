"""A form sent twice acts once: its key is kept in the transaction of its effect.

What is kept is the address that the form led to, sealed; that page asks again who may see it.
Whoever goes back, changes something and sends the old form is told so, with a way on.
"""

import hashlib
import json
from typing import Any

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.response import Redirect, Template

from app import crypto
from app.db import Session
from app.i18n import gettext as _
from app.idempotency import Earlier, Key, keep_answer, release, reserve
from app.web.answers import flash, page
from app.web.csrf import FIELD, KEY
from app.web.forms import read_form
from app.web.visit import current_visit

LONGEST = 80
SEALED = "idempotency"
REFUSED = 400


class SentBeforeError(Exception):
    """The form was sent before: nothing is done again."""

    def __init__(self, earlier: Earlier) -> None:
        super().__init__("sent before")
        self.same = earlier.same
        self.leads_to = crypto.decrypt(SEALED, earlier.answer) if earlier.answer else ""


async def begin(session: Session, request: Request[Any, Any, Any]) -> Key | None:
    """Take the key of a sent form, or raise `SentBeforeError`; None for whatever carries none."""
    visit = current_visit()
    if visit.is_api or request.method in ("GET", "HEAD", "OPTIONS"):
        return None
    form = await read_form(request)
    given = str(form.get(KEY, ""))
    if not given.isascii() or not 0 < len(given) <= LONGEST:
        return None
    fields = [[name, await _told(value)] for name, value in form.multi_items()]
    body = json.dumps([one for one in fields if one[0] not in (FIELD, KEY)]).encode()
    key = Key(_actor(), given, f"{request.method} {visit.path}"[:120], body)
    earlier = await reserve(session, key)
    if earlier is not None:
        raise SentBeforeError(earlier)
    return key


async def finish(session: Session, key: Key | None) -> None:
    """Keep where the act led; a form that was shown again may be sent again."""
    if key is None:
        return
    visit = current_visit()
    if visit.status >= REFUSED:
        await release(session, key)
    elif visit.leads_to:
        await keep_answer(session, key, crypto.encrypt(SEALED, visit.leads_to))


def answer_again(error: SentBeforeError) -> Redirect | Template:
    """Where the first one led; a page in words where this one says something else."""
    if error.same and error.leads_to:
        flash(_("We had this already. It was done once."))
        return Redirect(path=error.leads_to, status_code=303)
    return page("errors/sent_before.html", status=409, leads_to=error.leads_to, same=error.same)


def _actor() -> int:
    """The person; a browser that nobody signed in with counts below zero."""
    visit = current_visit()
    if visit.visitor.person_id is not None:
        return visit.visitor.person_id
    return -1 - (int.from_bytes(crypto.token_hash(visit.device)[:8]) >> 1)


async def _told(value: object) -> str:
    """A field as it was filled in; of a file its name and hash."""
    if not isinstance(value, UploadFile):
        return str(value)
    content = await value.read()
    await value.seek(0)
    return f"{value.filename} {hashlib.sha256(content).hexdigest()}"
