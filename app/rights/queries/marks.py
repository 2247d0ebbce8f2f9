"""By what a letter about a person can be known: addresses, and codes of what they shared."""

from sqlalchemy import or_, select, union_all

from app.accounts.models import Contact
from app.db import ReadSession
from app.exchanges.models import Exchange
from app.posts.models import Post
from app.proposals.models import Proposal
from app.rights.queries.held_back import own_post_ids


async def letter_marks(reader: ReadSession, person_id: int) -> frozenset[str]:
    """Empty for nobody; never a name, which others may share."""
    own = own_post_ids(person_id)
    values = await reader.scalars(select(Contact.value).where(Contact.person_id == person_id))
    codes = await reader.scalars(
        union_all(
            select(Post.code).where(Post.id.in_(own)),
            select(Proposal.code).where(or_(Proposal.need_id.in_(own), Proposal.offer_id.in_(own))),
            select(Exchange.code).where(or_(Exchange.need_id.in_(own), Exchange.offer_id.in_(own))),
        )
    )
    return frozenset({*values, *codes})
