"""One need from the desk: copied, or put before one to three that a person chooses."""

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Visitor
from app.db import Session
from app.desk import queries
from app.desk.pages.roles import WORKER
from app.errors import ConflictError, NotFoundError
from app.organisations import queries as organisations
from app.posts import actions as posts
from app.posts import queries as post_queries
from app.posts.forms.beginnings import copying
from app.posts.pages.drafting import today
from app.posts.rules import PostKind, owns
from app.web.answers import see_other


@post("/desk/needs/{code:str}/copy", opt=WORKER)
async def copy_need(
    code: FromPath[str], session: NamedDependency[Session], visitor: NamedDependency[Visitor]
) -> Redirect:
    need = await post_queries.post_by_code(session, code, PostKind.NEED)
    if not owns(visitor, need) or need.client_id is None:
        raise NotFoundError("There is no such post.")
    if await organisations.live_mandate(session, need.client_id) is None:
        raise ConflictError("This client has no mandate, or it has ended. Record a mandate first.")
    said, place = await post_queries.draft_of_post(session, need)
    how = await queries.last_manner(session, need.id)
    answers = copying(said, place, how, today())
    token = await posts.start_draft(session, answers, visitor.person_id)
    return see_other(f"/drafts/{token}/people")


handlers: list[ControllerRouterHandler] = [copy_need]
