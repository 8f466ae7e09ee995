"""A person in front of a real browser: Chromium, driven by Selenium."""

import base64
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from tests.browser.patience import again

# Where axe-core of npm is, if not where `.ci/run` puts it.
AXE = "AXE_CORE"
AXE_HERE = Path(__file__).parents[2] / ".browser/node_modules/axe-core/axe.min.js"
WINDOWS = {"wide": (1280, 900), "narrow": (390, 844)}
# The rules of WCAG 2.2 at level AA, and what axe-core holds to be good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def axe_core() -> Path | None:
    """The script of axe-core, if it is here."""
    path = Path(os.environ.get(AXE) or AXE_HERE)
    return path if path.is_file() else None


class Person:
    """Reads and clicks what is in the main part of a page; names are what a person reads."""

    def __init__(self, driver: Chrome, url: str) -> None:
        self.driver = driver
        self.url = url

    def open(self, path: str) -> None:
        self.driver.get(f"{self.url}{path}")

    def sign_in(self, key: str, path: str = "/") -> None:
        if not self.path.startswith("/console/sign-in"):
            self.open(path)
        self.fill("key", key)
        again(self.driver, lambda: self._found("main button").click() or True)
        self.wait(lambda: not self.path.startswith("/console/sign-in"))

    @property
    def path(self) -> str:
        return str(self.driver.current_url).removeprefix(self.url)

    @property
    def text(self) -> str:
        return self.reads_at("main")

    def reads_at(self, selector: str) -> str:
        """The text of the element, in a page of any kind."""
        return again(self.driver, lambda: str(self._found(selector).text))

    def fill(self, name: str, value: str) -> None:
        """The field with that name, or that label."""

        def written() -> bool:
            field = self._field(name)
            field.clear()
            field.send_keys(value)
            return field.get_property("value") == value

        self.wait(written)

    def choose(self, name: str, value: str) -> None:
        """The option of a list whose value or text that is."""

        def chosen() -> bool:
            for option in self._field(name).find_elements(By.TAG_NAME, "option"):
                if value in (option.get_attribute("value"), option.text):
                    option.click()
                    return option.is_selected()
            return False

        self.wait(chosen)

    def tick(self, name: str) -> None:
        """The first box with that name."""

        def ticked() -> bool:
            box = self._field(name)
            if not box.is_selected():
                box.click()
            return box.is_selected()

        self.wait(ticked)

    def click(self, words: str, within: str = "main") -> None:
        """The button or link with these words; a question is answered with yes."""
        self.wait(lambda: self._clicked(words, within))

    def goes_back(self) -> None:
        """To the page before, as the browser's button does."""
        self._leaves(self.driver.back)

    def reloads(self) -> None:
        """Loads the page once more; a question whether to send its form again is answered with yes."""
        self._leaves(self.driver.refresh)

    def has_written(self, name: str) -> str:
        """What is in the field with that name, or that label."""
        return again(self.driver, lambda: str(self._field(name).get_property("value")))

    def finds_written(self, **fields: str) -> None:
        """Wait until these are in the fields with these names."""
        self.wait(lambda: {name: self.has_written(name) for name in fields} == fields)

    def press_twice(self, words: str) -> None:
        """The button with these words, as fast as a double click. The page stays until the second one, and its clock
        stands still: on a slow machine the second press would be too late for a double click."""
        press = (
            "const [button] = arguments, now = performance.now(); performance.now = () => now;"
            "button.click(); setTimeout(() => button.click(), 50); return true"
        )
        self.wait(lambda: self.driver.execute_script(press, self._with_words(words, "main")[0]))

    def sees(self, *words: str, without: str | None = None) -> None:
        """Wait until the page says all of this, and does not say the other. Nobody reloads it."""

        def seen() -> bool:
            text = self.text
            return all(one in text for one in words) and (without is None or without not in text)

        self.wait(seen)

    def wait(self, condition: Callable[[], object]) -> None:
        """Until that holds. What is done to an element is done in here, too, from where it is looked for: the live
        update of the page may replace it before it is used."""
        again(self.driver, lambda: condition() or None)

    def _leaves(self, leave: Callable[[], None]) -> None:
        """Until another page is there, with what its scripts write into it."""
        self.driver.execute_script("window.isLeft = true")
        leave()
        there = "return !window.isLeft && document.readyState === 'complete'"
        self.wait(lambda: self.driver.execute_script(there))

    def sees_through(self, window: str) -> None:
        self.resize(*WINDOWS[window], is_phone=window == "narrow")

    def resize(self, width: int, height: int, *, is_phone: bool = False) -> None:
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone},
        )

    def likes(self, *, dark: bool = False) -> None:
        """The colours that the system of the browser prefers."""
        feature = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})

    def reads(self, language: str) -> None:
        self.open(f"/console/look?language={language}&next=/")

    @contextmanager
    def bringing(self, script: Path) -> Iterator[None]:
        """While the block runs, every page has this script: to send it to each takes as long as to open one."""
        source = {"source": script.read_text("utf-8")}
        added = self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", source)
        try:
            yield
        finally:
            self.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)

    def problems(self, *rules: str) -> list[str]:
        """What axe-core finds wrong with the page, which brings it: by these rules, or by all."""
        found: list[dict[str, Any]] = self.driver.execute_async_script(
            "const [rules, done] = arguments;"
            "axe.run(document, {runOnly: rules, resultTypes: ['violations'], preload: false})"
            ".then(found => done(found.violations));",
            rules or RULES,
        )
        return [
            f"{one['id']}: {json.dumps([node['target'] for node in one['nodes']])}" for one in found
        ]

    def complaints(self) -> list[str]:
        """What the browser has written into its console since it was last asked: blocked scripts and styles,
        errors of ours, pieces that are missing."""
        return [
            one["message"] for one in self.driver.get_log("browser") if one["level"] == "SEVERE"
        ]

    def picture(self) -> bytes:
        """The whole page as a PNG."""
        shot = self.driver.execute_cdp_cmd(
            "Page.captureScreenshot", {"captureBeyondViewport": True}
        )
        return base64.b64decode(shot["data"])

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        width: int = self.driver.execute_script(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return width

    def _field(self, name: str) -> WebElement:
        by_name = self.driver.find_elements(
            By.CSS_SELECTOR, f'main [name="{name}"]:not([type="hidden"])'
        )
        if by_name:
            return by_name[0]
        label = self.driver.find_element(By.XPATH, f'//main//label[normalize-space()="{name}"]')
        return self.driver.find_element(By.ID, str(label.get_attribute("for")))

    def _found(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def _clicked(self, words: str, within: str) -> bool:
        for one in self._with_words(words, within)[:1]:
            one.click()
            return True
        return False

    def _with_words(self, words: str, within: str) -> list[WebElement]:
        found = self.driver.find_elements(
            By.CSS_SELECTOR, ", ".join(f"{within} {tag}" for tag in ("a", "button", "summary"))
        )
        return [one for one in found if " ".join(one.text.split()) == words]
