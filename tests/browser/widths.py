"""Which pages of the console are wider than windows of several widths, without a load of each page for each width."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tests.browser.person import Person

# The narrowest phone, a phone, small windows, a tablet, and windows at both sides of where the menu folds.
WIDTHS = (320, 390, 600, 700, 768, 850, 950, 1280)
HEIGHT = 900
LANGUAGES = ("en", "zh-CN")

# The pages are asked for once, and stay in the window that is open.
_FETCH = """
const [paths, done] = arguments;
(async () => {
  window.pages = [];
  for (const path of paths) {
    const response = await fetch(path);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    window.pages.push({ page, status: response.status });
  }
  done(window.pages.map((one) => one.status));
})();
"""
# Each page takes the place of the one that is shown, under the same style and in a window of the same width. What
# reaches farther to the right is named by its place in the page.
_MEASURE = """
const root = document.documentElement;
const name = (one) => one.tagName.toLowerCase() + (one.id ? `#${one.id}` : "") + (one.className ? `.${one.className}` : "");
return window.pages.map(({ page }) => {
  root.lang = page.documentElement.lang;
  document.body.replaceWith(page.body.cloneNode(true));
  const excess = root.scrollWidth - root.clientWidth;
  if (excess <= 0) return null;
  const wide = [...document.querySelectorAll("main *")].filter((one) =>
    one.getBoundingClientRect().right > root.clientWidth + 1 && !one.closest("caption, .hidden"));
  return { excess, places: wide.slice(0, 4).map((one) => `${name(one.parentElement)} > ${name(one)}`) };
});
"""


class TooWide(NamedTuple):
    """A page that scrolls sideways. `places` are the first elements that do not fit."""

    path: str
    language: str
    width: int
    excess: int
    places: Sequence[str]


def too_wide(person: Person, paths: Sequence[str]) -> Iterator[TooWide]:
    asked = [(path, language) for language in LANGUAGES for path in paths]
    addresses = [f"/console/look?language={language}&next={path}" for path, language in asked]
    statuses = person.driver.execute_async_script(_FETCH, addresses)
    assert set(statuses) == {200}
    for width in WIDTHS:
        person.resize(width, HEIGHT)
        for (path, language), found in zip(
            asked, person.driver.execute_script(_MEASURE), strict=True
        ):
            if found:
                yield TooWide(path, language, width, found["excess"], found["places"])
