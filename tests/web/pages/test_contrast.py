"""Every text of the pages can be read: contrast AA (4.5) in light and dark, computed from the style."""

import re
from collections.abc import Iterator, Mapping

import pytest

from wechat_scheduler.web.pages.document import STYLE

AA = 4.5
DARK = "@media (prefers-color-scheme: dark)"

# Every colour that a text has in the style -> what it stands on.
GROUNDS = {
    "ink": ("ground", "paper"),
    "faint": ("ground", "paper"),
    "accent": ("ground", "paper", "wash"),
    "danger": ("paper",),
    "paper": ("accent",),
}


def blocks(style: str) -> Iterator[tuple[str, str, bool]]:
    """The selector and the declarations of each rule, and whether it is for the dark only."""
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    dark = [
        (found.start(), _end(style, found.end())) for found in re.finditer(re.escape(DARK), style)
    ]
    for found in re.finditer(r"([^{}]+)\{([^{}]*)\}", style):
        inside = any(first <= found.start(2) < last for first, last in dark)
        yield found[1].replace(DARK, "").strip(" {\n"), found[2], inside


def _end(style: str, start: int) -> int:
    depth = 0
    for place in range(style.index("{", start), len(style)):
        depth += {"{": 1, "}": -1}.get(style[place], 0)
        if depth == 0:
            return place
    raise ValueError(style[start:])


def variables(selector: str, *, dark: bool) -> dict[str, str]:
    """The colours that a selector has, in the dark over those in the light."""
    found: dict[str, str] = {}
    for name, declarations, in_dark in blocks(STYLE):
        if name == selector and (dark or not in_dark):
            found |= dict(re.findall(r"--(\w+):\s*(#[0-9a-f]{3,6})\b", declarations))
    return found


def luminance(colour: str) -> float:
    """Of WCAG 2: relative, from 0 for black to 1 for white."""
    digits = colour.removeprefix("#")
    wide = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    parts = [int(wide[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def poor(colours: Mapping[str, str], grounds: Mapping[str, tuple[str, ...]]) -> dict[str, float]:
    """The pairs below AA."""
    found = {
        f"{text} on {ground}": contrast(colours[text], colours[ground])
        for text, on in grounds.items()
        for ground in on
    }
    return {pair: round(value, 2) for pair, value in found.items() if value < AA}


def test_the_contrast_of_black_and_white_is_known() -> None:
    assert round(contrast("#000", "#ffffff"), 1) == 21
    assert round(contrast("#777777", "#fff"), 2) == 4.48


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_has_enough_contrast(dark: bool) -> None:
    assert poor(variables(":root", dark=dark), GROUNDS) == {}


def test_the_white_paper_of_coloured_content_has_enough_contrast_in_the_dark() -> None:
    colours = variables(":root", dark=True) | variables(".white", dark=True) | {"paper": "#fff"}

    assert poor(colours, {"ink": ("ground", "paper"), "accent": ("ground", "paper")}) == {}


def test_every_colour_of_a_text_is_computed() -> None:
    used = {
        name
        for _, declarations, _ in blocks(STYLE)
        for name in re.findall(r"(?<![\w-])color:\s*var\(--(\w+)\)", declarations)
    }

    assert used == set(GROUNDS)
    assert re.findall(r"(?<![\w-])color:\s*#\w+", STYLE) == []
    assert "opacity" not in STYLE.replace("opacity: 1", "")


def test_backgrounds_are_the_grounds_that_are_computed() -> None:
    said = [
        value
        for _, declarations, _ in blocks(STYLE)
        for value in re.findall(r"background(?:-color)?:\s*([^;]+)", declarations)
    ]

    grounds = {f"var(--{ground})" for on in GROUNDS.values() for ground in on}
    assert set(said) - grounds == {"none", "#fff"}
