"""What is read out before a client gives a mandate; a new wording gets a new MANDATE_TEXT."""

from dataclasses import dataclass

from app.i18n import LANGUAGES, choose_language, current_language, direction, speaking
from app.i18n import gettext as _
from app.organisations.models import Client


@dataclass(frozen=True)
class MandateText:
    """The sentences in one language, and the others there are."""

    language: str
    direction: str
    sentences: list[str]
    languages: list[tuple[str, str]]


def mandate_text(client: Client, wished: str) -> MandateText:
    """In the wished language, else the first of the client's that we write."""
    language = choose_language(wished, *client.languages, current_language())
    with speaking(language):
        sentences = [
            _("%(name)s asks for help in your place.", name=client.organisation.name),
            _("We never say your name. We say what you need, about where, and when."),
            _("Before others read it, we read it to you, each time."),
            _("If you agree, others get the phone of our desk. They never get yours."),
            _("For a bed or a home we ask you separately and visit the house first."),
            _("You may say no at any time. You lose nothing by it."),
            _("You get a paper with a code, to see it, change it or end it yourself."),
            _("This holds for twelve months."),
        ]
    return MandateText(language, direction(language), sentences, list(LANGUAGES.items()))
