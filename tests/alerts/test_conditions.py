"""What counts as wrong, and what is said of it."""

from typing import Any

import pytest

from tests.alerts.samples import DAY, HOUR, MINUTE, NOW, TICKET
from wechat_scheduler.alerts import conditions
from wechat_scheduler.alerts.conditions import NearQuota, Speed
from wechat_scheduler.alerts.model import Severity
from wechat_scheduler.alerts.ports import DeadLetters, LostJobs, NotedJob
from wechat_scheduler.credentials.model import Contest, Fault, JobKey
from wechat_scheduler.reasons import Reaction

SECRET = Fault(
    at=NOW,
    reaction=Reaction.OPERATOR,
    message="invalid appsecret",
    errcode=40125,
    advice="register the account again with its new AppSecret",
)


def job(**wish: Any) -> NotedJob:
    values = {
        "key": JobKey("wx1", "access_token"),
        "expires_at": NOW + 2 * HOUR,
        "suspect": False,
        "calls": 20,
        "endpoint": "",
        "fault": SECRET,
        "contest": None,
    }
    return NotedJob(**values | wish)


def lost(**wish: Any) -> LostJobs:
    return LostJobs(first=job(**wish), others=0)


def test_a_credential_that_a_person_has_to_save_is_told_with_the_time_it_has_left() -> None:
    (found,) = conditions.expiring([lost()], NOW)

    assert found.text == (
        "wx1/access_token: invalid appsecret; its value expires at 2026-11-29T14:00:00Z"
    )
    assert found.advice == SECRET.advice
    assert (found.severity, found.lasts) == (Severity.WARNING, 5 * MINUTE)


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"expires_at": NOW + HOUR / 2}, "its value expires at 2026-11-29T12:30:00Z"),
        ({"expires_at": NOW - HOUR}, "it has no valid value"),
        ({"expires_at": None}, "it has no value yet"),
        ({"suspect": True}, "it has no valid value"),
    ],
    ids=lambda given: str(given),
)
def test_in_its_last_hour_and_after_it_is_critical(wish: dict[str, Any], says: str) -> None:
    (found,) = conditions.expiring([lost(**wish)], NOW)

    assert found.severity is Severity.CRITICAL
    assert found.text.endswith(says)


def test_the_thousands_of_credentials_of_a_platform_are_one_alert() -> None:
    first = job(key=JobKey("wx1", "authorizer_access_token", "wx2"))

    (found,) = conditions.expiring([LostJobs(first=first, others=1997)], NOW)

    assert found.key.subject == "wx1/authorizer_access_token"
    assert found.text.startswith(
        "wx1/authorizer_access_token/wx2, and 1997 more of this account: invalid appsecret"
    )


def test_a_contest_is_told_for_some_hours_after_its_last_sign() -> None:
    contest = Contest(at=NOW, message="another program fetches it", advice="stop it")

    (found,) = conditions.contested([job(contest=contest)], NOW + 5 * HOUR)

    assert found.text == "wx1/access_token: another program fetches it"
    assert list(conditions.contested([job(contest=contest)], NOW + 7 * HOUR)) == []


def tickets(came_at: Any, **wish: Any) -> list[conditions.Condition]:
    given: dict[str, Any] = {"age": 30 * MINUTE, "known": (), "started_at": NOW - DAY, "now": NOW}
    return list(conditions.missing_tickets({"wx1": came_at}, **given | wish))


def test_a_ticket_is_missing_after_half_an_hour_and_critical_after_half_of_its_life() -> None:
    assert tickets(NOW - 30 * MINUTE) == []
    assert tickets(NOW - 31 * MINUTE)[0].severity is Severity.WARNING
    assert tickets(NOW - 7 * HOUR)[0].severity is Severity.CRITICAL


def test_a_daemon_that_was_off_waits_for_the_next_ticket_unless_the_alert_is_known() -> None:
    missed = NOW - 7 * HOUR

    assert tickets(missed, started_at=NOW - MINUTE) == []
    assert len(tickets(missed, started_at=NOW - MINUTE, known=[TICKET])) == 1


def test_messages_that_died_are_told_by_app() -> None:
    dead = [
        DeadLetters(app_id=7, deliveries=3, error="no template"),
        DeadLetters(app_id=8, deliveries=1, error=""),
    ]

    (found,) = conditions.dead_letters(dead, {7: ("shop", "wx1")}, most=2)

    assert (found.key.subject, found.appid) == ("app/7", "wx1")
    assert found.text == "3 messages of app 7 (shop) died in the last hour: no template"


@pytest.mark.parametrize(
    ("used", "severity"), [(79, None), (80, Severity.WARNING), (100, Severity.CRITICAL)]
)
def test_a_quota_is_told_at_its_share_and_is_critical_when_it_is_spent(
    used: int, severity: Severity | None
) -> None:
    near = NearQuota(appid="wx1", kind="", what="/cgi-bin/x of wx1", used=used, most=100)

    found = list(conditions.near_quotas([near], share=0.8, node="one"))

    assert [each.severity for each in found] == ([severity] if severity else [])


def test_a_path_without_a_limit_and_a_kind_that_is_unknown_are_never_near_their_quota() -> None:
    near = NearQuota(appid="wx1", kind="", what="/cgi-bin/x of wx1", used=9, most=0)

    assert list(conditions.near_quotas([near], share=0.8, node="one")) == []


def test_slow_commits_and_standing_loops_are_those_of_a_machine_and_queues_are_everybodys() -> None:
    speed = Speed(commit_time=HOUR, standing=("job",), late={"event": HOUR, "reminder": MINUTE})

    found = list(conditions.slow(speed, commit_time=MINUTE, node="one"))

    assert [(each.key.subject, each.key.node) for each in found] == [
        ("commits", "one"), ("loop/job", "one"), ("queue/event", ""),
    ]  # fmt: skip
