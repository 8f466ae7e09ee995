import base64
import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.web.pages.reading import Reader
from wechat_scheduler.delivery.model import Form
from wechat_scheduler.web.pages.bulletin import bulletin_page, done_page
from wechat_scheduler.web.pages.consent_page import ConsentPage, consent_page
from wechat_scheduler.web.pages.document import Page
from wechat_scheduler.web.pages.message_page import MessagePage, message_page
from wechat_scheduler.web.pages.reminder_page import (
    Owner,
    ReminderPage,
    deleted_page,
    deletion_page,
    reminder_page,
)
from wechat_scheduler.web.pages.subscribe_page import (
    AppPage,
    SubscribePage,
    SubscriptionKind,
    app_page,
    subscribe_page,
)
from wechat_scheduler.web.pages.switches_page import SubscriptionRow, SwitchesPage, switches_page

SHANGHAI = ZoneInfo("Asia/Shanghai")
EIGHT = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)
EVIL = "\"'><script>alert('x')</script><b onclick=x>{title}"


def message(text: str, **changes: Any) -> Page:
    fields: dict[str, Any] = {
        "title": text,
        "content": text,
        "form": Form.TEXT,
        "app_name": text,
        "sent_at": EIGHT,
        "zone": SHANGHAI,
    }
    return message_page(MessagePage(**{**fields, **changes}))


def reminder(text: str, *, url: str = "", paused: bool = False, owned: bool = True) -> Page:
    view = ReminderPage(
        title=text,
        description=text,
        sharer=text,
        time=EIGHT,
        recurrence=text,
        upcoming=[EIGHT + timedelta(days=30)],
        zone=SHANGHAI,
        states=[text],
        paused=paused,
        qr=text,
        url=url,
        owner=owner(text) if owned else None,
    )
    return reminder_page(view)


def owner(text: str) -> Owner:
    return Owner(
        action="/r/abc",
        capability=text,
        title=text,
        start=text,
        time=text,
        error=text,
        example=text,
        tomorrow=EIGHT + timedelta(days=1),
    )


def deletion(text: str) -> Page:
    return deletion_page(owner(text), 1)


def deleted(text: str) -> Page:
    return deleted_page(owner(text), text)


def follow(text: str) -> Page:
    view = SubscribePage(
        kind=SubscriptionKind.TOPIC,
        name=text,
        description=text,
        contact=text,
        qr=text,
    )
    return subscribe_page(view)


def app(text: str) -> Page:
    return app_page(AppPage(name=text, description=text, contact=text, uid=text, switches="/u/a"))


def consent(text: str) -> Page:
    return consent_page(ConsentPage(app_name=text, qr=text))


def switches(text: str) -> Page:
    following = [
        SubscriptionRow(kind=SubscriptionKind.APP, identity="1", name=text, note=text),
        SubscriptionRow(kind=SubscriptionKind.TOPIC, identity="2", name=text, muted=True),
    ]
    return switches_page(SwitchesPage(action="/u/abc", capability=text, subscriptions=following))


def bulletin(text: str) -> Page:
    return bulletin_page(text, text, back="/u/abc")


def done(text: str) -> Page:
    return done_page(text, text)


EVERY_PAGE: list[Callable[[str], Page]] = [
    message,
    reminder,
    deletion,
    deleted,
    follow,
    app,
    consent,
    switches,
    bulletin,
    done,
]


def test_text_is_text_on_every_page() -> None:
    for page in EVERY_PAGE:
        plain, hostile = Reader(page("abc").html), Reader(page(EVIL).html)

        assert [tag for tag, _ in hostile.elements] == [tag for tag, _ in plain.elements], page
        assert [set(them) for _, them in hostile.elements] == [
            set(them) for _, them in plain.elements
        ], page
        assert EVIL in hostile.text, page


def test_the_policy_names_just_the_style_and_script_there_are() -> None:
    for page in EVERY_PAGE:
        made = page("abc")

        inline = re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", made.html, re.DOTALL)
        hashes = [base64.b64encode(hashlib.sha256(it.encode()).digest()).decode() for it in inline]
        policy = made.headers["Content-Security-Policy"]
        assert re.findall(r"'sha256-(.*?)'", policy) == hashes, page
        assert policy.startswith("default-src 'none'; "), page
        assert "script-src 'unsafe" not in policy, page
        assert "frame-ancestors 'none'" in policy, page


