"""What no person types is refused beside its field, with everything else kept as typed."""

import httpx
import pytest
from litestar.datastructures import FormMultiDict
from sqlalchemy import func, select
from wtforms import Form, StringField

from app import i18n
from app.accounts.models import SignInCode
from app.db import SessionMaker, transaction
from app.web.forms import MAX_FIELD, PageForm
from tests.factories.accounts import csrf_token, submit

SENTENCE = "characters that cannot be read"


class Plain(PageForm):
    words = StringField()


class Careless(Form):
    """Control: a form that is no page form."""

    words = StringField()


async def codes(maker: SessionMaker) -> int:
    async with transaction(maker) as session:
        return await session.scalar(select(func.count()).select_from(SignInCode)) or 0


async def test_the_sign_in_page_says_so_and_keeps_the_rest(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    answer = await submit(client, "/en/sign-in", contact="amina\x00@example.org")
    assert answer.status_code == 422
    assert SENTENCE in answer.text
    assert 'value="amina\ufffd@example.org"' in answer.text
    assert "Enter a phone number like" not in answer.text
    again = await submit(client, "/en/sign-in", contact="amina\ufffd@example.org")
    assert again.status_code == 422
    assert await codes(maker) == 0


async def test_a_name_of_a_field_that_nobody_wrote_is_a_page_of_its_own(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    token = csrf_token((await client.get("/en/sign-in")).text)
    body = f"_csrf_token={token}&contact=a@example.org&a%00b=1"
    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = await client.post("/en/sign-in", content=body, headers=kind)
    assert answer.status_code == 422
    assert "There is a problem with what you entered" in answer.text
    assert await codes(maker) == 0


async def test_a_text_without_end_is_cut_and_refused(client: httpx.AsyncClient) -> None:
    answer = await submit(client, "/en/sign-in", contact="x" * (MAX_FIELD * 3))
    assert answer.status_code == 422
    assert "This text is too long" in answer.text
    assert answer.text.count("x" * 1000) <= MAX_FIELD // 1000 + 1


@pytest.mark.parametrize(
    ("typed", "message"),
    [("a", ""), ("a\ufffdb", SENTENCE), ("x" * MAX_FIELD, ""), ("x" * (MAX_FIELD + 1), "too long")],
)
def test_every_page_form_looks(typed: str, message: str) -> None:
    i18n.use_language("en")
    form = Plain(FormMultiDict([("words", typed)]))
    assert form.validate() == (not message)
    assert message in "".join(words for _field, words in form.problems())
    assert form.words.data == typed


def test_control_another_form_lets_it_pass() -> None:
    assert Careless(FormMultiDict([("words", "a\ufffdb")])).validate()
