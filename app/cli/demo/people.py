"""Who lives in the demo: the people of the design, and as many neighbours as are asked for."""

# ruff: noqa: RUF001 - Cyrillic and Arabic names are meant

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from string import ascii_lowercase

from app.cli.demo.places import draw_place, draw_place_in
from app.posts.rules import PlaceDraft

BY_PHONE = 0.25
MOST_PHONES = 4_000  # 0470 00 00 10 to 0470 00 40 09; `demo play` uses the numbers above


@dataclass(frozen=True)
class Neighbour:
    """Somebody as they would introduce themselves."""

    key: str
    name: str
    language: str
    languages: tuple[str, ...]
    place: PlaceDraft
    email: str | None = None
    phone: str | None = None

    @property
    def contact(self) -> str:
        return self.email or self.phone or ""


@dataclass(frozen=True)
class _Community:
    """Names as their bearers write them, with the Latin letters of their mail address."""

    weight: int
    page_languages: tuple[str, ...]
    spoken: tuple[tuple[str, ...], ...]
    names: tuple[tuple[str, str], ...]


def _latin(names: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, _plain(name)) for name in names.split())


def _plain(name: str) -> str:
    """The name without accents and marks, as in a mail address."""
    parts = unicodedata.normalize("NFKD", name.lower())
    return "".join(letter for letter in parts if letter in ascii_lowercase)


def _written(pairs: str) -> tuple[tuple[str, str], ...]:
    return tuple((one.split("=")[0], one.split("=")[1]) for one in pairs.split())


COMMUNITIES = (
    _Community(
        34,
        ("fr",),
        (("fr",), ("fr", "en"), ("fr", "nl"), ("fr", "en", "nl")),
        _latin(
            "Nathalie Luc Sophie Thomas Chantal Didier Camille Antoine Martine Philippe Élise "
            "Bernard Léa Maxime Françoise Olivier Anne-Marie Yves Julie Benoît Monique Simon "
            "Geneviève Hugo Pascale Cédric Aurélie Michel Lucie Étienne"
        ),
    ),
    _Community(
        14,
        ("nl",),
        (("nl", "fr"), ("nl", "en"), ("nl", "fr", "en"), ("nl",)),
        _latin(
            "Els Wim Lieve Bart Katrien Joris Griet Stijn Hilde Koen An Dirk Marleen Tom Veerle "
            "Jef Sofie Luk Nele Bram"
        ),
    ),
    _Community(
        16,
        ("ar", "fr"),
        (("ar", "fr"), ("ar",), ("ar", "fr", "nl"), ("ar", "en"), ("fr", "ar")),
        _written(
            "ليلى=leila يوسف=youssef فاطمة=fatima أحمد=ahmed مريم=mariam خالد=khaled سميرة=samira "
            "عمر=omar هدى=houda كريم=karim نادية=nadia رشيد=rachid زينب=zeineb طارق=tarek "
            "سلمى=salma إدريس=driss رنا=rana حسن=hassan"
        ),
    ),
    _Community(
        9,
        ("uk", "en"),
        (("uk", "en"), ("uk",), ("uk", "fr"), ("uk", "ru"), ("uk", "pl", "en")),
        _written(
            "Оксана=oksana Тарас=taras Наталія=natalia Дмитро=dmytro Ірина=iryna Андрій=andriy "
            "Світлана=svitlana Богдан=bohdan Марія=mariia Юрій=yuriy Катерина=kateryna Павло=pavlo"
        ),
    ),
    _Community(
        4,
        ("fr", "en"),
        (("bg", "fr"), ("ru", "fr"), ("bg", "en"), ("ru", "en", "fr")),
        _written(
            "Елена=elena Георги=georgi Ольга=olga Иван=ivan Десислава=desislava Михаил=mihail"
        ),
    ),
    _Community(
        5,
        ("pt", "fr"),
        (("pt", "fr"), ("pt",), ("pt", "en", "fr")),
        _latin("João Beatriz Tiago Catarina Rui Mariana Nuno Graça Paulo Sílvia"),
    ),
    _Community(
        6,
        ("en",),
        (("en", "fr"), ("en",), ("en", "nl"), ("en", "de", "fr")),
        _latin("Emma James Grace Daniel Chloe Peter Ruth Samuel Hannah Oscar"),
    ),
    _Community(
        6,
        ("fr", "nl"),
        (("tr", "fr"), ("tr", "nl"), ("ku", "tr", "fr")),
        _latin("Ayşe Mehmet Elif Murat Zeynep Emre Hatice Kemal"),
    ),
    _Community(
        6,
        ("fr", "en"),
        (("ro", "fr"), ("pl", "en"), ("it", "fr"), ("es", "fr"), ("es", "en"), ("el", "en")),
        _latin("Ioana Andrei Agnieszka Marek Chiara Matteo Lucía Javier Elena Nikos"),
    ),
    _Community(
        6,
        ("fr", "en"),
        (("ln", "fr"), ("sw", "fr"), ("ff", "fr"), ("rw", "fr"), ("wo", "fr"), ("so", "en")),
        _latin("Aminata Moussa Grâce Patrick Mariama Jean-Bosco Awa Ibrahima Solange Abdi"),
    ),
)


def neighbours(random: Random, seed: int, count: int) -> Iterator[Neighbour]:
    """As many people as asked for; the first of them always has the same address."""
    weights = [community.weight for community in COMMUNITIES]
    for number in range(count):
        community = random.choices(COMMUNITIES, weights)[0]
        name, address = random.choice(community.names)
        phone = _test_phone(seed, number) if random.random() < BY_PHONE else None
        if number == 0:
            phone, address = None, "first"
        yield Neighbour(
            key=f"{seed}-{number}",
            name=name,
            language=random.choice(community.page_languages),
            languages=random.choice(community.spoken),
            place=draw_place(random),
            email=None if phone else f"{address}.{seed}-{number}@example.org",
            phone=phone,
        )


def _test_phone(seed: int, number: int) -> str | None:
    """A number nobody has; of each town at most so many, of the first seed only."""
    return f"+3247000{10 + number:04d}" if seed == 1 and number < MOST_PHONES else None


def personas(random: Random) -> dict[str, Neighbour]:
    """The people of the design, by name."""

    def persona(
        name: str, languages: tuple[str, ...], nis: str, language: str = "", phone: str = ""
    ) -> Neighbour:
        key = ascii_names.get(name, name.lower())
        return Neighbour(
            key=key,
            name=name,
            language=language or languages[0],
            languages=languages,
            place=draw_place_in(random, nis),
            email=None if phone else f"{key}@example.org",
            phone=phone or None,
        )

    ascii_names = {"أمل": "amal", "Олена": "olena", "Inês": "ines"}
    people = (
        persona("أمل", ("ar", "fr"), MOLENBEEK, phone="+32470000001"),
        persona("Jan", ("nl", "fr"), SCHAERBEEK, phone="+32470000002"),
        persona("Fatou", ("fr", "ff", "wo"), SAINT_GILLES),
        persona("Олена", ("uk", "en"), IXELLES),
        persona("Pieter", ("nl", "en", "fr"), ETTERBEEK),
        persona("Inês", ("pt", "fr"), SAINT_GILLES),
        persona("Claire", ("fr", "nl", "en"), EVERE),
        persona("Nadia", ("fr", "ar", "nl"), SAINT_GILLES),
        persona("Hilde", ("nl", "fr", "en"), EVERE),
    )
    return {person.key: person for person in people}


ETTERBEEK, EVERE, IXELLES = "21005", "21006", "21009"
MOLENBEEK, SAINT_GILLES, SCHAERBEEK = "21012", "21013", "21015"
