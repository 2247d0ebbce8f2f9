"""The demo's browser sends a form as it stands, and reads the letter that was meant."""

from pathlib import Path

import httpx
import pytest

from app.cli.demo.play.browser import StoryError, read_page
from app.cli.demo.play.letters import Mailbag
from app.notifications.rules import LinkPurpose, SignedLink, write_link
from app.settings import Settings

PAGE = """<main><a href="/en/offers/abc">See it</a>
<form action="/en/other"><input name="q" value="1"></form>
<form method="post" action="/en/drafts/t/people">
<input type="hidden" name="_csrf_token" value="x">
<input type="radio" name="urgency" value="0"><input type="radio" name="urgency" value="1" checked>
<input type="checkbox" name="adult" value="y"><input name="people" value="2">
<textarea name="note">
Two &amp; three</textarea>
<select name="unit"><option value="a">A</option><option value="b" selected>B</option></select>
<button name="answer" value="yes">Yes</button></form></main>"""


def page(status: int = 200, text: str = PAGE) -> httpx.Response:
    request = httpx.Request("GET", "http://localhost/en/drafts/t/people")
    return httpx.Response(status, text=text, request=request)


def test_a_form_is_sent_as_it_stands_but_for_the_answers() -> None:
    shown = read_page(page())
    form = shown.form("/people")
    standing = [("_csrf_token", "x"), ("urgency", "1"), ("people", "2"), ("note", "Two & three")]
    assert form.filled({}) == [*standing, ("unit", "b")]
    answered = form.filled({"people": "4", "days": ["MO", "TU"]})
    assert answered[-3:] == [("people", "4"), ("days", "MO"), ("days", "TU")]
    assert ("people", "2") not in answered
    assert (shown.last, shown.link("/offers/")) == ("people", "/en/offers/abc")


def test_a_refusal_ends_the_story_with_its_words() -> None:
    with pytest.raises(StoryError, match=r"422: No\. Try again\."):
        read_page(page(422, "<main><p>No.</p> <p>Try again.</p></main>"))
    with pytest.raises(StoryError, match="no form"):
        read_page(page()).form("/elsewhere")


async def test_of_several_links_in_a_letter_the_right_one_is_followed(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "0-old.eml").write_text("To: jan@example.org\n\nhttp://localhost/p/old.1.x\n")
    bag = Mailbag(tmp_path)
    tokens = {
        code: write_link(SignedLink(LinkPurpose.PROPOSAL, code, 7)) for code in ("aaaa", "bbbb")
    }
    links = "\n".join(f"http://localhost:8000/p/{token}" for token in tokens.values())
    (tmp_path / "1-new.eml").write_text(f"To: jan@example.org\n\nYour code 123456.\n{links}\n")
    found = await bag.proposal_link_for("jan@example.org", "bbbb")
    assert found == f"/p/{tokens['bbbb']}"
    assert await bag.code_for("jan@example.org") == "123456"
