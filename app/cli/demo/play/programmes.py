"""People whose programs act for them, through the public API and with a token of their own."""

from typing import Any, Self

import httpx

from app.cli.demo.play.browser import PATIENCE, REFUSED, StoryError

Answer = dict[str, Any]
TOO_LATE = frozenset({409, 410})


class TooLateError(StoryError):
    """Somebody else was first."""


class Programme:
    """Speaks JSON for one person."""

    def __init__(self, address: str, token: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=f"{address}/api/v1",
            timeout=PATIENCE,
            headers={"authorization": f"Bearer {token}", "accept": "application/json"},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def publish(self, post: Answer) -> str:
        """The code of the new post."""
        return str((await self._send("/posts", post))["code"])

    async def open_proposals(self) -> list[str]:
        """Codes of the proposals that wait for an answer."""
        found = await self._read("/proposals")
        return [one["code"] for one in found["items"] if one["stand"] == "to_answer"]

    async def decline(self, proposal: str) -> None:
        await self._send(f"/proposals/{proposal}/decline")

    async def accept(self, proposal: str) -> str | None:
        """The code of the exchange, once everybody has said yes."""
        code = (await self._send(f"/proposals/{proposal}/accept"))["exchange"]
        return None if code is None else str(code)

    async def write(self, exchange: str, words: str) -> None:
        await self._send(f"/exchanges/{exchange}/messages", {"body": words})

    async def say_yes(self, exchange: str) -> None:
        await self._send(f"/exchanges/{exchange}/say", {"answer": "yes"})

    async def entry_of(self, exchange: str) -> int | None:
        """The number of its entry in the ledger."""
        found = (await self._read(f"/exchanges/{exchange}"))["ledger_entry"]
        return None if found is None else int(found)

    async def _read(self, path: str) -> Answer:
        return _answer(await self._client.get(path))

    async def _send(self, path: str, body: Answer | None = None) -> Answer:
        return _answer(await self._client.post(path, json=body))


def _answer(answer: httpx.Response) -> Answer:
    if answer.status_code >= REFUSED:
        sentence = f"{answer.url.path} answered {answer.status_code}: {answer.text[:300]}"
        raise (TooLateError if answer.status_code in TOO_LATE else StoryError)(sentence)
    found: Answer = answer.json()
    return found
