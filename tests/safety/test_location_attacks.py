"""Nobody's place is found closer than their public cell, by any answer of the platform.

Twenty people live at true points; strangers, programs and counterparts ask from forty places. The
same attacks on a platform that keeps true points find everybody within fifty metres.
"""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

import httpx
import numpy as np
import pytest
from litestar import Litestar
from numpy.typing import NDArray
from sqlalchemy import text

from app.db import ReadSession, SessionMaker, reading, transaction
from app.posts.rules import PlaceDraft
from app.proposals.queries import market_around
from app.territories.geocoder.gazetteer import find_places
from app.territories.geocoder.shipped import municipalities
from app.territories.rules import Cell, DistanceBucket, cell_centre, cell_of, distance_km
from tests.conftest import new_client
from tests.factories.posts import a_need, an_author, an_offer
from tests.safety.conftest import Figures
from tests.safety.location import (
    EAST,
    NORTH,
    SOUTH,
    WEST,
    Attack,
    Candidates,
    Mask,
    Point,
    by_answers,
    by_average,
    by_halving,
    in_cell,
    metres,
)

PEOPLE, DECOYS, TWICE, LINKED = 30, 24, 4, 6
# Whole cells only: an edge of the town would tell the attacker something of its own.
MARGIN = 0.015
POSTCODES = [
    "1000", "1020", "1030", "1040", "1050", "1060", "1070", "1080", "1081", "1082", "1083", "1090",
    "1120", "1130", "1140", "1150", "1160", "1170", "1180", "1190", "1200", "1210",
]  # fmt: skip
NEEDS = 16
CLOSE = 50.0
BUCKETS = np.array([one.value for one in DistanceBucket])
SPOT = re.compile(r"cell=(\d+)\.(\d+)")


@dataclass
class Town:
    """Who lives where in truth, and what the attacker put beside them."""

    true: dict[str, Point] = field(default_factory=dict)
    linked: dict[str, list[str]] = field(default_factory=dict)
    decoys: dict[str, Cell] = field(default_factory=dict)
    needs: dict[int, Point] = field(default_factory=dict)
    ids: dict[int, str] = field(default_factory=dict)


@dataclass
class Answers:
    """Everything that was heard over HTTP, by probe."""

    steps: dict[str, dict[Point, object]] = field(default_factory=dict)
    before: dict[str, dict[Point, object]] = field(default_factory=dict)
    cells: dict[str, Cell] = field(default_factory=dict)
    spots: set[Cell] = field(default_factory=set)
    requests: int = 0


def place_at(point: Point) -> PlaceDraft:
    home = find_places("1060")[0]
    assert home.municipality_nis in municipalities()
    return PlaceDraft(point[0], point[1], home.municipality_nis, None)


def anywhere(draw: random.Random) -> Point:
    lat = draw.uniform(SOUTH + MARGIN, NORTH - MARGIN)
    return lat, draw.uniform(WEST + MARGIN, EAST - MARGIN)


async def settle(maker: SessionMaker, draw: random.Random) -> Town:
    """Each lives in a cell of their own, so that a cell names one of them: the easiest prey."""
    town = Town()
    taken: set[Cell] = set()
    async with transaction(maker) as session:
        while len(town.true) < PEOPLE:
            point = anywhere(draw)
            if cell_of(*point) in taken:
                continue
            taken.add(cell_of(*point))
            author = await an_author(session)
            post = await an_offer(session, author, place=place_at(point), radius_km=None)
            town.true[post.code], town.ids[post.id] = point, post.code
            others = [
                await an_offer(session, author, place=place_at(point)) for _ in range(LINKED - 1)
            ] if len(town.true) <= TWICE else []  # fmt: skip
            town.linked[post.code] = [post.code, *(one.code for one in others)]
        for _ in range(DECOYS):
            point = anywhere(draw)
            post = await an_offer(session, place=place_at(point))
            town.decoys[post.code], town.ids[post.id] = cell_of(*point), post.code
        for _ in range(NEEDS):
            point = anywhere(draw)
            need = await a_need(session, place=place_at(point))
            town.needs[need.id] = point
    return town


