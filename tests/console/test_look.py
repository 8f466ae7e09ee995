"""Every text of the console can be read and every control be seen: contrast AA in light and dark, from the style."""

import re
from importlib.resources import files
from typing import Final

import pytest

from tests.contrast import AA_OUTLINE, blocks, outlines, poor, variables

STYLE: Final = (
    files("wechat_scheduler.web.console").joinpath("assets/console.css").read_text("utf-8")
)
# Every colour that a text has in the style -> what it stands on.
GROUNDS: Final = {
    "ink": ("ground", "paper", "calm", "wash", "glow"),
    "faint": ("ground", "paper", "calm"),
    "accent": ("ground", "paper", "wash", "calm"),
    "danger": ("paper", "alarm", "calm"),
    "warn": ("glow",),
    "paper": ("accent",),
}
CONTROLS: Final = ("button", ".button", "input", "select", "textarea", ".main", ".danger")


def colours(*, dark: bool, chosen: bool) -> dict[str, str]:
    if chosen:
        name = "dark" if dark else "light"
        return variables(STYLE, f'[data-theme="{name}"]', dark=False)
    return variables(STYLE, ":root", dark=dark)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("chosen", [False, True])
def test_every_text_has_enough_contrast(dark: bool, chosen: bool) -> None:
    assert poor(colours(dark=dark, chosen=chosen), GROUNDS) == {}


@pytest.mark.parametrize("dark", [False, True])
def test_every_control_has_an_outline_that_can_be_seen(dark: bool) -> None:
    edges = outlines(STYLE, CONTROLS)

    assert edges.keys() == set(CONTROLS)
    grounds = dict.fromkeys(edges.values(), ("paper",))
    assert poor(colours(dark=dark, chosen=False), grounds, least=AA_OUTLINE) == {}


@pytest.mark.parametrize("dark", [False, True])
def test_a_theme_that_is_chosen_has_the_colours_of_the_system(dark: bool) -> None:
    assert colours(dark=dark, chosen=True) == colours(dark=dark, chosen=False)


def test_every_colour_of_a_text_is_computed() -> None:
    used = {
        name
        for _, declarations, _ in blocks(STYLE)
        for name in re.findall(r"(?:^|;)\s*color:\s*var\(--(\w+)\)", declarations)
    }

    assert used == GROUNDS.keys()
