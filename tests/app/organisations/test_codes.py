"""Ten digits that can be spoken: what their check finds, and how often anybody may try."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from app.db import Session
from app.organisations import actions
from app.organisations.models import ClientCode, CodeTry
from app.organisations.rules import (
    CODE_PERIOD,
    CODE_TRIES,
    CODE_TRIES_EACH,
    in_groups,
    is_client_code,
    read_client_code,
    with_check,
)
from tests.factories.organisations import a_caseworker, a_client, an_organisation

EIGHT = st.integers(0, 10**8 - 1).map(lambda number: f"{number:08d}")


@given(EIGHT, st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(eight: str, at: int, more: int) -> None:
    digits = with_check(eight)
    assert is_client_code(digits)
    wrong = digits[:at] + str((int(digits[at]) + more) % 10) + digits[at + 1 :]
    assert not is_client_code(wrong)


@given(EIGHT, st.integers(0, 9), st.integers(0, 9))
def test_two_swapped_digits_are_always_found(eight: str, one: int, other: int) -> None:
    digits = list(with_check(eight))
    digits[one], digits[other] = digits[other], digits[one]
    swapped = "".join(digits)
    assert is_client_code(swapped) is (swapped == with_check(eight))


@given(EIGHT, st.sampled_from((" ", "-", ". ", "", " / ")))
def test_a_code_is_read_however_it_is_typed(eight: str, gap: str) -> None:
    digits = with_check(eight)
    grouped = in_groups(digits)
    assert grouped.replace(" ", "") == digits
    assert read_client_code(grouped.replace(" ", gap)) == digits
    arabic = grouped.translate(str.maketrans("0123456789", "".join(map(chr, range(0x660, 0x66A)))))
    assert read_client_code(arabic) == digits
    assert read_client_code(digits[:9]) is None
    assert read_client_code(f"{digits[:9]}x") is None


async def a_code(session: Session) -> tuple[str, int]:
    organisation = await an_organisation(session)
    worker = await a_caseworker(session, organisation)
    client = await a_client(session, organisation)
    return await actions.issue_code(session, client.id, worker.id), client.id


async def test_five_wrong_tries_an_hour_shut_a_network_and_no_other(session: Session) -> None:
    digits, _client = await a_code(session)
    here, there = b"shelter", b"elsewhere"
    wrong = [with_check(f"{number:08d}") for number in range(CODE_TRIES)]
    answers = {(await actions.try_code(session, one, here)).problem for one in wrong}
    assert len(answers) == 1  # unknown and wrong sound the same
    assert (await actions.try_code(session, "1234567890", there)).problem in answers
    assert (await actions.try_code(session, digits, here)).too_often
    assert (await actions.try_code(session, digits, there)).code_id  # control: another network
    await session.execute(update(CodeTry).values(tried_at=func.now() - CODE_PERIOD))
    assert (await actions.try_code(session, digits, here)).code_id
    for _time in range(CODE_TRIES * 2):  # right codes are never counted: a shelter shares a network
        assert (await actions.try_code(session, digits, here)).code_id


async def test_many_networks_cannot_try_one_code_together(session: Session) -> None:
    await a_code(session)
    wrong = with_check("00000001")
    tried = [
        await actions.try_code(session, wrong, bytes([number])) for number in range(CODE_TRIES_EACH)
    ]
    assert not any(one.too_often for one in tried)
    assert (await actions.try_code(session, wrong, b"new")).too_often


async def test_a_new_code_ends_the_old_one_and_nobody_can_read_either(session: Session) -> None:
    digits, client_id = await a_code(session)
    worker = await session.scalar(select(ClientCode.worker_id))
    assert worker is not None
    newer = await actions.issue_code(session, client_id, worker)
    assert (await actions.try_code(session, digits, b"a")).code_id is None
    assert (await actions.try_code(session, newer, b"a")).code_id
    kept = (await session.scalars(select(ClientCode.code_hash))).all()
    assert not any(code.encode() in hashed for hashed in kept for code in (digits, newer))
    with pytest.raises(ValueError, match="invalid literal"):
        with_check("no digits")
