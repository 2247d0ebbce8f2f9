"""Spreadsheets that wait for their second yes."""

from sqlalchemy import func, select

from app.accounts.rules import Visitor
from app.crypto import token_hash
from app.db import ReadSession
from app.errors import NotFoundError
from app.organisations.models import Organisation, Upload
from app.organisations.queries import at_work
from app.organisations.rules import UPLOAD_LIFE


async def own_upload(
    reader: ReadSession, visitor: Visitor, token: str
) -> tuple[Upload, Organisation]:
    """What this worker brought in for an organisation where they work, within a day."""
    row = (
        await reader.execute(
            select(Upload, Organisation)
            .join(Organisation, Organisation.id == Upload.organisation_id)
            .where(
                Upload.token_hash == token_hash(token),
                Upload.person_id == visitor.person_id,
                Upload.organisation_id.in_(visitor.organisation_ids),
                Upload.uploaded_at > func.now() - UPLOAD_LIFE,
                at_work(),
            )
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError("This file is forgotten: it is kept for a day. Choose it again.")
    return row.Upload, row.Organisation