async def listen(browser: httpx.AsyncClient, town: Town) -> Answers:
    """Ask the list from everywhere, then the map; nothing else says where anybody is."""
    heard = Answers()
    for postcode in POSTCODES:
        found = find_places(postcode)[0]
        probe = cell_centre(cell_of(found.lat, found.lon))
        seen: list[str] = []
        for number in range(1, 12):
            url = f"/api/v1/posts?type=offer&place={postcode}&page={number}"
            answer = (await browser.get(url)).json()
            heard.requests += 1
            for item in answer["items"]:
                seen.append(item["code"])
                heard.steps.setdefault(item["code"], {})[probe] = item["distance"]
            if number >= answer["pages"]:
                break
        for code in town.true:
            ahead = frozenset(seen[: seen.index(code)]) & town.decoys.keys()
            heard.before.setdefault(code, {})[probe] = ahead
    await listen_to_map(browser, heard, town)
    return heard


async def listen_to_map(browser: httpx.AsyncClient, heard: Answers, town: Town) -> None:
    """Markers lead to lists of one cell: who is in it is in it."""
    shown = await browser.get("/en/offers/map?place=1000")
    heard.spots = {Cell(int(row), int(col)) for row, col in SPOT.findall(shown.text)}
    for cell in heard.spots:
        url = f"/api/v1/posts?type=offer&cell={cell.row}.{cell.col}"
        answer = (await browser.get(url)).json()
        heard.requests += 1
        for item in answer["items"]:
            heard.cells[item["code"]] = cell


def step_means(space: Candidates, probe: Point, step: object) -> Mask:
    return np.asarray(BUCKETS[steps_of(space, probe)] == step)


def steps_of(space: Candidates, probe: Point) -> NDArray[np.int64]:
    """Which of the four steps each candidate's cell lies in; ten kilometres are still the third."""
    km = space.km_to(probe, by_cell=True)
    return np.asarray((km >= 2).astype(int) + (km >= 5) + (km > 10))


def number_means(space: Candidates, probe: Point, km: object) -> Mask:
    return np.abs(space.km_to(probe, by_cell=False) - float(str(km))) < 0.09


def radius_means(space: Candidates, probe: Point, ring: object) -> Mask:
    """Inside one radius and outside the next smaller one."""
    assert isinstance(ring, tuple)
    km = space.km_to(probe, by_cell=False)
    return np.asarray((km >= ring[0] - 0.05) & (km < ring[1] + 0.05))


def ring_of(km: float, radii: list[float]) -> tuple[float, float]:
    return next(one for one in pairwise([0.0, *radii, 99.0]) if one[0] <= km < one[1])


def step_number(km: float) -> int:
    return (km >= 2) + (km >= 5) + (km > 10)


def order_means(town: Town, probe: Point) -> Mapping[int, frozenset[str]]:
    """Decoys ahead of somebody older than all of them, by the step in which they stand."""
    steps = {
        code: step_number(distance_km(*cell_centre(cell), *probe))
        for code, cell in town.decoys.items()
    }
    return {
        step: frozenset(code for code, other in steps.items() if other <= step)
        for step in range(len(BUCKETS))
    }


