"""Components say aloud what they show, and keep what a person typed."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, UndefinedError
from wtforms import (
    DateField,
    Form,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

from app import crypto, i18n
from app.settings import DatabaseSettings, MailSettings, Secret, Settings
from app.web.answers import page
from app.web.templates import TEMPLATES, create_environment
from app.web.visit import Flash, Visit, enter

COMPONENTS = sorted(path.stem for path in (TEMPLATES / "components").glob("*.html"))

# The published type stubs do not know yet that a choice may be a plain word.
KINDS: Any = ["bed", "meal"]


class Questions(Form):
    kind = RadioField("What?", choices=KINDS)
    place = SelectField("Where?", choices=KINDS)
    speaks = SelectMultipleField("Languages", choices=KINDS)
    name = StringField("First name")
    day = DateField("From when?")
    note = TextAreaField("Message")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Environment:
    nothing = Secret("")
    settings = Settings(
        environment="test",
        public_url="http://test",
        secret_key=Secret("k" * 64),
        database=DatabaseSettings(url=nothing),
        redis_url=nothing,
        mail=MailSettings(smtp_url=nothing),
    )
    i18n.use_language("en")
    own_keys = crypto.Keyring()
    own_keys.open(settings.secret_key)
    monkeypatch.setattr(crypto, "keyring", own_keys)
    enter(Visit(path="/offers", query="page=2", language="en"))
    return create_environment(settings)


def render(environment: Environment, name: str, call: str, **context: object) -> str:
    source = f'{{% from "components/{name}.html" import {name} %}}{{{{ {call} }}}}'
    return environment.from_string(source).render(**context)


def whole_page(
    environment: Environment, *, form: Form | None = None, sensitive: bool = False
) -> str:
    source = '{% extends "layout.html" %}{% block title %}Offers{% endblock %}'
    frame = page("layout.html", form=form, sensitive=sensitive).context
    return environment.from_string(source).render(**frame)


@pytest.mark.parametrize("name", COMPONENTS)
def test_each_file_holds_the_macro_of_its_name(environment: Environment, name: str) -> None:
    module = environment.get_template(f"components/{name}.html").module
    assert callable(getattr(module, name))


def test_hint_and_error_are_tied_to_the_field(environment: Environment) -> None:
    form = Questions()
    form.name.errors = ["Write a name."]
    html = render(environment, "field", 'field(form.name, hint="They see it.")', form=form)
    described = re.search(r'aria-describedby="([^"]+)"', html)
    assert described is not None
    assert described[1].split() == ["name-hint", "name-error"]
    assert all(f'id="{target}"' in html for target in described[1].split())
    assert 'aria-invalid="true"' in html
    assert "required" not in html


def test_an_impossible_date_stays_as_typed(environment: Environment) -> None:
    form = Questions()
    form.day.raw_data = ["31/02/2026"]
    html = render(environment, "date_field", "date_field(form.day)", form=form)
    assert 'type="text"' in html
    assert 'value="31/02/2026"' in html
    form.day.raw_data = ["2026-02-28"]
    assert 'type="date"' in render(environment, "date_field", "date_field(form.day)", form=form)


def test_error_summary_leads_to_every_field(environment: Environment) -> None:
    form = Questions()
    form.kind.errors, form.day.errors = ["Choose one."], ["This day is over."]
    summary = render(environment, "error_summary", "error_summary(form)", form=form)
    group = render(environment, "radio_group", "radio_group(form.kind)", form=form)
    day = render(environment, "date_field", "date_field(form.day)", form=form)
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert len(targets) == 2
    for target, control in zip(targets, (group, day), strict=True):
        assert f'id="{target}"' in control
    assert "Choose one." in group
    assert render(environment, "error_summary", "error_summary(form)", form=Questions()) == ""


def test_words_of_people_are_never_markup(environment: Environment) -> None:
    evil = '<script>alert("x")</script>'
    form = Questions(data={"name": evil, "note": evil})
    for name, call in [
        ("field", "field(form.name)"),
        ("field", "field(form.note)"),
        ("person_words", "person_words(evil, 'nl')"),
        ("card", "card(evil, '#', 'bed', where=evil)"),
        ("summary_list", "summary_list([{'key': 'Note', 'value': evil}])"),
    ]:
        html = render(environment, name, call, form=form, evil=evil)
        assert "<script" not in html
        assert "&lt;script" in html


def test_form_carries_its_token_and_leaves_checks_to_us(environment: Environment) -> None:
    source = (
        '{% from "components/post_form.html" import post_form %}'
        '{% call post_form("/en/offers/publish") %}x{% endcall %}'
    )
    html = environment.from_string(source).render()
    assert 'method="post"' in html
    assert 'name="_csrf_token"' in html
    assert "novalidate" in html


def test_unknown_icon_is_an_error(environment: Environment) -> None:
    with pytest.raises(UndefinedError):
        render(environment, "icon", 'icon("no-such-icon")')


def test_every_listed_icon_is_drawn(environment: Environment) -> None:
    listed = json.loads(
        (Path(__file__).parents[2] / "app" / "web" / "assets" / "icons.json").read_text()
    )
    for name in {*listed["categories"], *listed["interface"]}:
        assert 'aria-hidden="true"' in render(environment, "icon", f'icon("{name}")')


def test_frame_offers_the_same_page_in_every_language(environment: Environment) -> None:
    html = whole_page(environment)
    for code, name in i18n.LANGUAGES.items():
        assert f'href="/{code}/offers?page=2" hreflang="{code}" lang="{code}"' in html
        assert name in html
    assert '<html lang="en" dir="ltr">' in html
    assert html.count("<script") == html.count('<script src="/static/')
    assert "style=" not in html
    assert 'href="tel:112"' in html


def test_frame_turns_with_the_language(environment: Environment) -> None:
    i18n.use_language("ar")
    enter(Visit(path="/", language="ar"))
    assert '<html lang="ar" dir="rtl">' in whole_page(environment)


@pytest.mark.parametrize("complete", [tuple(i18n.LANGUAGES), ("fr",)])
def test_frame_says_where_words_may_be_missing(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, complete: tuple[str, ...]
) -> None:
    i18n.use_language("ar")
    enter(Visit(path="/", language="ar"))
    monkeypatch.setitem(environment.globals, "complete_languages", complete)
    note = i18n.gettext("Some words on this page are not translated yet.")
    assert (note in whole_page(environment)) == ("ar" not in complete)


def test_title_says_first_that_something_is_wrong(environment: Environment) -> None:
    form = Questions()
    assert "<title>Offers \u2013 Solidare</title>" in whole_page(environment, form=form)
    form.name.errors = ["Write a name."]
    assert "<title>Error: Offers \u2013 Solidare</title>" in whole_page(environment, form=form)


def test_messages_and_exit_appear_when_asked(environment: Environment) -> None:
    enter(Visit(path="/", language="en", flashes=[Flash("done", "It is published.")]))
    html = whole_page(environment, sensitive=True)
    assert "It is published." in html
    assert 'href="/en/exit"' in html
    assert "Exit this page" not in whole_page(environment)
