"""Numbers of the usage that are damaged in the store count for nothing, and keep no others from being stored."""

import pytest

from tests.clock import FakeClock
from tests.gateway.test_usage import CRM, MENU, SEND, SHOP, found
from tests.house import APPID
from wechat_scheduler.gateway.usage import UsageMeter
from wechat_scheduler.storage.access.gateway_uses import SqlUsage
from wechat_scheduler.storage.database import Database, Statement, each


@pytest.mark.parametrize("damaged", [2**63 - 1, 10**15, -(2**63), -1])
async def test_a_damaged_number_is_replaced_by_the_next_calls(
    database: Database, damaged: int
) -> None:
    meter = UsageMeter(SqlUsage(database), clock=FakeClock())
    for path in (SEND, MENU):
        meter.begin(SHOP)
        meter.count(SHOP, APPID, path, failed=True)
    await meter.flush()
    spoil = Statement(
        "UPDATE gateway_uses SET calls = $1, errors = $1 WHERE path = $2", (damaged, SEND)
    )
    await database.write(lambda: each([spoil]))

    for caller, path in ((SHOP, SEND), (SHOP, SEND), (CRM, MENU)):
        meter.begin(caller)
        meter.count(caller, APPID, path, failed=False)
    await meter.settle()

    assert sorted(await found(meter)) == [(CRM, MENU, 1, 0), (SHOP, MENU, 1, 1), (SHOP, SEND, 2, 0)]
    assert [meter.begin(SHOP, most) is None for most in (3, 4)] == [False, True]
