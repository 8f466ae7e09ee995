"""Each page of the console, as people with and without a screen reader, a mouse and a wide window meet it."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.furnishing import furnish, lengthen
from tests.browser.pages import PAGES

if TYPE_CHECKING:
    from tests.browser.background import Background
    from tests.browser.person import Person


# By day in a wide window, and by night in a narrow one.
WAYS = ((False, "wide"), (True, "narrow"))


@pytest.mark.parametrize(
    ("pages", "language"), [(PAGES[::2], "en"), (PAGES[1::2], "zh-CN")], ids=["en", "zh-CN"]
)
def test_axe_finds_nothing_wrong_with_any_page(
    person: "Person", place: "Background", pages: tuple[str, ...], language: str
) -> None:
    from tests.browser.person import axe_core

    if (axe := axe_core()) is None:
        pytest.skip("needs axe-core of npm, as .ci/run gets it")
    names = furnish(place)
    person.reads(language)

    found = []
    with person.bringing(axe):
        for number, path in enumerate(pages):
            # A page is opened in the way in which the one before it was seen last.
            first, second = (WAYS[(number + one) % 2] for one in (0, 1))
            _see(person, *first)
            person.open(path.format(**names))
            wrong = [*person.problems(), *person.complaints(), *_too_wide(person)]
            # What the other colours and the other width alone can break, without another load of the page.
            _see(person, *second)
            wrong += [*person.problems("color-contrast"), *_too_wide(person)]
            found += [f"{path} {one}" for one in wrong]

    assert found == []


def _see(person: "Person", dark: bool, width: str) -> None:
    person.likes(dark=dark)
    person.sees_through(width)


def _too_wide(person: "Person") -> list[str]:
    pixels = person.overflow()
    return [f"is {pixels} pixels too wide"] if pixels > 0 else []


def test_no_page_scrolls_sideways_at_any_width(person: "Person", place: "Background") -> None:
    from tests.browser.widths import too_wide

    names = lengthen(place, furnish(place))

    found = too_wide(person, [path.format(**names) for path in PAGES])

    assert list(found) == []


def test_a_phone_shows_at_least_five_credentials_at_once(
    person: "Person", place: "Background"
) -> None:
    lengthen(place, furnish(place))
    params = {"params": "http://127.0.0.1:9/p"}
    theirs = {"type": 4, "authorizer_appid": "wx3333333333333333", **params}
    registered = place.town.caller.register(
        {"type": 3, **params}, theirs, appid="wx2222222222222222"
    )
    assert place.run(registered).status == 200
    person.sees_through("narrow")
    person.open("/console/credentials")

    heights = person.driver.execute_script(
        "return [...document.querySelectorAll('#list tbody tr')].map((row) => row.offsetHeight)"
    )

    assert len(heights) >= 5
    # The window without the bar above it.
    assert sum(sorted(heights)[-5:]) <= 844 - 48, heights
