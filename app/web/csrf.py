"""Forms come from our own pages, in the browser that was shown them."""

import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from app import crypto
from app.errors import NotAllowedError
from app.i18n import sentence
from app.web.visit import Visit, current_visit

FIELD = "_csrf_token"
KEY = "_key"
REFUSED = sentence("This form came from another page or is too old. Go back, reload and try again.")


def refuse_other_sites(headers: Mapping[str, str], public_url: str) -> None:
    """Refuse an unsafe request that another site started."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise NotAllowedError(REFUSED)
        return
    origin = headers.get("origin") or headers.get("referer")
    if origin is None:
        return
    host = urlsplit(origin).netloc
    if host not in {headers.get("host", ""), urlsplit(public_url).netloc}:
        raise NotAllowedError(REFUSED)


def _bound_to(visit: Visit) -> str:
    return visit.session_token or visit.device


def new_device(visit: Visit) -> str:
    """The browser's own random mark, made when the first form is shown."""
    if not visit.device:
        visit.device, visit.device_is_new = crypto.new_token(), True
    return visit.device


def csrf_field() -> Markup:
    """The hidden inputs of every form: a signed token, and a key that makes it count once.

    The token is random and signed with the browser's or the session's own; `web.once` keeps keys.
    """
    visit = current_visit()
    new_device(visit)
    salt = secrets.token_urlsafe(12)
    token = f"{salt}.{crypto.text_of(crypto.sign('csrf', f'{_bound_to(visit)}.{salt}', 18))}"
    hidden = Markup('<input type="hidden" name="{}" value="{}">')
    return hidden.format(FIELD, escape(token)) + hidden.format(KEY, secrets.token_urlsafe(24))


def check_token(token: str) -> None:
    """Refuse a form whose token was not made for this browser and session."""
    visit = current_visit()
    salt, _, signature = token.partition(".")
    bound = _bound_to(visit)
    if not bound or not crypto.is_signed("csrf", f"{bound}.{salt}", crypto.bytes_of(signature)):
        raise NotAllowedError(REFUSED)
