"""Forms sent as browsers send them, and sent again exactly so when no answer came."""

import asyncio
import time

import httpx

from app.cli.demo.play.browser import Form, Page, StoryError, read_page
from tests.faults.client import AWAY, GIVE_UP_AFTER, PATIENCE, PAUSE, RefusedError, TooLateError
from tests.faults.history import History

TOO_LATE_WORDS = frozenset({409, 410})


class Pages:
    """Browsers without JavaScript, one line for all of them."""

    def __init__(self, address: str, history: History) -> None:
        self.history = history
        self._http = httpx.AsyncClient(
            base_url=address,
            timeout=PATIENCE,
            headers={"accept-language": "en", "sec-fetch-site": "same-origin"},
            limits=httpx.Limits(max_connections=100, keepalive_expiry=2),
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def press(self, session: str, path: str, ending: str) -> str:
        """Open a page and send its form as it stands; the address it leads to."""
        shown = await self._until_answered("GET", path, session, None)
        form = _read(shown).form(ending)
        sent = await self._until_answered("POST", form.action, session, form)
        return str(sent.headers.get("location", ""))

    async def _until_answered(
        self, method: str, path: str, session: str, form: Form | None
    ) -> httpx.Response:
        began = time.monotonic()
        while time.monotonic() - began < GIVE_UP_AFTER:
            answer = await self._ask(method, path, session, form)
            if answer is not None:
                return answer
            await asyncio.sleep(PAUSE)
        self.history.unanswered.append(f"{method} {path}")
        raise RefusedError(path)

    async def _ask(
        self, method: str, path: str, session: str, form: Form | None
    ) -> httpx.Response | None:
        sent, what = time.monotonic(), f"{method} page"
        data = dict(form.fields) if form else None
        self._http.cookies.clear()
        try:
            got = await self._http.request(
                method, path, data=data, headers={"cookie": f"sid={session}"}
            )
        except httpx.TransportError:
            self.history.broken_lines += 1
            return None
        self.history.note(sent, what, got.status_code, got.headers.get("retry-after"))
        if got.status_code in AWAY:
            return None
        if got.status_code in TOO_LATE_WORDS:
            raise TooLateError(path)
        if got.is_error:
            self.history.refused.append(f"{method} {path}: {got.status_code}")
            raise RefusedError(path)
        if method == "POST":
            self.history.wrote(sent)
        return got


def _read(answer: httpx.Response) -> Page:
    try:
        return read_page(answer)
    except StoryError as error:
        raise RefusedError(str(error)) from error
