"""Drafts begin, gather answers and become one post, however often they are sent."""

import json
from dataclasses import replace
from datetime import date

from app.accounts.rules import Visitor
from app.crypto import new_token, token_hash
from app.db import Session
from app.posts import queries
from app.posts.actions.edit import edit
from app.posts.actions.publish import publish
from app.posts.forms import reading
from app.posts.forms.answers import Answers, Step, to_json
from app.posts.forms.beginnings import editing
from app.posts.models import Draft, Post
from app.posts.rules import PostDraft, PostKind
from app.posts.rules.read_back import ReadBack


async def start_draft(session: Session, answers: Answers, person_id: int | None) -> str:
    """A new draft; the only copy of its token goes into the link."""
    token = new_token()
    session.add(
        Draft(
            token_hash=token_hash(token),
            kind=answers.kind.value,
            answers=json.dumps(to_json(answers)),
            person_id=person_id,
        )
    )
    await session.flush()
    return token


async def keep_answers(session: Session, draft: Draft, answers: Answers) -> None:
    draft.answers = json.dumps(to_json(answers))
    await session.flush()


async def publish_draft(
    session: Session,
    visitor: Visitor,
    draft: Draft,
    answers: Answers,
    *,
    today: date,
    heard: ReadBack | None = None,
) -> Post:
    """The post that a locked draft becomes; a second call gives the same post again.

    The answers must be complete (`reading.first_problem`); afterwards they are forgotten.
    Without what a client `heard`, a need for them is kept but not on show.
    """
    if draft.post_id is not None:
        return await session.get_one(Post, draft.post_id)
    said = reading.read_post(answers, today)
    if answers.about.edits is not None:
        post = await queries.post_by_code(session, answers.about.edits, answers.kind)
        await edit(
            session, visitor, post, await _keeping_the_rest(session, post, said, answers), heard
        )
    else:
        post = await publish(session, visitor, said, heard)
    draft.post_id, draft.person_id = post.id, visitor.person_id
    kept = Answers(answers.kind, about=answers.about)
    await keep_answers(session, draft, kept)
    return post


async def _keeping_the_rest(
    session: Session, post: Post, said: PostDraft, answers: Answers
) -> PostDraft:
    """What the questions do not ask stays, and so do dates that were not touched."""
    if said.category != post.category:
        return said
    before, place = await queries.draft_of_post(session, post)
    timing = Step.WHEN if answers.kind is PostKind.OFFER else Step.PEOPLE
    if answers.typed[timing] == editing(before, post.code, place).typed[timing]:
        said = replace(
            said, windows=before.windows, urgency=before.urgency, latest_by=before.latest_by
        )
    return replace(
        said,
        radius_km=post.radius_km or None,
        remote=post.remote,
        exclusive=post.exclusive,
        insured_by=post.insured_by,
    )
