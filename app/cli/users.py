"""`solidare users`: people, their roles and their programs' tokens."""

import asyncio
from pathlib import Path

import click
from sqlalchemy import select

from app.accounts import actions as accounts
from app.accounts.forms import ContactInput, read_contact
from app.accounts.models import Contact
from app.accounts.rules import ORGANISATION_ROLES, Role, clean_name, contact_lookup
from app.cli.servers import connected, folder_option
from app.db import ReadSession, transaction
from app.i18n import LANGUAGES
from app.organisations.models import Organisation


class ContactType(click.ParamType[ContactInput]):
    """A phone number or an e-mail address, in its normal form."""

    name = "contact"

    def __init__(self, kind: str | None = None) -> None:
        self.kind = kind

    def convert(
        self, value: str | ContactInput, param: click.Parameter | None, ctx: click.Context | None
    ) -> ContactInput:
        if isinstance(value, ContactInput):
            return value
        contact = read_contact(value)
        if contact is None or (self.kind and contact.kind != self.kind):
            wanted = self.kind or "a phone number or an e-mail address"
            self.fail(f"{value!r} is not {wanted}.", param, ctx)
        return contact


@click.group()
def users() -> None:
    """People, their roles, their tokens."""


@users.command()
@folder_option
@click.option("--name", required=True, help="First name or nickname.")
@click.option("--email", type=ContactType("email"))
@click.option("--phone", type=ContactType("phone"))
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="fr", show_default=True)
@click.option("--adult", is_flag=True, help="This person said to be 18 or older.")
def create(
    *,
    folder: Path,
    name: str,
    email: ContactInput | None,
    phone: ContactInput | None,
    language: str,
    adult: bool,
) -> None:
    """Register a person whose contact somebody has checked."""
    contacts = [contact for contact in (email, phone) if contact is not None]
    if not contacts:
        raise click.UsageError("Give --email or --phone: without one nobody can sign in.")
    if not adult:
        raise click.UsageError("Only people of 18 or older take part: confirm it with --adult.")
    if not clean_name(name):
        raise click.UsageError("The name is empty.")
    number = asyncio.run(_create(folder, clean_name(name), contacts, language))
    click.echo(f"Person {number} can now sign in with {' or '.join(c.value for c in contacts)}.")


@users.command()
@folder_option
@click.argument("contact", type=ContactType())
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.option("--organisation", help="Code of the organisation, for its own roles.")
def grant(folder: Path, contact: ContactInput, role: str, organisation: str | None) -> None:
    """Give a person a role; their signed-in devices must sign in again."""
    if (Role(role) in ORGANISATION_ROLES) != bool(organisation):
        needed = "needs" if Role(role) in ORGANISATION_ROLES else "takes no"
        raise click.UsageError(f"The role {role} {needed} --organisation.")
    asyncio.run(_grant(folder, contact, Role(role), organisation))
    click.echo(f"{contact.value} is now {role}{f' of {organisation}' if organisation else ''}.")


@users.command()
@folder_option
@click.argument("contact", type=ContactType())
@click.option("--label", default="command line", show_default=True, help="What it is for.")
@click.option("--read-only", is_flag=True, help="It may read, not write.")
def token(folder: Path, contact: ContactInput, label: str, read_only: bool) -> None:
    """Print a new API token; it is shown this once."""
    scopes = ("read",) if read_only else ("read", "write")
    click.echo(asyncio.run(_token(folder, contact, label[:60], scopes)))


async def _create(folder: Path, name: str, contacts: list[ContactInput], language: str) -> int:
    async with connected(folder) as (_, maker), transaction(maker) as session:
        for contact in contacts:
            if await _owner(session, contact) is not None:
                raise click.ClickException(f"Somebody already signs in with {contact.value}.")
        values = {contact.kind: contact.value for contact in contacts}
        person = await accounts.register_person(
            session,
            name=name,
            language=language,
            languages=[language],
            email=values.get("email"),
            phone=values.get("phone"),
        )
        return person.id


async def _grant(folder: Path, contact: ContactInput, role: Role, code: str | None) -> None:
    async with connected(folder) as (_, maker), transaction(maker) as session:
        person_id = await _person(session, contact)
        organisation_id = await _organisation(session, code) if code else None
        await accounts.grant(session, person_id, role, organisation_id)


async def _token(folder: Path, contact: ContactInput, label: str, scopes: tuple[str, ...]) -> str:
    async with connected(folder) as (_, maker), transaction(maker) as session:
        person_id = await _person(session, contact)
        return await accounts.issue_token(session, person_id, label, scopes)


async def _person(reader: ReadSession, contact: ContactInput) -> int:
    owner = await _owner(reader, contact)
    if owner is None:
        raise click.ClickException(f"Nobody signs in with {contact.value}.")
    return owner


async def _owner(reader: ReadSession, contact: ContactInput) -> int | None:
    owner: int | None = await reader.scalar(
        select(Contact.person_id).where(
            Contact.lookup == contact_lookup(contact.kind, contact.value)
        )
    )
    return owner


async def _organisation(reader: ReadSession, code: str) -> int:
    found: int | None = await reader.scalar(
        select(Organisation.id).where(Organisation.code == code)
    )
    if found is None:
        raise click.ClickException(f"There is no organisation with the code {code}.")
    return found
