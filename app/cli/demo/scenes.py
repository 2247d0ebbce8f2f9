"""What the people of the design ask and offer, and what the organisation asks for its clients."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from random import Random

from app.cli.demo.drafts import draw_draft
from app.cli.demo.people import Neighbour
from app.posts.rules import Feature, PostDraft, PostKind, Urgency, category
from app.posts.rules.party import Party

NEED, OFFER = PostKind.NEED, PostKind.OFFER

POSTS: tuple[tuple[str, PostKind, str, str, int], ...] = (
    ("jan", OFFER, "goods.furniture", "Stevige tafel met vier stoelen, ik help dragen.", 1),
    ("jan", OFFER, "learn.language", "Nederlands oefenen bij een kop koffie.", 2),
    ("olena", OFFER, "learn.homework", "Математика для середньої школи, терпляче.", 2),
    ("pieter", OFFER, "move.house", "Bestelwagen en twee sterke armen, op zaterdag.", 1),
    ("ines", OFFER, "paper.interpret", "Traduzo português e francês, com calma.", 2),
    ("amal", OFFER, "food.meal", "أطبخ كل يوم جمعة وهناك مكان لشخصين على المائدة.", 2),
    ("amal", NEED, "roof.bed", "سريران لي ولابنتي حتى الأسبوع القادم.", 2),
    ("amal", NEED, "paper.forms", "وصلتني رسالة من البلدية ولا أفهمها.", 1),
    ("olena", NEED, "learn.language", "Хочу розмовляти французькою раз на тиждень.", 1),
    ("jan", NEED, "paper.digital", "Mijn telefoon is nieuw en ik geraak er niet uit.", 1),
)
FOR_CLIENTS = (
    "food.parcel", "goods.clothes", "goods.furniture", "food.delivery", "move.escort",
    "company.talk", "goods.baby", "paper.interpret", "home.repair", "goods.household",
    "move.errand", "roof.room", "food.meal", "learn.language", "paper.forms", "food.parcel",
    "goods.school", "wash.laundry", "move.house", "goods.device", "company.talk", "food.meal",
    "paper.rights", "wash.shower", "goods.clothes", "learn.homework",
)  # fmt: skip


def persona_posts(
    random: Random, cast: Mapping[str, Neighbour], today: date
) -> Iterator[tuple[str, PostDraft]]:
    """Written out, not drawn, but for the hours of hosting."""
    for key, kind, code, note, size in POSTS:
        drawn = draw_draft(random, cast[key], kind, category(code), today)
        is_hosting = category(code).is_hosting
        yield (
            key,
            replace(
                drawn,
                note=note,
                note_language=cast[key].languages[0],
                places=size,
                party=Party(women=1, children=size - 1) if is_hosting and kind is NEED else None,
                remote=False,
                windows=drawn.windows if is_hosting else (),
                latest_by=None,
                required=Feature.NONE,
                urgency=Urgency.THIS_WEEK if kind is NEED else Urgency.FLEXIBLE,
            ),
        )


def client_needs(
    random: Random, worker: Neighbour, organisation_id: int, clients: Sequence[int], today: date
) -> Iterator[PostDraft]:
    """One need for each client, in the words of the desk."""
    for client_id, code in zip(clients, FOR_CLIENTS, strict=False):
        if category(code).is_hosting:
            continue  # a mandate for hosting is given apart
        drawn = draw_draft(random, worker, NEED, category(code), today)
        yield replace(
            drawn,
            organisation_id=organisation_id,
            client_id=client_id,
            interpreter=True,
            insured_by=None,
        )
