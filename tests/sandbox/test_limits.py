from datetime import UTC, datetime, timedelta

import pytest

from tests.clock import START
from tests.sandbox.conftest import APPID, SECRET, Start
from wechat_scheduler.errors import ConfigError
from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.limits import Limit, Meter
from wechat_scheduler.sandbox.periods import Periods

TOKEN = "/cgi-bin/token"


async def test_a_days_quota_ends_at_midnight_in_shanghai(start: Start) -> None:
    wechat = await start(quotas={TOKEN: 2})
    issued = [await wechat.token(), await wechat.token()]

    refused = await wechat.token()
    of_another = await wechat.token("wx-another")
    wechat.clock.advance_to(datetime(2026, 11, 18, 15, 59, 59, tzinfo=UTC))
    still_refused = await wechat.token()
    wechat.advance(seconds=1)
    renewed = await wechat.token()

    assert all("access_token" in it for it in [*issued, of_another, renewed])
    assert refused["errcode"] == still_refused["errcode"] == 45009
    assert refused["errmsg"].startswith("reach max api daily quota limit rid: ")


async def test_a_wrong_secret_does_not_use_up_the_quota(start: Start) -> None:
    wechat = await start(quotas={TOKEN: 1})
    await wechat.token(secret="wrong")

    answer = await wechat.token()

    assert "access_token" in answer


async def test_a_days_quota_is_cleared_with_the_secret_ten_times_a_month(start: Start) -> None:
    wechat = await start(quotas={TOKEN: 1})
    body = {"appid": APPID, "appsecret": SECRET}
    outcomes = []
    for _ in range(11):
        await wechat.token()
        cleared = await wechat.post("/cgi-bin/clear_quota/v2", body)
        outcomes.append((cleared["errcode"], (await wechat.token()).get("errcode", 0)))
    wechat.clock.advance_to(datetime(2026, 11, 30, 16, 0, tzinfo=UTC))

    next_month = await wechat.post("/cgi-bin/clear_quota/v2", body)

    assert outcomes == [(0, 0)] * 10 + [(48006, 45009)]
    assert next_month["errcode"] == 0


def test_a_minutes_limit_ends_with_the_minute() -> None:
    meter = Meter({TOKEN: Limit(minute=2)}, Periods())
    meter.spend(TOKEN, APPID, START)
    meter.spend(TOKEN, APPID, START)

    with pytest.raises(RefusedError) as refused:
        meter.spend(TOKEN, APPID, START)

    assert refused.value.errcode == 45011
    meter.spend(TOKEN, APPID, START + timedelta(minutes=1))


async def test_a_quota_for_an_unknown_path_stops_the_start(start: Start) -> None:
    with pytest.raises(ConfigError, match="/cgi-bin/nothing"):
        await start(quotas={"/cgi-bin/nothing": 1})
