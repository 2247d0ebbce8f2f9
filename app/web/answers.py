"""What a page handler answers: a page, or the way to the next one."""

import json
from http.cookies import SimpleCookie

from litestar.response import Redirect, Template

from app import crypto, i18n
from app.web.templates import flashes, url
from app.web.visit import Flash, current_visit

FLASH_COOKIE = "flash"


def page(template: str, *, status: int = 200, **context: object) -> Template:
    """A page; status 422 where it shows what is wrong with what was typed."""
    visit = current_visit()
    visit.status, visit.leads_to = status, ""
    frame = {
        "lang": visit.language,
        "direction": i18n.direction(),
        "languages": list(i18n.LANGUAGES.items()),
        "path": f"{visit.path}?{visit.query}" if visit.query else visit.path,
        "visitor": visit.visitor,
        "flash": flashes(),
    }
    return Template(template_name=template, context={**frame, **context}, status_code=status)


class SentElsewhereError(Exception):
    """Nothing can be done here before another page: the browser is sent there."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def see_other(path: str) -> Redirect:
    """303 to another page in the current language: what was posted is not posted twice."""
    visit = current_visit()
    visit.status, visit.leads_to = 303, url(path)
    return Redirect(path=visit.leads_to, status_code=303)


def flash(text: str, kind: str = "done") -> None:
    """Say something on the next page; `kind` is done, warning or error."""
    visit = current_visit()
    visit.flashes = [*([] if visit.flashes_shown else visit.flashes), Flash(kind, text)]
    visit.flashes_shown = False
    body = crypto.text_of(json.dumps([[f.kind, f.text] for f in visit.flashes[-3:]]).encode())
    signature = crypto.text_of(crypto.sign("flash", body, 12))
    set_cookie(FLASH_COOKIE, f"{body}.{signature}", max_age=60)


def read_flashes(cookie: str) -> list[Flash]:
    """The messages of a flash cookie that we signed; anything else is silence."""
    body, _, signature = cookie.partition(".")
    if not body or not crypto.is_signed("flash", body, crypto.bytes_of(signature)):
        return []
    return [Flash(kind, text) for kind, text in json.loads(crypto.bytes_of(body))]


def set_cookie(name: str, value: str, *, max_age: int | None = None) -> None:
    """Set a cookie that scripts and other sites cannot read, as the front door answers."""
    cookie: SimpleCookie = SimpleCookie()
    cookie[name] = value
    morsel = cookie[name]
    morsel["path"], morsel["httponly"], morsel["samesite"] = "/", True, "Lax"
    if max_age is not None:
        morsel["max-age"] = max_age
    current_visit().set_cookies.append(morsel.OutputString())


def forget_cookie(name: str) -> None:
    set_cookie(name, "", max_age=0)


def start_session(token: str) -> None:
    """Hand the browser the only copy of its session's id."""
    visit = current_visit()
    set_cookie(visit.session_cookie, token, max_age=14 * 86_400)
    visit.session_token = token


def end_session() -> None:
    """Forget the session and ask the browser to clear what it kept of us."""
    visit = current_visit()
    forget_cookie(visit.session_cookie)
    visit.session_token = ""
    visit.headers["clear-site-data"] = '"cache", "storage"'
