"""Who may sit at a desk."""

from app.accounts.rules import Role
from app.web.access import staff

WORKER = staff(Role.CASEWORKER.value, Role.ORGANISATION_ADMIN.value)
DESK = staff(Role.CASEWORKER.value, Role.ORGANISATION_ADMIN.value, Role.COORDINATOR.value)
LEAD = staff(Role.ORGANISATION_ADMIN.value)
MODERATOR = staff(Role.MODERATOR.value)
