"""Calls of WxPusher's API as scripts write them, and whom they reach."""

from typing import Any
from urllib.parse import urlencode

from tests.house import Answer
from tests.sending.town import PUBLIC, Town

SEND = "/api/send/message"
# The first version also has its page outside of the envelope, as WxPusher's documentation shows it.
USERS = "/api/fun/wxuser?"


async def call(place: Town, method: str, path: str, body: Any = None, **query: Any) -> Answer:
    """Without a key: tokens stand in bodies and queries."""
    path += f"?{urlencode(query)}" if query else ""
    answer = await place.call(method, path, body, key="")
    assert answer.status == 200
    is_page = path.startswith(USERS) and answer.json["success"]
    page = {"page", "pageSize", "total", "records"} if is_page else set()
    assert answer.json.keys() == {"code", "msg", "data", "success"} | page
    assert answer.json["success"] is (answer.json["code"] == 1000)
    return answer


async def send(place: Town, **fields: Any) -> Any:
    """The whole answer to a POST."""
    body = {"appToken": place.token, "content": "降到 99 元"} | fields
    return (await call(place, "POST", SEND, body)).json


async def sent(place: Town, **fields: Any) -> list[dict[str, Any]]:
    """The outcome for each receiver."""
    answer = await send(place, **fields)
    assert answer["code"] == 1000, answer
    return list(answer["data"])


async def status(place: Town, record: int) -> tuple[int, Any]:
    answer = await call(place, "GET", "/api/send/query/status", sendRecordId=record)
    return answer.json["code"], answer.json["data"]


def path_of(url: str) -> str:
    """A link as this test reaches it."""
    assert url.startswith(PUBLIC)
    return url.removeprefix(PUBLIC)


async def says(place: Town, uid: str, text: str) -> str:
    """The account's reply to a user who writes to it."""
    place.people.write(place.app.appid, await place.openid(uid), text)
    await place.tell()
    answer: str = (await place.arrived(uid))[-1].text
    return answer
