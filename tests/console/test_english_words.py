"""No Chinese page has English sentences, whatever failed."""

import re

from tests.business import Business
from tests.clock import FakeClock
from tests.console.elements import Element
from tests.console.furnishing import pages, walked
from tests.console.spaces import odd_spaces
from tests.console.test_alerts import name_targets
from tests.console.troubles import fail_at_everything
from tests.console.visitor import Browser, Page
from tests.house import Caller, WeChat

ENGLISH = re.compile(r"[A-Za-z'-]+(?: [a-z'-]+)+")
# What it holds is no prose: commands, and examples of what to type.
VERBATIM = {"code", "pre", "kbd", "textarea"}
# WeChat's own words stand behind its code.
OF_WECHAT = re.compile(r"返回 -?\d+（[^）]*）")
# Words of the field that Chinese texts use, too.
TERMS = {"API key", "API keys", "admin key", "app key", "refresh token", "server-sent events"}
SAID = ("title", "aria-label", "placeholder", "data-confirm", "value")


def english(page: Page) -> set[str]:
    main = page.root.one("main")
    code = {id(text) for one in main.find() if one.tag in VERBATIM for text in _texts(one)}
    said = [text for text in _texts(main) if id(text) not in code]
    said += [one[name] for one in main.find() if one.tag != "code" for name in SAID]
    prose = OF_WECHAT.sub("", "\n".join(said))
    return {found[0] for found in ENGLISH.finditer(prose)} - TERMS


def _texts(one: Element) -> list[str]:
    return one.texts[one.first_text : one.last_text]


async def test_no_chinese_page_has_english_sentences_or_odd_spaces(
    admin: Browser, keeper: Caller, weixin: WeChat, business: Business, clock: FakeClock
) -> None:
    names = await fail_at_everything(keeper, weixin, business, clock)
    name_targets(
        keeper,
        {"name": "hook", "kind": "webhook", "url": business.url("/hook")},
        {"name": "boss", "kind": "follower", "app": 17, "to": "alice"},
        {"name": "mail", "kind": "email", "server": "smtp://127.0.0.1:9", "from": "a@b.c", "to": "a@b.c"},
    )  # fmt: skip
    admin.session.headers["Accept-Language"] = "zh-CN"

    found = await walked(admin, [*pages(names)])
    alerts, consumer = "/console/alerts", "/console/access/consumers/new"
    found["a test of alerts"] = await admin.submit(found[alerts], button="向所有目标发送测试")
    found["a refused consumer"] = await admin.submit(
        found[consumer], consumer, name="a", appids="wx1", allow_paths="/cgi-bin/x", stand_in=None
    )

    assert "告警接收者 hook 回答了 500" in found["a test of alerts"].text
    assert "限制路径和调用次数需要替身 token" in found["a refused consumer"].text
    assert {path: odd for path, page in found.items() if (odd := english(page))} == {}
    said = {path: OF_WECHAT.sub("返回", page.html) for path, page in found.items()}
    assert {path: odd for path, html in said.items() if (odd := odd_spaces(html))} == {}
