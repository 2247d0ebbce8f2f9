"""Rows of a spreadsheet become posts, each once."""

from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Person
from app.accounts.rules import Grant, Role, Visitor
from app.db import Session
from app.errors import ConflictError
from app.i18n import sentence
from app.posts.actions.publish import publish
from app.posts.models import ImportedRow, Post
from app.posts.rules import PostDraft

ALREADY = sentence("This row was imported before.")


async def import_post(
    session: Session, writer: Person, draft: PostDraft, fingerprint: bytes
) -> Post:
    """Publish a row in its writer's name; `ConflictError` where it was imported before."""
    post = await publish(session, _at_the_operators_hand(writer, draft), draft)
    kept = await session.scalar(
        insert(ImportedRow)
        .values(fingerprint=fingerprint, post_id=post.id)
        .on_conflict_do_nothing()
        .returning(ImportedRow.post_id)
    )
    if kept is None:
        raise ConflictError(ALREADY)
    return post


def _at_the_operators_hand(writer: Person, draft: PostDraft) -> Visitor:
    """The writer as seen while an operator imports: without a person's daily limit."""
    grants = {Grant(Role.OPERATOR, None)}
    if draft.organisation_id is not None:
        grants.add(Grant(Role.CASEWORKER, draft.organisation_id))
    return Visitor(writer.id, writer.name, writer.language, frozenset(grants))
