"""Every text of the page with the phones can be read and every control be seen: contrast AA in light and dark."""

import re
from importlib import resources

import pytest

from tests.contrast import AA_OUTLINE, outlines, poor, variables

PAGE = resources.files("wechat_scheduler.sandbox").joinpath("phone_page.html").read_text("utf-8")
STYLE = PAGE.partition("<style>")[2].partition("</style>")[0]

# Every colour that a text has in the style -> what it stands on.
GROUNDS = {
    "ink": ("desk", "sheet", "bar", "chat", "said", "card", "button", "chosen"),
    "quiet": ("desk", "sheet", "bar", "chat", "card"),
    "link": ("card", "said"),
    "alarm": ("bar",),
    "on_accent": ("accent", "pressed"),
    "sheet": ("ink",),
}


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_has_enough_contrast(dark: bool) -> None:
    assert poor(variables(STYLE, ":root", dark=dark), GROUNDS) == {}


@pytest.mark.parametrize("dark", [False, True])
def test_every_control_has_an_outline_that_can_be_seen(dark: bool) -> None:
    edges = outlines(STYLE, ("button", "input"))

    assert edges == {"button": "edge", "input": "edge"}
    colours = variables(STYLE, ":root", dark=dark)
    assert poor(colours, {"edge": ("sheet", "bar")}, least=AA_OUTLINE) == {}


def test_the_phones_stand_beside_one_another_on_a_narrow_screen() -> None:
    narrow = STYLE.partition("@media (max-width: 480px)")[2]

    assert "overflow-x: auto; scroll-snap-type: x mandatory;" in narrow
    (width,) = re.findall(r"\.phone \{ flex: 0 0 min\(340px, (\d+)vw\)", narrow)
    assert int(width) < 95  # the next phone shows its edge


def test_every_colour_of_a_text_is_computed() -> None:
    used = set(re.findall(r"(?<![\w-])color:\s*([^;}]+)", STYLE)) - {"inherit"}

    assert used == {f"var(--{name})" for name in GROUNDS}
