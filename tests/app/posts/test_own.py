"""People look after their own posts with plain forms; nobody else can."""

import re

import httpx

from app.db import SessionMaker, transaction
from app.posts.models import Post
from tests.conftest import SignIn
from tests.factories.posts import an_author, an_offer

TOKEN = re.compile(r'name="_csrf_token" value="([^"]+)"')


async def _press(client: httpx.AsyncClient, page: str, action: str) -> httpx.Response:
    """Press a button of a page as a browser without JavaScript does."""
    token = TOKEN.search((await client.get(page)).text)
    assert token is not None
    return await client.post(action, data={"_csrf_token": token[1]})


async def test_each_verb_leads_back_to_the_post_with_a_word(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        author = await an_author(session, "Jan")
        post = await an_offer(session, author)
    await sign_in(client, author.person_id)
    listed = await client.get("/en/posts")
    assert post.code in listed.text
    page, at = f"/en/offers/{post.code}", f"/en/posts/{post.code}"
    for verb, words in (
        ("pause", "It is paused"),
        ("resume", "on show again"),
        ("extend", "stays longer"),
        ("still-there", "stays on show"),
    ):
        answer = await _press(client, page, f"{at}/{verb}")
        assert (answer.status_code, answer.headers["location"][: len(page)]) == (303, page)
        assert words in (await client.get(answer.headers["location"])).text
    asked = await client.get(f"{at}/withdraw")
    assert "Withdraw this?" in asked.text
    async with transaction(maker) as session:
        assert (await session.get_one(Post, post.id)).withdrawn_at is None
    await _press(client, f"{at}/withdraw", f"{at}/withdraw")
    async with transaction(maker) as session:
        assert (await session.get_one(Post, post.id)).withdrawn_at is not None


async def test_nobody_presses_anothers_buttons(
    client: httpx.AsyncClient, maker: SessionMaker, sign_in: SignIn
) -> None:
    async with transaction(maker) as session:
        post = await an_offer(session)
        other = await an_author(session, "Olena")
    at = f"/en/posts/{post.code}"
    stranger = await client.get(f"{at}/withdraw")
    assert (stranger.status_code, "/sign-in" in stranger.headers["location"]) == (303, True)
    await sign_in(client, other.person_id)
    for verb in ("pause", "resume", "extend", "still-there", "withdraw"):
        answer = await _press(client, f"/en/offers/{post.code}", f"{at}/{verb}")
        assert answer.status_code == 404
    assert (await client.get(f"{at}/withdraw")).status_code == 404
    assert (await client.post(f"{at}/pause")).status_code == 403
