"""What organisations say of themselves, of their colleagues and of their clients."""

from app.organisations.forms.clients import ClientDraft, ClientForm, MandateDraft, MandateForm
from app.organisations.forms.organisation import (
    KINDS,
    DeskDraft,
    DeskForm,
    OrganisationDraft,
    OrganisationForm,
)
from app.organisations.forms.staff import ColleagueDraft, ColleagueForm, DecisionForm

__all__ = [
    "KINDS",
    "ClientDraft",
    "ClientForm",
    "ColleagueDraft",
    "ColleagueForm",
    "DecisionForm",
    "DeskDraft",
    "DeskForm",
    "MandateDraft",
    "MandateForm",
    "OrganisationDraft",
    "OrganisationForm",
]
