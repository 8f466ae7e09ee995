"""Users of WeCron's API, by their tokens."""

from datetime import timedelta
from typing import Any

from tests.house import Answer
from tests.sending.town import Town

API = "/reminds/api/"


class Client:
    """A user of the API, by their token."""

    def __init__(self, place: Town, uid: str, token: str) -> None:
        self.place, self.uid, self.token = place, uid, token

    async def __call__(
        self, method: str, path: str = API, body: Any = None, **headers: str
    ) -> Answer:
        sent = {"Authorization": f"Token {self.token}"} | headers
        return await self.place.call(method, path, body, key="", headers=sent)

    async def make(self, **fields: Any) -> dict[str, Any]:
        answer = await self("POST", body={"title": "开会", "time": ahead(self.place)} | fields)
        assert answer.status == 200, answer.json
        made: dict[str, Any] = answer.json
        return made


async def client(place: Town, **options: Any) -> Client:
    uid = await place.follow(**options)
    token = await place.directory.make_user_token(place.app.id, uid)
    return Client(place, uid, token)


def ahead(place: Town, **delta: float) -> int:
    moment = place.clock.now() + timedelta(**(delta or {"hours": 2}))
    return int(moment.timestamp()) * 1000 + 431
