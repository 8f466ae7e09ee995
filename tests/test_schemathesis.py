"""Every route, called by somebody who has read nothing but the document, with all sorts of keys.

schemathesis makes requests that fit `/openapi.json` and requests that break it in one place. JSON
Schema calls `1.0` an integer and the daemon does not, so that a 400 is a right answer to both.
"""

import asyncio
from pathlib import Path

from structlog.testing import capture_logs

from tests.access.doors import make
from tests.house import APPID
from tests.strangers import besieged
from wechat_scheduler.web.native.routes import NATIVE

REACHED = {
    ("GET", "/v1/events"),
    ("GET", "/task/{appid}/{type}"),
    ("POST", "/register"),
    ("POST", "/v1/keys"),
}


async def test_every_route_keeps_to_its_description_whoever_calls(tmp_path: Path) -> None:
    from tests.siege import siege  # schemathesis takes long to import, and one worker needs it

    async with besieged(tmp_path / "state") as keeper:
        document = (await keeper.call("GET", "/openapi.json")).json
        limited = await make(keeper, "read", "register", "push", appids=[APPID], types=[0])
        keys = (keeper.daemon.admin_key, limited.text, "wsk_wrong", "")

        with capture_logs() as events:
            answered = await asyncio.to_thread(siege, keeper.daemon.url, document, keys)
        alive = await keeper.call("GET", "/tasks")

    assert alive.status == 200
    assert not [event for event in events if event["event"] == "api.crashed"]
    assert answered.keys() == {(route.method, route.path) for route in NATIVE}
    assert {place for place, statuses in answered.items() if 200 in statuses} >= REACHED
