"""How news are worded."""

import json
from functools import partial

import pytest

from tests.alerts.samples import NOW, alert
from wechat_scheduler.alerts.model import AlertKey, News, NewsKind, Severity
from wechat_scheduler.alerts.sentences import MESSAGE, NO_VALUE_YET, REPLAY
from wechat_scheduler.alerts.telling import (
    LONGEST_TEXT,
    MOST_LISTED,
    AlertWords,
    content_of,
    for_people,
    priority_of,
)
from wechat_scheduler.config.alert_targets import AlertLanguage
from wechat_scheduler.config.alerts import AlertRule
from wechat_scheduler.credentials.fault_sentences import FIX_PARENT
from wechat_scheduler.daemon.chinese import chinese
from wechat_scheduler.delivery.model import Priority, Way
from wechat_scheduler.engine.records import replace
from wechat_scheduler.web.console.alerts.places import ALERTS, address_of, place_of
from wechat_scheduler.webhooks.sentences import TIMEOUT


def words_in(language: AlertLanguage, console: str) -> AlertWords:
    return AlertWords(
        language=language,
        chinese=chinese().of,
        page_about=partial(address_of, console),
        all_alerts=f"{console}{ALERTS}",
    )


EN = words_in(AlertLanguage.EN, "")
ZH = words_in(AlertLanguage.ZH, "https://x.example")
FIRES = News(NewsKind.FIRES, alert(fired_at=NOW))
CRITICAL = News(NewsKind.WORSENS, alert(severity=Severity.CRITICAL, text="it expired"))
STILL = News(NewsKind.REMINDS, alert())
OVER = News(NewsKind.CLEARS, alert(severity=Severity.CRITICAL))


def test_all_news_of_a_check_are_one_message() -> None:
    found = content_of([FIRES, CRITICAL, STILL, OVER], EN)

    assert found.title == "wechat-scheduler: 3 alerts, 1 all-clear"
    assert found.text.splitlines() == [
        "[warning] no ticket came. To do: let WeChat push one.",
        "[worse, critical] it expired. To do: let WeChat push one.",
        "[still, warning] no ticket came. To do: let WeChat push one.",
        "[over] It is all right again. It was: no ticket came.",
    ]
    assert for_people(found).way is Way.AUTO


def test_a_flood_is_cut_to_what_a_robot_takes_and_says_how_many_more_there_are() -> None:
    flood = [News(NewsKind.FIRES, alert(text=f"凭据 {n} 出了问题")) for n in range(500)]

    found = content_of(flood, EN)

    assert len(found.text.encode()) < LONGEST_TEXT + 100
    shown = len(found.text.splitlines()) - 1
    assert found.text.endswith(f"… and {500 - shown} more: /console/alerts, or GET /v1/alerts")
    body = json.loads(found.body)["data"]
    assert (len(body["alerts"]), body["more"]) == (MOST_LISTED, 500 - MOST_LISTED)


def test_a_single_sentence_that_is_too_long_is_cut() -> None:
    found = content_of([News(NewsKind.FIRES, alert(text="长" * 5000))], EN)

    assert len(found.text.encode()) <= LONGEST_TEXT


def test_only_what_is_critical_ignores_quiet_hours() -> None:
    assert priority_of([FIRES, CRITICAL]) is Priority.URGENT
    assert priority_of([FIRES, OVER]) is Priority.NORMAL


def test_a_message_to_people_in_china_is_chinese_and_leads_to_the_console() -> None:
    lost = alert(
        AlertKey(AlertRule.CREDENTIAL_EXPIRES, "wx1/access_token"),
        id=1, text=f"wx1/access_token: {TIMEOUT.fill(place='params')}; {NO_VALUE_YET.en}", advice=FIX_PARENT.en,
    )  # fmt: skip
    dead = alert(AlertKey(AlertRule.DEAD_LETTERS, "app/7"), text=MESSAGE.en, advice=REPLAY.en)

    found = content_of([News(NewsKind.FIRES, lost), News(NewsKind.REMINDS, dead), OVER], ZH)

    assert found.title == "wechat-scheduler：2 条告警，1 条解除"
    assert for_people(found).title == "2 条告警，1 条解除"
    assert found.text.splitlines() == [
        "[警告] wx1/access_token：params 没有及时回答；还没有取得过值。处理：请先修好那个任务：它自己的错误说明了办法。 "
        "https://x.example/console/credentials/wx1",
        f"[仍未解决，警告] 1 条消息。处理：{REPLAY.zh}。 https://x.example/console/messages?state=dead&app=7",
        "[已解除] 已恢复正常。之前的问题：no ticket came。 https://x.example/console/pushes?account=wx1",
    ]
    (first, *_) = json.loads(found.body)["data"]["alerts"]
    assert first["url"] == "https://x.example/console/credentials/wx1"
    assert first["text"].startswith("wx1/access_token：")


@pytest.mark.parametrize(
    ("rule", "subject", "place"),
    [
        (AlertRule.CREDENTIAL_CONTESTED, "wx1/access_token", "/console/credentials/wx1/access_token"),
        (AlertRule.QUOTA_NEARLY_SPENT, "wx1/a_token/wx2", "/console/credentials/wx1/a_token/wx2"),
        (AlertRule.QUOTA_NEARLY_SPENT, "/cgi-bin/x of wx1", "/console/credentials/wx1"),
        (AlertRule.DEAD_LETTERS, "app/0", "/console/messages?state=dead"),
        (AlertRule.STORE_SLOW, "commits", "/#daemon"),
        ("of_tomorrow", "x", "/console/alerts"),
    ],
)  # fmt: skip
def test_each_rule_has_a_page_of_the_console(rule: str, subject: str, place: str) -> None:
    assert place_of(rule, subject=subject, appid="wx1") == place


def test_what_people_call_the_account_stands_before_what_is_wrong_with_it() -> None:
    news = [News(NewsKind.FIRES, alert(appid="wx1")), News(NewsKind.CLEARS, alert(appid="wx2"))]

    found = [content_of(news, replace(each, names={"wx1": "晨报"})) for each in (EN, ZH)]

    english, chinese = [one.text.splitlines() for one in found]
    assert english[0].startswith("[warning] 晨报: no ticket came.")
    assert chinese[0].startswith("[警告] 晨报：")
    assert english[1] == "[over] It is all right again. It was: no ticket came."
    assert [one["name"] for one in json.loads(found[0].body)["data"]["alerts"]] == ["晨报", ""]
