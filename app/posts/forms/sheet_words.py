"""The words coordinators use in a spreadsheet, in French, Dutch and English."""

from babel import Locale

from app.accounts.rules.spoken import SPOKEN
from app.posts.forms.spreadsheet import plain_words
from app.posts.rules.draft import PostKind, Urgency
from app.posts.rules.taxonomy import CATEGORIES, Category

READ_IN = ("fr", "nl", "en")

KINDS: dict[str, PostKind] = {
    **dict.fromkeys(
        ("need", "request", "besoin", "demande", "nood", "vraag", "behoefte"), PostKind.NEED
    ),
    **dict.fromkeys(("offer", "offre", "aanbod", "propose"), PostKind.OFFER),
}

URGENCIES: dict[str, Urgency] = {
    **dict.fromkeys(
        ("today", "urgent", "aujourd hui", "vandaag", "dringend", "2", "yes", "oui", "ja", "high"),
        Urgency.TODAY,
    ),
    **dict.fromkeys(
        ("this week", "week", "cette semaine", "semaine", "deze week", "1", "medium"),
        Urgency.THIS_WEEK,
    ),
    **dict.fromkeys(
        ("flexible", "no", "non", "nee", "flexibel", "pas urgent", "niet dringend", "0", "low"),
        Urgency.FLEXIBLE,
    ),
}


def _categories() -> dict[str, Category]:
    """By code and by name; a name that two categories share stands for neither."""
    found: dict[str, Category] = {}
    shared: set[str] = set()
    for one in CATEGORIES:
        words = {plain_words(one.name(language)) for language in READ_IN}
        words |= {_without_article(word) for word in words}
        for word in words:
            if found.setdefault(word, one) is not one:
                shared.add(word)
    for word in shared:
        del found[word]
    found.update({one.code: one for one in CATEGORIES})
    found.update({plain_words(one.code): one for one in CATEGORIES})
    return found


def _without_article(words: str) -> str:
    first, _, rest = words.partition(" ")
    return rest if first in ("a", "un", "une", "een", "the", "le", "la", "de", "het") else words


def _languages() -> dict[str, str]:
    """By code and by name in the three languages and in its own."""
    found = {code: code for code in SPOKEN}
    for reader in READ_IN:
        names = Locale.parse(reader).languages
        found.update({plain_words(names[code]): code for code in SPOKEN if code in names})
    return found


CATEGORIES_BY_WORD = _categories()
LANGUAGES = _languages()
