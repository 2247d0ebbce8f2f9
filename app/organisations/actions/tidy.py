"""What an organisation need not keep any more goes, and what ends soon is said in time."""

from sqlalchemy import delete, func

from app.db import Session
from app.organisations.actions.access import forget_old_views
from app.organisations.actions.join import warn_of_insurance
from app.organisations.models import Upload
from app.organisations.rules import UPLOAD_LIFE


async def tidy_organisations(session: Session) -> None:
    """Old lines of the log, sheets that nobody published, insurances that end."""
    await forget_old_views(session)
    await session.execute(delete(Upload).where(Upload.uploaded_at < func.now() - UPLOAD_LIFE))
    await warn_of_insurance(session)
