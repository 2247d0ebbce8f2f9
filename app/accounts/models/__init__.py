"""What we remember of people and of how they prove who they are."""

from app.accounts.models.doors import ApiToken, PersonSession, SignInCode
from app.accounts.models.factors import Challenge, Factor, FactorTry, RecoveryCode, SecurityLetter
from app.accounts.models.people import Agreement, Block, Contact, Person, RoleGrant

__all__ = [
    "Agreement",
    "ApiToken",
    "Block",
    "Challenge",
    "Contact",
    "Factor",
    "FactorTry",
    "Person",
    "PersonSession",
    "RecoveryCode",
    "RoleGrant",
    "SecurityLetter",
    "SignInCode",
]
