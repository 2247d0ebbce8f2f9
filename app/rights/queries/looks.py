"""Who of the staff opened something about a person: when, and with which reason."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import Person
from app.db import ReadSession
from app.moderation.models import ContactLook, Report
from app.moderation.rules import About, Party
from app.organisations.models import Organisation
from app.posts.models import GuestCall, HostFile, HostFileView, Post
from app.rights.queries.held_back import own_post_ids
from app.rights.rules.export import Look


async def looks(reader: ReadSession, person_id: int) -> Sequence[Look]:
    """The newest first; staff appear by their organisation or office, never by name."""
    found = [
        *await _host_files(reader, person_id),
        *await _calls(reader, person_id),
        *await _moderators(reader, person_id),
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


async def _host_files(reader: ReadSession, person_id: int) -> list[Look]:
    rows = await reader.execute(
        select(HostFileView.section, HostFileView.seen_at, Organisation.name)
        .join(HostFile, HostFile.post_id == HostFileView.post_id)
        .join(Organisation, Organisation.id == HostFile.organisation_id)
        .where(HostFileView.post_id.in_(own_post_ids(person_id)))
    )
    return [Look("host_file", name, "", at) for _section, at, name in rows]


async def _calls(reader: ReadSession, person_id: int) -> list[Look]:
    rows = await reader.execute(
        select(GuestCall.seen_at, Organisation.name)
        .join(Organisation, Organisation.id == GuestCall.organisation_id)
        .where(GuestCall.post_id.in_(own_post_ids(person_id)))
    )
    return [Look("phone", name, "", at) for at, name in rows]


async def _moderators(reader: ReadSession, person_id: int) -> list[Look]:
    """Of a matter that is still open only whoever reported it learns."""
    post, author = aliased(Post), aliased(Person)
    concerned = (
        select(author.id)
        .join(post, post.author_id == author.id)
        .where(post.id == Report.post_ids.any_(), author.id == person_id)
        .correlate(Report)
        .exists()
    )
    about = (Report.about == About.PERSON.value) & (Report.about_id == person_id)
    rows = await reader.execute(
        select(ContactLook.created_at, ContactLook.reason)
        .join(Report, Report.id == ContactLook.report_id)
        .where(
            or_(
                (ContactLook.party == Party.REPORTER.value) & (Report.reporter_id == person_id),
                (ContactLook.party == Party.AFFECTED.value)
                & Report.decided_at.is_not(None)
                & or_(concerned, about),
            )
        )
    )
    return [Look("contact", "", reason, at) for at, reason in rows]
