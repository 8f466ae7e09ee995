"""How an act in a page is tried until it works: the live update may replace what the act has found."""

from collections.abc import Callable
from typing import TypeVar

from selenium.common.exceptions import TimeoutException, WebDriverException
from selenium.webdriver import Chrome
from selenium.webdriver.support.wait import WebDriverWait

T = TypeVar("T")

# In seconds; on a loaded machine a page takes its time.
PATIENCE = 60.0


def again(driver: Chrome, act: Callable[[], T | None]) -> T:
    """What the act returns once it returns something, and the page does not change meanwhile."""
    last = ""

    def done(_: Chrome) -> tuple[T] | None:
        nonlocal last
        try:
            result = act()
        except (WebDriverException, IndexError) as error:
            last = f", and {error!r}"
            return None
        return None if result is None else (result,)

    try:
        return WebDriverWait(driver, PATIENCE, 0.1).until(done)[0]
    except TimeoutException:
        shown = driver.execute_script("return document.body.innerText")
        raise AssertionError(f"{driver.current_url} says only: {shown}{last}") from None
