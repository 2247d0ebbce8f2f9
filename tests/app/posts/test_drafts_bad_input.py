"""What people mistype: a clear message, their words kept, never an error of ours."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select, update

from app.accounts.models import SignInCode
from app.clock import now
from app.db import SessionMaker, transaction
from app.posts.models import Draft, Post
from tests.app.posts.browsing import Walker
from tests.app.posts.test_drafts_offer import PHONE, to_check
from tests.factories.accounts import last_code

NEXT_YEAR = now() + timedelta(days=800)


async def at_step(client: httpx.AsyncClient, step: str) -> Walker:
    walk = await Walker(client).open("/en/offer-help")
    await walk.press("A meal")
    if step == "kind":
        return await walk.open(walk.path.replace("/place", "/kind"))
    for name, fields in (
        ("place", {"text": "1060"}),
        ("when", {"places": "4"}),
        ("languages", {}),
    ):
        if name == step:
            return walk
        await walk.fill(**fields).press("Continue")
    return walk


BAD: list[tuple[str, dict[str, str | list[str]], str]] = [
    ("kind", {"category": "food.gold"}, "Choose what kind of help"),
    ("place", {"text": ""}, "Type a postcode"),
    ("place", {"text": "Xyzzyqwertz"}, "We do not know this place"),
    ("place", {"text": "9" * 3000}, "We do not know this place"),
    ("when", {"places": "0"}, "Enter a number from 1 to 500"),
    ("when", {"places": "100000000000000000000"}, "Enter a number from 1 to 500"),
    ("when", {"places": "many"}, "Enter a number from 1 to 500"),
    ("when", {"places": "-3"}, "Enter a number from 1 to 500"),
    ("when", {"when": "never"}, "Choose when you can help"),
    ("when", {"when": "dates"}, "Type a date like"),
    ("when", {"when": "dates", "from_day": "31/02/2027"}, "Type a date like"),
    ("when", {"when": "dates", "from_day": "2020-01-01"}, "This day is over"),
    ("when", {"when": "dates", "from_day": f"{NEXT_YEAR:%Y-%m-%d}"}, "more than a year"),
    ("when", {"when": "weekly", "from_time": "9"}, "Choose at least one day"),
    ("when", {"when": "weekly", "days": ["MO"], "from_time": "25:00"}, "Type a time like 9:00"),
    (
        "when",
        {"when": "weekly", "days": ["MO"], "from_time": "9", "until_time": "8:59"},
        "The end must be after the start",
    ),
    ("languages", {"languages": ["xx"]}, "Choose at least one language"),
    ("contact", {"name": "", "contact": PHONE, "adult": "y"}, "Enter the name"),
    ("contact", {"name": "Jan", "contact": "12", "adult": "y"}, "Enter a phone number like"),
    ("contact", {"name": "Jan", "contact": PHONE}, "You need to be 18"),
]


@pytest.mark.parametrize(("step", "fields", "words"), BAD)
async def test_a_wrong_answer_is_asked_again_with_what_was_typed(
    client: httpx.AsyncClient,
    maker: SessionMaker,
    step: str,
    fields: dict[str, str | list[str]],
    words: str,
) -> None:
    walk = await at_step(client, step)
    assert walk.path.endswith(f"/{step}")
    await walk.fill(**fields).press("Continue")
    assert walk.answer is not None
    assert walk.answer.status_code == 422
    assert "<title>Error: " in walk.html
    assert words in walk.html
    for name in ("text", "places", "from_day", "from_time", "name", "contact"):
        typed = fields.get(name)
        assert not typed or f'value="{typed}"' in walk.html


@pytest.mark.parametrize("evil", ["\x00", "a\x00b"])
@pytest.mark.parametrize(
    ("step", "name"), [("place", "text"), ("when", "places"), ("contact", "name")]
)
async def test_impossible_characters(
    client: httpx.AsyncClient, maker: SessionMaker, step: str, name: str, evil: str
) -> None:
    walk = await at_step(client, step)
    await walk.fill(**{name: evil}).press("Continue")
    assert walk.answer is not None
    assert walk.answer.status_code == 422
    assert "cannot be read" in walk.html
    assert f'value="{evil.replace(chr(0), chr(0xFFFD))}"' in walk.html
    async with transaction(maker) as session:
        assert chr(0xFFFD) not in (await session.scalars(select(Draft.answers))).one()


async def test_a_lone_surrogate_and_a_file_as_an_answer(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    walk = await at_step(client, "place")
    token = walk.html.split('name="_csrf_token" value="')[1].split('"')[0]
    body = f"_csrf_token={token}&text=%ED%A0%80"
    kind = {"content-type": "application/x-www-form-urlencoded"}
    lone = await client.post(walk.path, content=body, headers=kind)
    assert 400 <= lone.status_code < 500
    upload = await client.post(
        walk.path, data={"_csrf_token": token}, files={"text": ("a.exe", b"\x00\x01", "text/plain")}
    )
    assert upload.status_code == 422
    assert "Type a postcode" in upload.text


async def test_did_you_mean(client: httpx.AsyncClient, maker: SessionMaker) -> None:
    walk = await at_step(client, "place")
    await walk.fill(text="Ixeles").press("Continue")
    assert "Choose the place that you mean" in walk.html
    assert "1050 Ixelles" in walk.html or "Ixelles" in walk.html
    choice = walk.html.split('name="choice" value="')[1].split('"')[0]
    await walk.fill(text="Ixeles", choice=choice).press("Continue")
    assert walk.path.endswith("/when")


@pytest.mark.parametrize(
    ("note", "status", "words"),
    [
        ("My number is 85.07.30-033.28", 422, "national number"),
        ("Call 0470 12 34 56", 422, "phone number"),
        ("Write to jan@example.org", 422, "e-mail address"),
        ("See www.example.org", 422, "web address"),
        ("x" * 281, 422, "At most 280"),
        ("Soup for all, second floor", 200, "Check your answers"),
    ],
)
async def test_words_that_give_too_much_away(
    client: httpx.AsyncClient, maker: SessionMaker, note: str, status: int, words: str
) -> None:
    walk = await at_step(client, "place")
    await to_check(walk)
    await walk.open(walk.path.replace("/check", "/note"))
    await walk.fill(note=note).press("Continue")
    assert walk.answer is not None
    assert walk.answer.status_code == status
    assert words in walk.html
    assert note in walk.html


async def test_a_web_address_may_be_confirmed(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    walk = await at_step(client, "place")
    await to_check(walk)
    await walk.open(walk.path.replace("/check", "/note"))
    await walk.fill(note="See www.example.org").press("Continue")
    await walk.fill(note="See www.example.org", confirmed="y").press("Continue")
    assert walk.path.endswith("/check")


async def test_a_draft_is_resumed_by_its_link_and_ends(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    walk = await at_step(client, "when")
    link = walk.path.rsplit("/", 1)[0]
    assert (await Walker(client).open(link)).path == f"{link}/when"
    back = await Walker(client).open(f"{link}/place")
    assert 'value="1060"' in back.html
    await back.fill(text="1050").press("Continue")
    assert back.path == f"{link}/when"
    async with transaction(maker) as session:
        await session.execute(update(Draft).values(expires_at=func.now()))
    for page in ("", "/when", "/check"):
        ended = await client.get(link + page)
        assert ended.status_code == 410
        assert "Begin again" in ended.text
    assert (await client.get("/en/drafts/nothing")).status_code == 404


async def test_check_asks_what_is_missing_and_change_comes_back(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    walk = await at_step(client, "when")
    link = walk.path.rsplit("/", 1)[0]
    assert (await Walker(client).open(f"{link}/check")).path == f"{link}/when"
    await walk.fill(places="4").press("Continue")
    await walk.press("Continue")
    await walk.fill(name="Jan", contact="0470 12 34 56", adult="y").press("Continue")
    await walk.follow("Change Where")
    assert walk.path == f"{link}/place"
    await walk.fill(text="1050").press("Continue")
    assert walk.path == f"{link}/check"
    assert "1050 Ixelles" in walk.html


async def test_wrong_codes_count_and_a_double_submit_gives_the_first_answer(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    walk = await at_step(client, "place")
    await to_check(walk)
    link = walk.path.rsplit("/", 1)[0]
    await walk.press("Publish my offer")
    code = await last_code(maker, PHONE)
    wrong = "000000" if code != "000000" else "111111"
    await walk.fill(code=wrong).press("Send")
    assert walk.answer is not None
    assert walk.answer.status_code == 422
    assert "This is not the code" in walk.html
    async with transaction(maker) as session:
        assert await session.scalar(select(func.max(SignInCode.tries))) == 1
    page = read = walk.html
    await walk.fill(code=code).press("Send")
    assert walk.path == f"{link}/done"
    token = page.split('name="_csrf_token" value="')[1].split('"')[0]
    client.cookies.delete("sid")
    again = await client.post(f"{link}/code", data={"_csrf_token": token, "code": code})
    assert (again.status_code, again.headers["location"]) == (303, f"{link}/done")
    assert read
    async with transaction(maker) as session:
        assert await session.scalar(select(func.count()).select_from(Post)) == 1


async def test_an_expired_code_is_said_so(client: httpx.AsyncClient, maker: SessionMaker) -> None:
    walk = await at_step(client, "place")
    await to_check(walk)
    await walk.press("Publish my offer")
    code = await last_code(maker, PHONE)
    async with transaction(maker) as session:
        await session.execute(update(SignInCode).values(expires_at=func.now()))
    await walk.fill(code=code).press("Send")
    assert "This code has ended" in walk.html
    assert f'value="{code}"' in walk.html
