"""The contrast of the colours in a style, as WCAG 2 computes it."""

import re
from collections.abc import Iterable, Iterator, Mapping

AA = 4.5
# What a control is known by needs less than a text.
AA_OUTLINE = 3.0
DARK = "@media (prefers-color-scheme: dark)"


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


def variables(style: str, selector: str, *, dark: bool) -> dict[str, str]:
    """The colours that a selector has, in the dark over those in the light."""
    found: dict[str, str] = {}
    for name, declarations, in_dark in blocks(style):
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


def outlines(style: str, controls: Iterable[str]) -> dict[str, str]:
    """The colour of the border of each of these, by its variable; the last rule wins."""
    found: dict[str, str] = {}
    for selector, declarations, _ in blocks(style):
        for colour in re.findall(r"border(?:-color)?:[^;]*?var\(--(\w+)\)", declarations):
            found |= dict.fromkeys(set(selector.split(", ")) & set(controls), colour)
    return found


def poor(
    colours: Mapping[str, str], grounds: Mapping[str, tuple[str, ...]], *, least: float = AA
) -> dict[str, float]:
    """The pairs below `least`."""
    found = {
        f"{text} on {ground}": contrast(colours[text], colours[ground])
        for text, on in grounds.items()
        for ground in on
    }
    return {pair: round(value, 2) for pair, value in found.items() if value < least}
