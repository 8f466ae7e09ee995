"""What a receipt means, in the words of every page."""

import pytest

from wechat_scheduler.delivery.refused_messages import FREQ_LIMIT, SYSTEM_FAILED, USER_BLOCK
from wechat_scheduler.sandbox.templates import STATUSES, SUCCESS
from wechat_scheduler.web.console.receipts import RECEIPTS, receipt_of


def test_every_receipt_of_a_failure_has_words() -> None:
    assert set(RECEIPTS) == {*STATUSES} - {SUCCESS}
    assert set(RECEIPTS) == {one.en for one in (USER_BLOCK, SYSTEM_FAILED, FREQ_LIMIT)}


@pytest.mark.parametrize("status", RECEIPTS)
def test_a_receipt_is_known_with_a_number_in_front(status: str) -> None:
    assert receipt_of(f"1300 {status}") is receipt_of(status) is RECEIPTS[status]


def test_another_reason_is_no_receipt() -> None:
    assert receipt_of("the app was removed") is receipt_of("") is None