class Hunt:
    """Runs every attack on somebody against both platforms."""

    def __init__(self, town: Town, heard: Answers, draw: random.Random) -> None:
        self.town, self.heard, self.draw = town, heard, draw
        self.space = Candidates.everywhere()
        probes = [find_places(one)[0] for one in POSTCODES]
        self.probes = [(one.lat, one.lon) for one in probes]
        names = (
            "distance as it is told", "inside or outside a radius", "order of the list alone",
            "average over 20 requests", "average over linked posts", "how many are in an area",
            "bounds of the map", "who is told of a need near them", "score and its decimals",
        )  # fmt: skip
        self.attacks = {name: Attack(name, asked=heard.requests) for name in names}

    def note(self, name: str, code: str, ours: Point, careless: Point) -> None:
        attack, true = self.attacks[name], self.town.true[code]
        attack.ours.append(metres(ours, true))
        attack.careless.append(metres(careless, true))

    def km(self, code: str, probe: Point) -> float:
        return distance_km(*probe, *self.town.true[code])

    def distances(self, code: str) -> None:
        told = {probe: round(self.km(code, probe), 1) for probe in self.probes}
        ours = by_answers(self.space, self.heard.steps[code], step_means)
        self.note("distance as it is told", code, ours, self._fine(told))

    def _fine(self, told: Mapping[Point, object]) -> Point:
        return by_answers(self.space, told, number_means)

    def radius(self, code: str) -> None:
        radii = [round(0.1 * one, 1) for one in range(1, 150)]
        rings = {probe: ring_of(self.km(code, probe), radii) for probe in self.probes}
        ours = by_answers(self.space, self.heard.steps[code], step_means)
        careless = by_answers(self.space, rings, radius_means)
        self.note("inside or outside a radius", code, ours, careless)

    def order(self, code: str) -> None:
        """Against the careless, decoys stand every 150 metres along a line from each probe."""

        def means(space: Candidates, probe: Point, ahead: object) -> Mask:
            by_step = order_means(self.town, probe)
            fits = np.array([by_step[step] == ahead for step in sorted(by_step)])
            return np.asarray(fits[steps_of(space, probe)])

        decoys = [0.15 * one for one in range(1, 100)]
        rings = {probe: ring_of(self.km(code, probe), decoys) for probe in self.probes}
        ours = by_answers(self.space, self.heard.before[code], means)
        careless = by_answers(self.space, rings, radius_means)
        self.note("order of the list alone", code, ours, careless)

    def averages(self, code: str) -> None:
        true, cell = self.town.true[code], self.heard.cells[code]
        ours = by_average([cell_centre(cell)] * 20)
        noisy = [self._moved(true, self.draw.gauss(0, 0.2)) for _ in range(400)]
        self.note("average over 20 requests", code, ours, by_average(noisy))
        linked = [cell_centre(self.heard.cells[one]) for one in self.town.linked[code]]
        redrawn = [self._moved(true, self.draw.uniform(-1, 1) * 0.5) for _ in range(800)]
        self.note("average over linked posts", code, by_average(linked), by_average(redrawn))

    def _moved(self, point: Point, km: float) -> Point:
        angle = self.draw.uniform(0, 2 * np.pi)
        lat = point[0] + km * np.sin(angle) / 111.3
        return float(lat), float(point[1] + km * np.cos(angle) / 70.3)

    def areas(self, code: str) -> None:
        """A count or a marker in any box that one may draw; ours knows only whole cells."""
        true = self.town.true[code]

        def careless(south: float, west: float, north: float, east: float) -> bool:
            return south <= true[0] < north and west <= true[1] < east

        cell = self.heard.cells[code]
        ours = self.space.middle(in_cell(self.space, cell))
        assert cell in self.heard.spots
        for name in ("how many are in an area", "bounds of the map"):
            self.note(name, code, ours, by_halving(careless))

    def engine(self, code: str, told: Mapping[Point, object]) -> None:
        """Whoever hears of a need is near it: so many needs, so many circles.

        How wide a circle is, the attacker knows from posts of their own that are seen or not.
        """

        def means(space: Candidates, probe: Point, answer: object) -> Mask:
            assert isinstance(answer, tuple)
            is_seen, nearest_unseen, farthest_seen = answer
            km = space.km_to(cell_centre(cell_of(*probe)), by_cell=True)
            return np.asarray(km <= nearest_unseen if is_seen else km >= farthest_seen)

        radii = [0.1 * one for one in range(1, 150)]
        rings = {probe: ring_of(self.km(code, probe), radii) for probe in self.probes}
        ours = by_answers(self.space, told, means)
        careless = by_answers(self.space, rings, radius_means)
        self.note("who is told of a need near them", code, ours, careless)
        scores = {probe: round(2.718 ** -(self.km(code, probe) / 5), 4) for probe in self.probes}
        back = {probe: round(-5 * float(np.log(score)), 2) for probe, score in scores.items()}
        ours = by_answers(self.space, self.heard.steps[code], step_means)
        self.note("score and its decimals", code, ours, self._fine(back))