def test_a_script_is_there_only_where_something_is_copied() -> None:
    content = '<copy data-clipboard-text="1">1</copy>'

    assert "<script>" in message("a", content=content, form=Form.HTML).html
    assert "<script>" not in message("a").html


def test_a_message_says_when_it_was_sent_in_the_readers_zone() -> None:
    page = message("a", zone=ZoneInfo("America/New_York"))

    assert "2026年11月24日 周二 晚上7:00" in page.html


ADDRESSES: list[tuple[str, bool]] = [
    ("https://a.example/b?c&d", True),
    ("http://a.example", True),
    ("", False),
    ("javascript:alert(1)", False),
    ("data:text/html,x", False),
    ("//a.example", False),
    ("https://[", False),
]


def test_only_an_ordinary_address_is_linked() -> None:
    for url, linked in ADDRESSES:
        links = [
            Reader(page.html).all("a") for page in (message("a", url=url), reminder("a", url=url))
        ]

        assert [[link["href"] for link in those] for those in links] == [[url] * linked] * 2, (
            url,
            linked,
        )


def test_of_a_deleted_message_nothing_is_shown() -> None:
    page = message("secret", url="https://secret.example", deleted=True)

    assert "消息已删除" in page.html
    assert "secret" not in page.html


def test_a_message_that_chose_its_colours_has_white_paper() -> None:
    coloured = message("a", content='<b style="color:#333">a</b>', form=Form.HTML)

    assert 'class="content white"' in coloured.html
    assert 'class="content white"' not in message("a").html


def test_a_reminder_says_what_and_when() -> None:
    text = Reader(reminder("还信用卡").html).text

    assert "还信用卡" in text
    assert "2026年11月25日 周三 早上8:00" in text
    assert "2026年12月25日 周五 早上8:00" in text


def test_only_its_owner_can_change_a_reminder() -> None:
    assert Reader(reminder("a", owned=False).html).all("form") == []


@pytest.mark.parametrize(("paused", "toggle"), [(False, "pause"), (True, "resume")])
def test_the_owners_forms_carry_the_capability(paused: bool, toggle: str) -> None:
    read = Reader(reminder("cap", paused=paused).html)

    fields = [(it["name"], it.get("value", "")) for it in read.all("input")]
    assert {(it["method"], it["action"]) for it in read.all("form")} == {("post", "/r/abc")}
    done = [value for name, value in fields if name == "do"]
    assert done == ["soon", "tomorrow", "edit", toggle, "delete"]
    assert fields.count(("capability", "cap")) == len(done)
    assert [name for name, _ in fields if name in ("title", "time")] == ["title", "time"]


def test_every_switch_names_what_it_switches() -> None:
    fields = [(it["name"], it["value"]) for it in Reader(switches("cap").html).all("input")]

    forms = [tuple(value for _, value in fields[at : at + 4]) for at in range(0, len(fields), 4)]
    assert forms == [
        ("cap", "app", "1", "mute"),
        ("cap", "app", "1", "unsubscribe"),
        ("cap", "topic", "2", "unmute"),
        ("cap", "topic", "2", "unsubscribe"),
    ]


def test_an_app_that_may_remind_shows_no_code() -> None:
    page = consent_page(ConsentPage(app_name="a", qr="unused", consented=True))

    assert "已允许" in page.html
    assert "<img" not in page.html


def test_a_code_is_an_image_that_a_long_press_can_read() -> None:
    (image,) = Reader(follow("a").html).all("img")

    assert image["src"].startswith("data:image/png;base64,")


@pytest.mark.parametrize(
    ("title", "content", "heading"),
    [
        ("降价 99", "# 降价\n**99** 元", "shop"),
        ("", "# 降价", "shop"),
        ("今日特价", "# 降价", "今日特价"),
    ],
)
def test_a_heading_does_not_repeat_how_the_content_begins(
    title: str, content: str, heading: str
) -> None:
    page = message(content, title=title, app_name="shop", form=Form.MARKDOWN)

    assert f"<section><h1>{heading}</h1>" in page.html
