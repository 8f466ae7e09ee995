"""The user with a phone, beside a WeChat that answers what a test says."""

from datetime import timedelta

import aiohttp
import pytest

from tests.business import Business, status
from tests.clock import FakeClock
from wechat_scheduler.demo.journal import Journal
from wechat_scheduler.demo.phone import PhoneOwner

DELAY = timedelta(seconds=10)
NOTHING = status(200, b'{"count": 0, "messages": []}')
ANSWER = status(200, '{"count": 1, "messages": [{"by": "account", "text": "已经过去了"}]}'.encode())


@pytest.mark.parametrize(("waited", "sentences"), [(3.9 * DELAY, 1), (4 * DELAY, 2)])
async def test_a_reminder_that_never_comes_does_not_end_the_story(
    waited: timedelta, sentences: int
) -> None:
    clock = FakeClock()
    async with Business() as wechat, aiohttp.ClientSession() as session:
        phone = PhoneOwner(session, wechat.url(""), Journal(clock), clock=clock, delay=DELAY)
        for answer, pause in ((NOTHING, DELAY / 5), (NOTHING, waited), (ANSWER, DELAY)):
            wechat.script(answer)
            await phone.look()
            written = [call for call in wechat.calls if call.path.endswith("/write")]
            clock.advance(pause)

    assert len(written) == sentences
