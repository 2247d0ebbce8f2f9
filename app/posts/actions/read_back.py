"""What a client heard and allowed, one row for each purpose; an edit ends it."""

from app.db import Session
from app.errors import InvalidError
from app.i18n import gettext as _
from app.organisations import actions as organisations
from app.organisations.actions import Said
from app.organisations.rules import ConsentPurpose, RevokedVia
from app.posts.models import Post
from app.posts.rules import PostDraft
from app.posts.rules.read_back import ReadBack, sensitive_in


def refuse_unspoken(draft: PostDraft, heard: ReadBack | None) -> None:
    """Each sensitive part needs a yes of its own."""
    if heard is not None and set(sensitive_in(draft)) - heard.sensitive:
        raise InvalidError(
            {"sensitive": [_("Ask the client about each of these, or take it out of the need.")]}
        )


async def keep_read_back(
    session: Session, worker_id: int, post: Post, draft: PostDraft, heard: ReadBack | None
) -> None:
    """Record what the client allowed; what was allowed for earlier words has ended."""
    client_id = post.client_id
    if client_id is None:
        return
    for purpose in (ConsentPurpose.PUBLISH, ConsentPurpose.SENSITIVE):
        await organisations.end_consents(
            session, client_id, RevokedVia.REPLACED, purpose=purpose, ref=post.id
        )
    if heard is None:
        return
    said = Said(heard.how, heard.language, heard.text, heard.day)
    wanted: list[tuple[ConsentPurpose, str | None]] = [(ConsentPurpose.PUBLISH, None)]
    wanted += [(ConsentPurpose.SENSITIVE, about) for about in sensitive_in(draft)]
    for purpose, about in wanted:
        await organisations.record_consent(
            session, client_id, worker_id, said, purpose=purpose, ref=post.id, about=about
        )
    await organisations.answer_requests(session, post.id)
