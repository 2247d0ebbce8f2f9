"""Small drawings by hand: bars by method, and points of two figures against each other."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from tests.benchmarks.matching.report import Findings

_WIDTH, _LEFT, _BAR = 640, 190, 22
_COLOURS = ("#1f6f5c", "#c8742d", "#6b7f99", "#a8455e")
_SIDE, _MARGIN = 420, 60
_ENOUGH_FOR_POINTS = 2

Series = Mapping[str, tuple[float, ...]]


def _document(width: int, height: int, title: str, body: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'role="img" font-family="sans-serif" font-size="13"><title>{escape(title)}</title>'
        f'<rect width="{width}" height="{height}" fill="#fff"/>'
        f'<text x="12" y="22" font-size="15" font-weight="bold">{escape(title)}</text>'
    )
    return "\n".join((head, *body, "</svg>\n"))


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) or value >= 1000 else f"{value:.3g}"


def bars(title: str, series: Series) -> str:
    """One group of bars per name; the title says what each bar of a group is."""
    names = tuple(series)
    largest = max((max(series[name], default=0) for name in names), default=0) or 1
    body, y = [], 40
    for name in names:
        middle = y + _BAR * len(series[name]) / 2 + 4
        body.append(f'<text x="{_LEFT - 8}" y="{middle:g}" text-anchor="end">{escape(name)}</text>')
        for place, value in enumerate(series[name]):
            width = max(1.0, (_WIDTH - _LEFT - 90) * value / largest)
            colour = _COLOURS[place % len(_COLOURS)]
            body.append(
                f'<rect x="{_LEFT}" y="{y}" width="{width:.1f}" height="{_BAR - 4}" '
                f'fill="{colour}"/>'
                f'<text x="{_LEFT + width + 6:.1f}" y="{y + 14}">{_plain(value)}</text>'
            )
            y += _BAR
        y += 8
    return _document(_WIDTH, y + 10, title, body)


def points(title: str, series: Series) -> str:
    """Each method at its two figures, both from nought to the largest."""
    across = max((pair[0] for pair in series.values()), default=1) * 1.08 or 1
    up = max((pair[1] for pair in series.values()), default=1) * 1.08 or 1
    return _document(_SIDE + 240, _SIDE, title, list(_points(series, across, up)))


def _points(series: Series, across: float, up: float) -> Iterator[str]:
    low, inner = _SIDE - 40, _SIDE - 2 * _MARGIN
    yield f'<path d="M{_MARGIN} {_MARGIN - 20}V{low}H{_SIDE}" fill="none" stroke="#444"/>'
    yield f'<text x="{_SIDE}" y="{low + 28}" text-anchor="end">served, to {_plain(across)}</text>'
    yield f'<text x="{_MARGIN - 6}" y="{_MARGIN - 24}">urgent served, to {_plain(up)}</text>'
    for place, (name, pair) in enumerate(series.items()):
        x = _MARGIN + (inner + 20) * pair[0] / across
        y = low - (inner + 20) * pair[1] / up
        colour = _COLOURS[place % len(_COLOURS)]
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>'
        yield f'<text x="{x + 9:.1f}" y="{y + 4:.1f}">{escape(name)}</text>'


def draw(findings: Findings, folder: Path) -> None:
    """One file per plot, named by its title."""
    folder.mkdir(parents=True, exist_ok=True)
    for title, series in findings.series.items():
        pairs = all(len(pair) == _ENOUGH_FOR_POINTS for pair in series.values())
        picture = points if pairs and " against " in title else bars
        name = "".join(c if c.isalnum() else "-" for c in title.lower()).strip("-")
        (folder / f"{name}.svg").write_text(picture(title, series), encoding="utf-8")
