"""What can go wrong in the domain, in words a person can act on.

Each error carries an English sentence (a message id of the catalogues) and its values;
pages and API translate it and choose the HTTP status.
"""

from collections.abc import Mapping


class SolidareError(Exception):
    """A refusal that a person may read."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values = values


class NotFoundError(SolidareError):
    """There is nothing here, or nothing this person may see."""


class NotAllowedError(SolidareError):
    """The person may not do this; the sentence says what they can do instead."""


class SignInNeededError(SolidareError):
    """Only a signed-in person can do this."""


class ProofNeededError(SolidareError):
    """The person must prove themselves again before this, by a code or their second step."""


class FactorNeededError(SolidareError):
    """The person's role opens nothing before a second step is set up."""


class GoneError(SolidareError):
    """It was here once: expired, withdrawn, answered or used."""


class ConflictError(SolidareError):
    """Somebody else was first, or the state has moved on."""


class TooManyError(SolidareError):
    """A limit is reached; the sentence says when to try again or whom to call."""


class UnavailableError(SolidareError):
    """A server we depend on does not answer now."""


class InvalidError(SolidareError):
    """What was sent cannot be used; messages stand by field, all at once."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        super().__init__("There is a problem with what you entered.")
        self.fields = dict(fields)
