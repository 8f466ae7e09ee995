"""An open page whose daemon ends and comes back, in a real browser that nobody reloads."""

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.house import daemon
from wechat_scheduler.engine.clock import SystemClock

if TYPE_CHECKING:
    from tests.browser.background import Background

WORDS = {
    "en": ("not been connected to the daemon since", "may be out of date", "Fresh", "Expired"),
    "zh-CN": ("此页与守护进程的连接中断", "可能已经过时", "有效", "已过期"),
}
FILTER = "return getComputedStyle(document.querySelector('[data-live]')).filter"
# The page of a minute before: its credential ends in a moment.
END_SOON = """
    const [one] = document.querySelectorAll('[data-left]'), now = one.cloneNode(true);
    now.dataset.left = 1;
    one.replaceWith(now);
"""


@pytest.mark.parametrize(("language", "window"), [("en", "wide"), ("zh-CN", "narrow")])
def test_a_page_says_that_it_is_not_connected_until_it_is_again(
    driver: Any, place: "Background", tmp_path: Path, language: str, window: str
) -> None:
    from tests.browser.person import Person

    lost, old, fresh, expired = WORDS[language]
    upstream, state = place.town.wechat.url, tmp_path / "own"
    before = daemon(state, upstream, clock=SystemClock())
    caller = place.run(before.__aenter__())
    place.run(caller.register({"type": 0}))
    driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    person = Person(driver, caller.daemon.url)
    person.sees_through(window)
    person.reads(language)
    person.sign_in(caller.daemon.admin_key)
    person.open("/console/credentials")
    person.sees(fresh, without=lost)

    place.run(before.__aexit__(None, None, None))
    person.sees(lost, old)
    grey = driver.execute_script(FILTER)
    driver.execute_script(END_SOON)
    person.sees(expired)
    too_wide = person.overflow()
    port = urlsplit(caller.daemon.url).port
    again = daemon(state, upstream, clock=SystemClock(), server__port=port)
    place.run(again.__aenter__())
    person.sees(fresh, without=lost)

    assert (grey, driver.execute_script(FILTER), too_wide) == ("grayscale(1)", "none", 0)
    driver.get("about:blank")
    place.run(again.__aexit__(None, None, None))
    person.complaints()
