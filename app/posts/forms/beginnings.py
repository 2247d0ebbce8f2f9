"""How a draft begins: blank, from an offer, for a client, or from a post that is to be changed."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from app.clock import BRUSSELS
from app.posts.forms.answers import About, Answers, Step, Typed
from app.posts.forms.reading import WEEKDAYS
from app.posts.rules.draft import Feature, PlaceDraft, PostDraft, PostKind, Window
from app.posts.rules.taxonomy import by_number, category


def typed_place(place: PlaceDraft, text: str, label_fr: str, label_nl: str) -> Typed:
    """The answer to "where?" with the place that the words meant."""
    return Typed(
        text=[text],
        lat=[repr(place.lat)],
        lon=[repr(place.lon)],
        nis=[place.nis],
        postcode=[place.postcode or ""],
        address=[place.address or ""],
        label_fr=[label_fr],
        label_nl=[label_nl],
    )


def blank(kind: PostKind, code: str, languages: list[str], home: Typed | None) -> Answers:
    """A new draft; a known category is not asked again, a known home place is filled in."""
    prefilled = {
        Step.LANGUAGES: Typed(languages=languages),
        Step.WHEN: Typed(when=["any"], places=["1"]),
        Step.PEOPLE: Typed(people=["1"]),
    }
    if home is not None:
        prefilled[Step.PLACE] = home
    answers = Answers(kind, prefilled=prefilled)
    try:
        category(code)
    except KeyError:
        return answers
    return replace(
        answers,
        typed={Step.KIND: Typed(category=[code])},
        about=About(given=(Step.KIND,)),
    )


def asking(
    offer: PostDraft, offer_code: str, place: Typed, languages: list[str], today: date
) -> Answers:
    """A need written for one offer: what the offer already says is not asked again."""
    first = max(
        today, min((w.starts_at.astimezone(BRUSSELS).date() for w in offer.windows), default=today)
    )
    return Answers(
        PostKind.NEED,
        typed={
            Step.KIND: Typed(category=[by_number(offer.category).code]),
            Step.PLACE: place,
            Step.LANGUAGES: Typed(languages=languages),
        },
        prefilled={
            Step.PEOPLE: Typed(
                people=["1"], from_day=[first.isoformat()], stay=["1"], urgency=["1"]
            )
        },
        about=About(given=(Step.KIND, Step.PLACE, Step.LANGUAGES), offer=offer_code),
    )


def on_behalf(
    organisation_id: int, client_id: int, place: Typed, languages: list[str], today: date
) -> Answers:
    """A need that an organisation posts for its client."""
    return Answers(
        PostKind.NEED,
        typed={Step.PLACE: place},
        prefilled={
            Step.PEOPLE: Typed(
                people=["1"], from_day=[today.isoformat()], stay=["1"], urgency=["1"]
            ),
            Step.LANGUAGES: Typed(languages=languages),
            Step.CONSENT: Typed(day=[today.isoformat()]),
        },
        about=About(given=(Step.PLACE,), organisation_id=organisation_id, client_id=client_id),
    )


def copying(post: PostDraft, place: Typed, how: str, today: date) -> Answers:
    """The same need of the same client again: only the dates are asked; the rest can be changed.

    The client agrees anew, today; `how` is the way in which they agreed before.
    """
    last = editing(post, "", place)
    forgotten = {Step.PEOPLE, Step.FACTS} | (set() if post.note else {Step.NOTE})
    kept: dict[Step, Typed] = {
        step: said for step, said in last.typed.items() if step not in forgotten
    }
    people = Typed(last.typed[Step.PEOPLE])
    people["from_day"] = [today.isoformat()]
    people.pop("by_day", None)
    return Answers(
        PostKind.NEED,
        typed={**kept, Step.CONSENT: Typed(how=[how], day=[today.isoformat()])},
        prefilled={Step.PEOPLE: people},
        about=About(
            given=(Step.KIND, Step.PLACE, Step.LANGUAGES, Step.CONSENT),
            organisation_id=post.organisation_id,
            client_id=post.client_id,
        ),
    )


def editing(post: PostDraft, code: str, place: Typed) -> Answers:
    """A published post as answers again; all of them stand and each can be changed."""
    timing = Step.WHEN if post.kind is PostKind.OFFER else Step.PEOPLE
    steps = {
        Step.KIND: Typed(category=[by_number(post.category).code]),
        Step.PLACE: place,
        timing: _when(post) if timing is Step.WHEN else _people(post),
        Step.LANGUAGES: Typed(
            languages=list(post.languages),
            required=_boxes(post.required),
            wished=_boxes(post.wished),
            **({"interpreter": ["y"]} if post.interpreter else {}),
        ),
        Step.FACTS: Typed(features=_boxes(post.features)),
        Step.NOTE: Typed(
            note=[post.note],
            confirmed=["y"],
            reason=[post.note_reason or ""],
            written_in=[post.note_language],
        ),
    }
    return Answers(
        post.kind,
        typed=steps,
        about=About(
            given=tuple(steps),
            edits=code,
            organisation_id=post.organisation_id,
            client_id=post.client_id,
        ),
    )


def _boxes(features: Feature) -> list[str]:
    return [str(one.value) for one in Feature if one and one in features]


def _when(post: PostDraft) -> Typed:
    places = [str(post.places)]
    if not post.windows:
        return Typed(when=["any"], places=places)
    window = post.windows[0]
    start, end = _local(window)
    if window.rule is None:
        last = (end - timedelta(seconds=1)).date()
        days = {"from_day": [start.date().isoformat()], "until_day": [last.isoformat()]}
        return Typed(when=["dates"], places=places, **days)
    return Typed(
        when=["weekly"],
        places=places,
        days=[day for day in WEEKDAYS if day in window.rule.partition("BYDAY=")[2]],
        from_time=[f"{start:%H:%M}"],
        until_time=[f"{end:%H:%M}"],
    )


def _people(post: PostDraft) -> Typed:
    found = Typed(people=[str(post.places)], urgency=[str(post.urgency.value)])
    if post.party is not None:
        counts = (post.party.women, post.party.men, post.party.children)
        for name, count in zip(("women", "men", "children"), counts, strict=True):
            found[name] = [str(count)]
    if post.windows:
        start, end = _local(post.windows[0])
        nights = max(1, (end.date() - start.date()).days)
        long = by_number(post.category).code in ("roof.room", "roof.home")
        found["from_day"] = [start.date().isoformat()]
        found["stay"] = [str(max(1, nights // 7) if long else nights)]
    elif post.latest_by is not None:
        found["by_day"] = [post.latest_by.isoformat()]
    return found


def _local(window: Window) -> tuple[datetime, datetime]:
    return window.starts_at.astimezone(BRUSSELS), window.ends_at.astimezone(BRUSSELS)
