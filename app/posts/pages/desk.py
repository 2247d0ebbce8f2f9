"""What a desk begins for one client: a new need."""

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Role, Visitor
from app.db import Session
from app.errors import ConflictError
from app.organisations import queries as organisations
from app.posts import actions, queries
from app.posts.forms.beginnings import on_behalf
from app.posts.pages.drafting import today
from app.web.access import staff
from app.web.answers import see_other

WORKER = staff(Role.CASEWORKER.value, Role.ORGANISATION_ADMIN.value)


@post("/desk/clients/{alias:str}/need", opt=WORKER)
async def need_for_client(
    alias: FromPath[str], session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    client = await organisations.client_by_alias(session, visitor.organisation_ids, alias)
    if await organisations.live_mandate(session, client.id) is None:
        raise ConflictError("This client has no mandate, or it has ended. Record a mandate first.")
    place = queries.place_answer(client.place)
    answers = on_behalf(client.organisation_id, client.id, place, client.languages, today())
    token = await actions.start_draft(session, answers, visitor.person_id)
    return see_other(f"/drafts/{token}/kind")


handlers: list[ControllerRouterHandler] = [need_for_client]
