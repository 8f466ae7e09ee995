"""Each API that sends has its own words for every refusal."""

import re

import pytest

from tests.clock import START
from wechat_scheduler.delivery.model import Content, Message
from wechat_scheduler.delivery.refusals import Refusal, Refused
from wechat_scheduler.delivery.sending import Order, Placed
from wechat_scheduler.web.compat import notices
from wechat_scheduler.web.compat.wxpusher.messages import ACCEPTED, result_of

MESSAGE = Message(id=1, app_id=1, content=Content(), created_at=START)


@pytest.mark.parametrize("refusal", Refusal)
def test_wxpusher_says_each_refusal_in_chinese(refusal: Refusal) -> None:
    placed = Placed(name="amy", refused=Refused(refusal))

    result = result_of(placed, Order(message=MESSAGE, placed=(placed,)), uid="amy")

    assert (result.code, result.message_id) == (1001, None)
    assert re.search("[一-鿿]", result.status)
    assert refusal.sentence not in result.status
    assert result.status != ACCEPTED


@pytest.mark.parametrize("refusal", Refusal)
def test_the_notices_api_has_a_status_for_each_refusal(refusal: Refusal) -> None:
    assert notices.ERRORS[refusal].status in (403, 404)


def test_wechats_own_reason_is_passed_on() -> None:
    placed = Placed(name="amy", refused=Refused(Refusal.WECHAT, "43101 user refuse {0}"))

    result = result_of(placed, Order(message=MESSAGE, placed=(placed,)), uid="amy")

    assert result.status == "微信拒绝给该用户发消息：43101 user refuse {0}"
    assert placed.error == "43101 user refuse {0}"
