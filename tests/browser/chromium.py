"""A headless Chromium, driven by Selenium."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from tests.browser.patience import PATIENCE
from tests.browser.programs import PATH, PROGRAMS


@contextmanager
def chromium() -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = PROGRAMS["chromium"] or ""
    for flag in ("headless=new", "no-sandbox", "disable-dev-shm-usage", "disable-gpu"):
        options.add_argument(f"--{flag}")
    # Back loads the page again, as it does where memory is short.
    options.add_argument("--disable-features=BackForwardCache")
    # A question of the page is answered with yes, however late it comes.
    options.unhandled_prompt_behavior = "accept"
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = Service(PROGRAMS["chromedriver"], env={**os.environ, "PATH": PATH})
    driver = Chrome(options=options, service=service)
    driver.set_script_timeout(PATIENCE)
    try:
        yield driver
    finally:
        driver.quit()
