"""Every text of the pages can be read: contrast AA (4.5) in light and dark, computed from the style."""

import re

import pytest

from tests.contrast import blocks, contrast, poor, variables
from wechat_scheduler.web.pages.document import STYLE

# Every colour that a text has in the style -> what it stands on.
GROUNDS = {
    "ink": ("ground", "paper"),
    "faint": ("ground", "paper"),
    "accent": ("ground", "paper", "wash"),
    "danger": ("paper",),
    "paper": ("accent",),
}


def test_the_contrast_of_black_and_white_is_known() -> None:
    assert round(contrast("#000", "#ffffff"), 1) == 21
    assert round(contrast("#777777", "#fff"), 2) == 4.48


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_has_enough_contrast(dark: bool) -> None:
    assert poor(variables(STYLE, ":root", dark=dark), GROUNDS) == {}


def test_the_white_paper_of_coloured_content_has_enough_contrast_in_the_dark() -> None:
    colours = (
        variables(STYLE, ":root", dark=True)
        | variables(STYLE, ".white", dark=True)
        | {"paper": "#fff"}
    )

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
