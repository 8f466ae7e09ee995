"""A person in front of a real browser: Chromium, driven by Selenium."""

import base64
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from selenium.common.exceptions import (
    NoAlertPresentException,
    TimeoutException,
    WebDriverException,
)
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from tests.browser.programs import PATH, PROGRAMS

# In seconds; on a loaded machine a page takes its time.
PATIENCE = 30.0
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


@contextmanager
def chromium() -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = PROGRAMS["chromium"] or ""
    for flag in ("headless=new", "no-sandbox", "disable-dev-shm-usage", "disable-gpu"):
        options.add_argument(f"--{flag}")
    # Back loads the page again, as it does where memory is short.
    options.add_argument("--disable-features=BackForwardCache")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = Service(PROGRAMS["chromedriver"], env={**os.environ, "PATH": PATH})
    driver = Chrome(options=options, service=service)
    try:
        yield driver
    finally:
        driver.quit()


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
        self.driver.find_element(By.CSS_SELECTOR, "main button").click()
        self.wait(lambda: not self.path.startswith("/console/sign-in"))

    @property
    def path(self) -> str:
        return str(self.driver.current_url).removeprefix(self.url)

    @property
    def text(self) -> str:
        return self.reads_at("main")

    def reads_at(self, selector: str) -> str:
        """The text of the element, in a page of any kind."""
        return str(self.driver.find_element(By.CSS_SELECTOR, selector).text)

    def fill(self, name: str, value: str) -> None:
        """The field with that name, or that label."""
        field = self._field(name)
        field.clear()
        field.send_keys(value)

    def choose(self, name: str, value: str) -> None:
        """The option of a list whose value or text that is."""
        for option in self._field(name).find_elements(By.TAG_NAME, "option"):
            if value in (option.get_attribute("value"), option.text):
                option.click()
                return
        raise AssertionError(f"{name} has no option {value}")

    def tick(self, name: str) -> None:
        """The first box with that name. A live page may put another in its place just then."""

        def ticked() -> bool:
            self._field(name).click()
            return True

        self.wait(ticked)

    def click(self, words: str, within: str = "main") -> None:
        """The button or link with these words; a question is answered with yes."""
        self.wait(lambda: self._clicked(words, within))
        with _no_alert():
            self.driver.switch_to.alert.accept()

    def goes_back(self) -> None:
        """To the page before, as the browser's button does."""
        self.driver.back()

    def reload_answer(self) -> None:
        """Loads the page once more; a question whether to send its form again is answered with yes."""
        self.driver.refresh()
        with _no_alert():
            self.driver.switch_to.alert.accept()

    def has_written(self, name: str) -> str:
        """What is in the field with that name, or that label."""
        return str(self._field(name).get_property("value"))

    def press_twice(self, words: str) -> None:
        """The button with these words, as fast as a double click. The page stays until the second one."""
        press = "const [button] = arguments; button.click(); setTimeout(() => button.click(), 50)"
        self.driver.execute_script(press, self._with_words(words, "main")[0])

    def sees(self, *words: str) -> None:
        """Wait until the page says all of this. Nobody reloads it."""
        self.wait(lambda: all(one in self.text for one in words))

    def wait(self, condition: Callable[[], object]) -> None:
        def holds(_: Chrome) -> bool:
            try:
                return bool(condition())
            except WebDriverException:  # the page is changing
                return False

        try:
            WebDriverWait(self.driver, PATIENCE, 0.1).until(holds)
        except TimeoutException:
            raise AssertionError(f"{self.path} says only: {self.text}") from None

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


@contextmanager
def _no_alert() -> Iterator[None]:
    with suppress(NoAlertPresentException):
        yield
