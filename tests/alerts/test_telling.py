"""How news are worded."""

import json

from tests.alerts.samples import NOW, alert
from wechat_scheduler.alerts.model import News, NewsKind, Severity
from wechat_scheduler.alerts.telling import (
    LONGEST_TEXT,
    MOST_LISTED,
    content_of,
    for_people,
    priority_of,
)
from wechat_scheduler.delivery.model import Priority, Way

FIRES = News(NewsKind.FIRES, alert(fired_at=NOW))
CRITICAL = News(NewsKind.WORSENS, alert(severity=Severity.CRITICAL, text="it expired"))
STILL = News(NewsKind.REMINDS, alert())
OVER = News(NewsKind.CLEARS, alert(severity=Severity.CRITICAL))


def test_all_news_of_a_check_are_one_message() -> None:
    found = content_of([FIRES, CRITICAL, STILL, OVER])

    assert found.title == "wechat-scheduler: 3 alerts, 1 all-clear"
    assert found.text.splitlines() == [
        "[warning] no ticket came. To do: let WeChat push one",
        "[worse, critical] it expired. To do: let WeChat push one",
        "[still, warning] no ticket came. To do: let WeChat push one",
        "[over] no ticket came",
    ]
    assert for_people(found).way is Way.AUTO


def test_a_flood_is_cut_to_what_a_robot_takes_and_says_how_many_more_there_are() -> None:
    flood = [News(NewsKind.FIRES, alert(text=f"凭据 {n} 出了问题")) for n in range(500)]

    found = content_of(flood)

    assert len(found.text.encode()) < LONGEST_TEXT + 100
    shown = len(found.text.splitlines()) - 1
    assert found.text.endswith(f"… and {500 - shown} more: GET /v1/alerts, or /console/alerts")
    body = json.loads(found.body)["data"]
    assert (len(body["alerts"]), body["more"]) == (MOST_LISTED, 500 - MOST_LISTED)


def test_a_single_sentence_that_is_too_long_is_cut() -> None:
    found = content_of([News(NewsKind.FIRES, alert(text="长" * 5000))])

    assert len(found.text.encode()) <= LONGEST_TEXT


def test_only_what_is_critical_ignores_quiet_hours() -> None:
    assert priority_of([FIRES, CRITICAL]) is Priority.URGENT
    assert priority_of([FIRES, OVER]) is Priority.NORMAL
