"""G8 and G10: the words themselves: none lacking, none hard-coded, none long."""

from statistics import mean

from app.cli.i18n import missing, read
from app.i18n import COMPLETE, SOURCE
from tests.gates.looks import Fault
from tests.test_words import count, parts, sentences

PLAIN = ("fr", "nl", "en")
LONGEST, MEAN = 20, 12.0


def catalogues() -> list[Fault]:
    """Sentences that a language lacks, and plurals that lack a form."""
    faults = []
    for language in COMPLETE:
        if language == SOURCE:
            continue
        faults += [Fault("G8", language, f"no words for: {one}") for one in missing(language)]
        have = read(language)
        faults += [
            Fault("G8", language, f"a plural lacks forms: {one.id}")
            for one in have
            if one.pluralizable and len([x for x in parts(one.string) if x]) != have.num_plurals
        ]
    return faults


def lengths() -> tuple[dict[str, tuple[float, int]], list[Fault]]:
    """Mean and longest sentence by language, in words, and those that are too long."""
    found, faults = {}, []
    for language in PLAIN:
        counts = [(count(one), one) for one in sentences(language)]
        found[language] = mean(many for many, _ in counts), max(many for many, _ in counts)
        faults += [Fault("G10", language, one) for many, one in counts if many > LONGEST]
        if found[language][0] > MEAN:
            faults.append(Fault("G10", language, f"{found[language][0]:.1f} words a sentence"))
    return found, faults
