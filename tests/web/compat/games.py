"""A game's server as it calls Tencent's OpenAPI, with a signer written from the specification."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.house import Answer
from tests.sending.town import Town
from wechat_scheduler.reminders.model import Reminder

SET = "/v3/spread/set_reminder"
IS_SET = "/v3/spread/is_reminder_set"
DONE = {"ret": 0, "is_lost": 0, "msg": ""}
UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."


def by_the_book(app_key: str, method: str, path: str, params: Mapping[str, str]) -> str:
    """One byte after the other."""
    pairs = sorted((name.encode(), value.encode()) for name, value in params.items())
    joined = b"&".join(name + b"=" + value for name, value in pairs)
    parts = [
        "".join(chr(byte) if byte in UNRESERVED else f"%{byte:02X}" for byte in text)
        for text in (path.encode(), joined)
    ]
    source = "&".join((method, *parts)).encode()
    return b64encode(hmac.new(f"{app_key}&".encode(), source, hashlib.sha1).digest()).decode()


@dataclass(slots=True, kw_only=True)
class Game:
    """The town's app, and one of its users, who is logged in."""

    place: Town
    uid: str
    openid: str
    openkey: str = field(repr=False)

    async def call(self, path: str, params: Mapping[str, str], method: str = "POST") -> Answer:
        """`params` beside the common ones, of which an empty one is not sent."""
        app = self.place.app
        common = {"openid": self.openid, "openkey": self.openkey, "appid": str(app.id)}
        sent = {**common, "pf": "qzone", "format": "json", "userip": "112.90.139.30"} | dict(params)
        sent = {name: value for name, value in sent.items() if value or name not in common}
        if "sig" not in sent:
            sent["sig"] = by_the_book(app.app_key, method, path, sent)
        return await self.send(path, urlencode(sent), method)

    async def send(self, path: str, form: str, method: str = "POST") -> Answer:
        """The text of the response, whose status is always 200."""
        if method == "GET":
            answer = await self.place.call(method, f"{path}?{form}", key="")
        else:
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            answer = await self.place.call(
                method, path, key="", data=form.encode(), headers=headers
            )
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        return answer

    async def ask(self, path: str, method: str = "POST", **params: str) -> Any:
        return json.loads((await self.call(path, params, method)).json)

    async def report(self, **params: str) -> Any:
        return await self.ask(SET, **params)

    async def reported(self) -> list[Reminder]:
        """What is kept of it, by slot."""
        desk = self.place.desk
        found = [
            one
            for one in await desk.of_person(self.uid, limit=10)
            if one.owner == self.uid and one.source == "tencent"
        ]
        return sorted(found, key=lambda reminder: int(reminder.slot))


async def play(place: Town, uid: str = "", *, consents: bool = True) -> Game:
    """A user follows the account, authorises the app's reminders, and logs in to the game."""
    uid = uid or await place.follow()
    if consents:
        await scan_consent(place, uid)
    path = f"/v1/apps/{place.app.id}/subscribers/{uid}/openid"
    login = (await place.call("POST", path)).result
    return Game(place=place, uid=uid, openid=login["openid"], openkey=login["openkey"])


async def scan_consent(place: Town, uid: str) -> None:
    path = f"/v1/apps/{place.app.id}/qrcodes"
    code = (await place.call("POST", path, {"consent": True})).result
    ticket = code["image_url"].partition("ticket=")[2]
    place.people.scan(place.app.appid, await place.openid(uid), ticket=ticket)
    await place.tell()


def slot(number: int, begin: int | str, title: str = "苹果成熟了", **fields: str) -> dict[str, str]:
    given = {"begin": str(begin), "key": "17C28", "type": "20100", "title": title} | fields
    return {f"{name}{number}": value for name, value in given.items() if value}
