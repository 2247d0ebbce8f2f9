"""Each side keeps a receipt of its own; nobody else, and not before both have confirmed."""

import httpx

from app.db import SessionMaker, transaction
from app.exchanges.rules import Answer, Side
from app.ledger import actions as ledger
from tests.conftest import SignIn
from tests.factories.exchanges import an_exchange, answer


async def seal(maker: SessionMaker) -> None:
    async with transaction(maker) as session:
        await ledger.take_places(session, "example.org/ledger")
    async with transaction(maker) as session:
        await ledger.sign_checkpoint(session)


async def test_each_side_has_its_receipt_and_a_stranger_has_none(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    pair, code = await an_exchange(maker)
    other, _ = await an_exchange(maker)
    await sign_in(client, pair.giver.person_id)
    assert (await client.get(f"/en/exchanges/{code}/receipt")).status_code == 404
    for side in Side:
        await answer(maker, pair, code, side, Answer.YES)
    waiting = await client.get(f"/en/exchanges/{code}/receipt")
    assert "This entry is not signed yet." in waiting.text
    await seal(maker)
    opened = set()
    for side in Side:
        await sign_in(client, pair.person(side).person_id)
        page = await client.get(f"/en/exchanges/{code}/receipt")
        assert "Download your receipt" in page.text
        assert 'class="qr"' in page.text
        file = (await client.get(f"/en/exchanges/{code}/receipt.json")).json()
        assert file["side"] == side.value
        opened.add(file["opening"])
    assert len(opened) == 2
    await sign_in(client, other.giver.person_id)
    for end in ("", ".json"):
        assert (await client.get(f"/en/exchanges/{code}/receipt{end}")).status_code == 404
