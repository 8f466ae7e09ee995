"""What is refused until a person acts: sends of an account, and pushes to it."""

import pytest

from tests.alerts.samples import DAY, MINUTE, NOW
from wechat_scheduler.alerts.ports import WaitingDeliveries
from wechat_scheduler.alerts.refused import RefusedPush, refused_pushes, refused_sends
from wechat_scheduler.wechat.errcodes import of_persons

UNAUTHORISED = WaitingDeliveries(
    appid="wx1",
    errcode=48001,
    deliveries=9,
    error="/cgi-bin/message/custom/send: 48001 api unauthorized",
)


def test_deliveries_that_wait_for_a_person_are_told_by_account_and_errcode_with_what_to_do() -> (
    None
):
    (found,) = refused_sends([UNAUTHORISED], of_persons)

    assert found.key.subject == "wx1/48001"
    assert found.text == "WeChat refuses what wx1 sends with 48001; deliveries that wait: 9"
    assert found.advice.startswith("the account may not use this API")


@pytest.mark.parametrize(
    "errcode", [40164, 40243, 43107, 48001, 48004, 50001, 50002, 50007, 61003, 61004, 61007, 89501]
)
def test_a_person_ends_what_wechat_refuses_an_account(errcode: int) -> None:
    assert of_persons(errcode, "")


@pytest.mark.parametrize("errcode", [-1, 40001, 42001, 43004, 45009, 45011, 45015, 47003, 99999])
def test_no_person_is_asked_for_what_passes_by_itself_or_is_about_one_message(errcode: int) -> None:
    assert of_persons(errcode, "") == ""


def test_the_advice_names_the_address_that_wechat_refuses() -> None:
    assert "203.0.113.7" in of_persons(40164, "40164 invalid ip 203.0.113.7, not in whitelist")


def test_a_push_that_was_refused_is_told_for_a_day() -> None:
    refused = RefusedPush(appid="wx1", at=NOW, reason="its signature does not fit")

    (found,) = refused_pushes([refused], node="here", now=NOW + DAY)

    assert (found.key.subject, found.key.node, found.lasts) == ("wx1", "here", 5 * MINUTE)
    assert "its signature does not fit" in found.text
    assert not list(refused_pushes([refused], node="here", now=NOW + DAY + MINUTE))
