"""Each page of the console, as people with and without a screen reader, a mouse and a wide window meet it."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.furnishing import furnish
from tests.browser.pages import PAGES

if TYPE_CHECKING:
    from tests.browser.background import Background
    from tests.browser.person import Person


@pytest.mark.parametrize(
    ("dark", "width", "language"), [(False, "wide", "en"), (True, "narrow", "zh-CN")]
)
def test_axe_finds_nothing_wrong_with_any_page(
    person: "Person", place: "Background", dark: bool, width: str, language: str
) -> None:
    from tests.browser.person import axe_core

    if (axe := axe_core()) is None:
        pytest.skip("needs axe-core of npm, as .ci/run gets it")
    names = furnish(place)
    person.likes(dark=dark)
    person.resize(width)
    person.reads(language)

    found = []
    for path in PAGES:
        person.open(path.format(**names))
        wrong = [*person.problems(axe), *person.complaints()]
        if (pixels := person.overflow()) > 0:
            wrong.append(f"is {pixels} pixels too wide")
        found += [f"{path} {one}" for one in wrong]

    assert found == []