async def heard_of(reader: ReadSession, town: Town) -> dict[str, dict[Point, object]]:
    """For each need of the attacker, whether the engine looks at somebody's offer."""
    found: dict[str, dict[Point, object]] = {code: {} for code in town.true}
    for need_id, point in town.needs.items():
        market = await market_around(reader, need_id)
        ids = set(market.offers.id.tolist()) if market is not None else set()
        seen = {town.ids[one] for one in ids if one in town.ids}
        here = cell_centre(cell_of(*point))
        away = {code: distance_km(*cell_centre(cell), *here) for code, cell in town.decoys.items()}
        farthest = max((km for code, km in away.items() if code in seen), default=0.0)
        nearest = min((km for code, km in away.items() if code not in seen), default=99.0)
        for code in town.true:
            found[code][point] = (code in seen, nearest, farthest)
    return found


@pytest.fixture
def draw() -> random.Random:
    return random.Random(20_261_120)  # noqa: S311 - a population, not a secret


async def test_no_attack_finds_anybody_closer_than_their_cell(
    app: Litestar, maker: SessionMaker, draw: random.Random, figures: Figures
) -> None:
    town = await settle(maker, draw)
    async with new_client(app) as browser:
        heard = await listen(browser, town)
    async with reading(maker) as reader:
        engine = await heard_of(reader, town)
    hunt = Hunt(town, heard, draw)
    for code in town.true:
        hunt.distances(code)
        hunt.radius(code)
        hunt.order(code)
        hunt.averages(code)
        hunt.areas(code)
        hunt.engine(code, engine[code])
    cell = median(metres(cell_centre(cell_of(*true)), true) for true in town.true.values())
    best = min(hunt.attacks.values(), key=lambda one: one.error)
    figures(
        f"location: best attacker's median error {best.error:.0f} m ({best.name}), "
        f"the cell's own {cell:.0f} m, {len(town.true)} people"
    )
    for attack in hunt.attacks.values():
        figures(attack.line(cell))
    assert best.error >= cell * 0.97, best.line(cell)
    careless = {name: round(one.control) for name, one in hunt.attacks.items()}
    assert all(one.control <= CLOSE for one in hunt.attacks.values()), careless


async def test_two_towns_that_differ_within_cells_give_the_same_bytes(
    app: Litestar, maker: SessionMaker, draw: random.Random
) -> None:
    """No channel is left, not even one nobody thought of: nothing outside the cell is stored."""
    column = (
        "SELECT row_to_json(place)::jsonb - 'id' - 'owner_id' - 'created_at' FROM place "
        "WHERE id = (SELECT place_id FROM post WHERE id = :id)"
    )
    point = draw.uniform(SOUTH, NORTH), draw.uniform(WEST, EAST)
    middle = cell_centre(cell_of(*point))
    corner = middle[0] + 0.004, middle[1] + 0.005
    elsewhere = middle[0] + 0.02, middle[1]
    assert cell_of(*corner) == cell_of(*point)
    assert metres(corner, middle) > 400
    async with transaction(maker) as session:
        posts = [await an_offer(session, place=place_at(one)) for one in (point, corner, elsewhere)]
        rows = [
            (await session.execute(text(column), {"id": post.id})).scalar_one() for post in posts
        ]
        cubes = [(post.lat, post.lon) for post in posts]
    assert rows[0] == rows[1]
    assert cubes[0] == cubes[1]
    assert (rows[0], cubes[0]) != (rows[2], cubes[2]), "the control stands elsewhere"
