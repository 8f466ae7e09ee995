"""Every text of the page with the phones can be read: contrast AA (4.5) in light and dark."""

import re
from importlib import resources

import pytest

from tests.contrast import poor, variables

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


def test_every_colour_of_a_text_is_computed() -> None:
    used = set(re.findall(r"(?<![\w-])color:\s*([^;}]+)", STYLE)) - {"inherit"}

    assert used == {f"var(--{name})" for name in GROUNDS}
