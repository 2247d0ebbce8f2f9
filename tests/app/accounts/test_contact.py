"""One field takes what people type and gives one normal form, or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.forms import CodeForm, ContactInput, read_contact
from app.accounts.rules import clean_name, device_name


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("0470 12 34 56", "phone", "+32470123456"),
        ("+32 (0)470/12.34.56", "phone", "+32470123456"),
        ("0032470123456", "phone", "+32470123456"),
        ("٠٤٧٠١٢٣٤٥٦", "phone", "+32470123456"),
        ("+380 44 123 45 67", "phone", "+380441234567"),
        (" Amina@Example.ORG ", "email", "amina@example.org"),
        ("a.b+c@sub.example.org", "email", "a.b+c@sub.example.org"),
        ("post@straße.example", "email", "post@strasse.example"),
    ],
)
def test_contacts_have_one_form(typed: str, kind: str, value: str) -> None:
    assert read_contact(typed) == ContactInput(kind, value)


@pytest.mark.parametrize(
    "typed",
    [
        "", "  ", "12", "0470", "amina", "@", "a@b", "a b@example.org", "a@example.org\nBcc: x@y.z",
        "a@exa mple.org", "a,b@example.org", "<a@example.org>", "a@.org", "a@" + "x" * 300 + ".org",
        "a@example..org", "1" * 400, "+00000000000", "a@ex\x00ample.org",
    ],
)  # fmt: skip
def test_other_text_is_no_contact(typed: str) -> None:
    assert read_contact(typed) is None


@given(st.text())
def test_any_text_is_read_or_refused(typed: str) -> None:
    contact = read_contact(typed)
    if contact is not None:
        assert contact.value.isascii()
        assert not set(contact.value) & set("\r\n\t <>,;")
        assert read_contact(contact.value) == contact


def test_spaces_and_other_digits_in_a_code_are_fine() -> None:
    assert CodeForm(data={"code": " 12 34-56 "}).digits == "123456"
    assert CodeForm(data={"code": "١٢٣٤٥٦"}).digits == "123456"


@given(st.text(max_size=200))
def test_names_are_one_visible_line(typed: str) -> None:
    name = clean_name(typed)
    assert len(name) <= 60
    assert name == clean_name(name)
    assert all(char.isprintable() for char in name)


def test_devices_have_short_names() -> None:
    phone = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
    assert device_name(phone) == "Chrome, Android"
    assert device_name("curl/8") == "?"
