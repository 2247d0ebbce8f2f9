"""The stylesheet keeps its promises: contrast, size, sides that follow the reading direction."""

import hashlib
import itertools
import json
import re
from pathlib import Path

import pytest

from app.web.static import FOLDER, static

SOURCES = sorted((Path(__file__).parents[2] / "app" / "web" / "assets" / "css").glob("*.css"))
SOURCE = b"".join(path.read_bytes() for path in SOURCES)
RULES = re.sub(r"/\*.*?\*/", "", SOURCE.decode(), flags=re.DOTALL)
BUILT = (FOLDER / static("site.css").removeprefix("/static/")).read_text()

TEXT = 4.5
CONTROL = 3.0
GROUNDS = ("bg", "soft", "tint", "warm")
INKS = ("ink", "muted", "brand", "link", "visited", "ok", "wait", "err")
PHYSICAL = re.compile(
    r"(?<![\w-])(left|right|float|clear|width|height|(?:min|max)-(?:width|height)"
    r"|(?:margin|padding|border)-(?:left|right|top|bottom)[\w-]*)\s*:"
)


def palette(css: str) -> dict[str, str]:
    """The colour tokens of some rules, each as #rrggbb."""
    found = re.findall(r"--([\w-]+):\s*#([0-9a-fA-F]{3,6})\b", css)
    return {
        name: "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))
        for name, digits in found
    }


def palettes() -> dict[str, dict[str, str]]:
    """Both palettes as the browser receives them: dark overrides light."""
    light_rules, _, rest = BUILT.partition("@media (prefers-color-scheme:dark)")
    light = palette(light_rules)
    return {"light": light, "dark": light | palette(rest.partition("}}")[0])}


def luminance(colour: str) -> float:
    """WCAG 2.2 relative luminance of #rrggbb."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_measure_knows_black_on_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") < TEXT


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), list(itertools.product(INKS, GROUNDS)))
def test_words_can_be_read_on_every_ground(scheme: str, ink: str, ground: str) -> None:
    colours = palettes()[scheme]
    lowest = 5.5 if scheme == "light" else 6.4
    assert contrast(colours[ink], colours[ground]) >= lowest > TEXT


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_buttons_borders_and_focus_can_be_seen(scheme: str) -> None:
    colours = palettes()[scheme]
    assert contrast(colours["on-brand"], colours["brand"]) >= TEXT
    assert contrast(colours["on-brand"], colours["brand-deep"]) >= TEXT
    assert contrast(colours["focus"], colours["ring"]) >= CONTROL
    for ground in GROUNDS:
        assert contrast(colours["edge"], colours[ground]) >= CONTROL


@pytest.mark.parametrize(
    ("scheme", "ink", "on_bg", "on_soft"),
    [
        ("light", "ink", 15.9, 14.6),
        ("light", "muted", 7.4, 6.8),
        ("light", "edge", 5.6, 5.2),
        ("light", "line", 1.8, None),
        ("light", "brand", 7.8, 7.2),
        ("light", "link", 8.8, None),
        ("light", "visited", 8.7, None),
        ("light", "ok", 6.6, 6.1),
        ("light", "wait", 7.5, 6.9),
        ("light", "err", 6.5, 6.0),
        ("dark", "ink", 15.3, 13.5),
        ("dark", "muted", 9.1, 8.0),
        ("dark", "edge", 6.0, 5.2),
        ("dark", "line", 2.0, None),
        ("dark", "brand", 8.8, 7.7),
        ("dark", "link", 9.9, None),
        ("dark", "visited", 9.8, None),
        ("dark", "ok", 10.7, 9.4),
        ("dark", "wait", 11.5, 10.1),
        ("dark", "err", 10.5, 9.2),
    ],
)
def test_palette_is_the_designed_one(
    scheme: str, ink: str, on_bg: float, on_soft: float | None
) -> None:
    colours = palettes()[scheme]
    assert contrast(colours[ink], colours["bg"]) == pytest.approx(on_bg, abs=0.06)
    if on_soft is not None:
        assert contrast(colours[ink], colours["soft"]) == pytest.approx(on_soft, abs=0.06)


def test_stylesheet_travels_in_eight_kilobytes() -> None:
    packed = FOLDER / (static("site.css").removeprefix("/static/") + ".gz")
    assert packed.stat().st_size <= 8 * 1024


def test_sides_follow_the_reading_direction() -> None:
    declarations = re.sub(r"@media[^{]*", "", RULES)
    assert PHYSICAL.findall(declarations) == []
    assert not re.search(r"text-align:\s*(left|right)", declarations)
    assert PHYSICAL.findall(" margin-left: 0")  # the search finds what it forbids


def test_calm_and_self_contained() -> None:
    assert "gradient" not in RULES
    assert "@import" not in RULES
    assert "url(" not in RULES
    assert "@font-face" not in RULES


def test_build_is_not_stale() -> None:
    manifest = json.loads((FOLDER / "manifest.json").read_text())
    assert manifest["source"] == hashlib.sha256(SOURCE).hexdigest(), (
        "run `npm ci && npm run build` in app/web/assets"
    )
