"""What organisations say of themselves, of their colleagues and of their clients."""

from app.organisations.forms.clients import ClientDraft, ClientForm, MandateDraft, MandateForm
from app.organisations.forms.code import (
    ChangeForm,
    ClientCodeForm,
    EndForm,
    NoteForm,
    TakeOverCodeForm,
    TakeOverForm,
)
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
    "ChangeForm",
    "ClientCodeForm",
    "ClientDraft",
    "ClientForm",
    "ColleagueDraft",
    "ColleagueForm",
    "DecisionForm",
    "DeskDraft",
    "DeskForm",
    "EndForm",
    "MandateDraft",
    "MandateForm",
    "NoteForm",
    "OrganisationDraft",
    "OrganisationForm",
    "TakeOverCodeForm",
    "TakeOverForm",
]
