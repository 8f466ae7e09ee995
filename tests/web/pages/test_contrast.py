"""Every text of the pages can be read, every control be seen, and nothing be cut without a sign: contrast AA
(4.5 for texts, 3 for outlines) in light and dark, computed from the style."""

import re

import pytest

from tests.contrast import AA_OUTLINE, blocks, contrast, outlines, poor, variables
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
    colours = variables(STYLE, ":root", dark=True) | variables(STYLE, ".white", dark=True)

    assert poor(colours, {"ink": ("ground", "paper"), "accent": ("ground", "paper")}) == {}
    assert poor(colours, {"edge": ("paper",)}, least=AA_OUTLINE) == {}


CONTROLS = ("button", ".button", "copy", 'input[type="text"]', ".main")


@pytest.mark.parametrize("dark", [False, True])
def test_every_control_has_an_outline_that_can_be_seen(dark: bool) -> None:
    edges = outlines(STYLE, CONTROLS)

    assert edges.keys() == set(CONTROLS)
    colours = variables(STYLE, ":root", dark=dark)
    assert poor(colours, dict.fromkeys(edges.values(), ("ground", "paper")), least=AA_OUTLINE) == {}


def test_what_is_wider_than_its_box_shows_that_there_is_more() -> None:
    """The shadow is at the box's side, and is covered by what scrolls while nothing is left there."""
    scrolled = {
        name
        for selector, declarations, _ in blocks(STYLE)
        if re.search(r"overflow(-x)?: auto", declarations)
        for name in selector.split(", ")
    }
    (shadows,) = (
        each for name, each, _ in blocks(STYLE) if name == ".content, .content :is(table, pre)"
    )

    # A quotation breaks its lines; a table or a line of code in it has its own.
    assert scrolled == {".content", ".content pre", ".content blockquote", ".content table"}
    assert [len(re.findall(rf"no-repeat {it},", shadows)) for it in ("local", "scroll")] == [2, 2]
    assert shadows.index("local") < shadows.index("scroll")
    assert ".content::-webkit-scrollbar, .content ::-webkit-scrollbar {" in STYLE


def test_a_time_is_never_broken_within_its_hour() -> None:
    (rule,) = (each for name, each, _ in blocks(STYLE) if name == "time, .tag, .times")

    assert rule.strip() == "word-break: keep-all;"


def test_a_column_of_a_table_is_wider_than_one_chinese_character() -> None:
    rules = {name: each.strip() for name, each, _ in blocks(STYLE)}

    assert rules[".content th"] == "white-space: nowrap;"
    assert rules[".content td"] == "min-width: 4.5em;"


def test_a_box_that_its_sender_made_wide_fits_the_screen() -> None:
    rules = {name: each.strip() for name, each, _ in blocks(STYLE)}

    assert rules[".content :not(table, table *)"] == "max-width: 100%;"


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
        if "gradient" not in value
    ]

    grounds = {f"var(--{ground})" for on in GROUNDS.values() for ground in on}
    assert set(said) - grounds == {"none", "var(--edge)"}
