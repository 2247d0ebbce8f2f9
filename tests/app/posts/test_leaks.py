"""Words that others read give away no number and no contact."""

# ruff: noqa: RUF001  (Arabic digits are meant)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.posts.rules.leaks import Leak, check_leaks


@pytest.mark.parametrize(
    ("text", "leak"),
    [
        ("85.07.30-033.28", Leak.NATIONAL_NUMBER),
        ("my number 85 07 30 033 28 thanks", Leak.NATIONAL_NUMBER),
        ("85073003328", Leak.NATIONAL_NUMBER),
        ("٨٥.٠٧.٣٠-٠٣٣.٢٨", Leak.NATIONAL_NUMBER),
        ("85073003399", Leak.NATIONAL_NUMBER),
        ("0470/12.34.56", Leak.PHONE),
        ("+32 470 12 34 56", Leak.PHONE),
        ("0032470123456", Leak.PHONE),
        ("32470123456", Leak.PHONE),
        ("٠٤٧٠١٢٣٤٥٦", Leak.PHONE),
        ("jan@example.org", Leak.EMAIL),
        ("https://example.org/x", Leak.LINK),
        ("www.example.org", Leak.LINK),
        ("facebook.com/jan", Leak.LINK),
    ],
)
def test_what_gives_somebody_away(text: str, leak: Leak) -> None:
    assert check_leaks(text).found == (leak,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Soup for 4, on Thursdays from 18:00 to 20:00, second floor.",
        "1060 Saint-Gilles, 20/11/2026",
        "Two rooms of 12.5 m2. No steps.",
    ],
)
def test_plain_words_pass(text: str) -> None:
    assert not check_leaks(text).found


@given(st.integers(0, 999_999_999))
def test_a_number_that_checks_is_always_blocked(base: int) -> None:
    check = 97 - base % 97
    assert check_leaks(f"nr {base:09d}{check:02d}!").blocked


@given(st.text(max_size=300))
def test_any_text_has_an_answer(text: str) -> None:
    found = check_leaks(text)
    assert not (found.blocked and found.doubtful)
