"""What people write in a post: short, in a language they speak, about their own kind of help."""

import tomllib
from functools import lru_cache
from pathlib import Path
from random import Random

NOTES = Path(__file__).parent / "notes"
SILENT = 0.12


def draw_note(
    random: Random, kind: str, category: str, languages: tuple[str, ...]
) -> tuple[str, str]:
    """A note and its language; empty where somebody says nothing or has no words for it."""
    choices = [
        (code, sentence) for code in languages for sentence in sentences(code, kind, category)
    ]
    if not choices or random.random() < SILENT:
        return "", languages[0]
    first = [choice for choice in choices if choice[0] == choices[0][0]]
    language, note = random.choice(first)
    return note, language


def sentences(language: str, kind: str, category: str) -> list[str]:
    """All that is said about one kind of help in one language."""
    return notes(language).get(category, {}).get(kind, [])


@lru_cache
def notes(language: str) -> dict[str, dict[str, list[str]]]:
    """By category and kind; nothing for a language without a book of notes."""
    path = NOTES / f"{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
