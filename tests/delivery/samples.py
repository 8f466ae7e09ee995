"""An app, a person and what is sent to them, as short as the tests need them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.clock import START
from wechat_scheduler.audience.mini_programs import MiniProgramPage
from wechat_scheduler.audience.model import App, Subscriber, Template
from wechat_scheduler.delivery.model import Content, Delivery, Message

NOW = START
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
APPID = "wx1"
LANDING = "http://wx.example.com/m/1"
PURCHASE = Template(template_id="T1", fields={"keyword1": "{title}", "keyword2": "{content}"})


def an_app(**fields: Any) -> App:
    given: dict[str, Any] = {"id": 1, "name": "shop", "appid": APPID, "created_at": NOW} | fields
    return App(**given)


def a_person(name: str = "amy", **fields: Any) -> Subscriber:
    given: dict[str, Any] = {
        "uid": f"UID_{name}", "appid": APPID, "openid": f"o-{name}", "follows": True,
        "created_at": NOW,
    } | fields  # fmt: skip
    return Subscriber(**given)


def a_message(content: Content | None = None, **fields: Any) -> Message:
    given: dict[str, Any] = {"id": 1, "app_id": 1, "created_at": NOW} | fields
    return Message(content=content or Content(title="hello"), **given)


def a_delivery(number: int = 1, **fields: Any) -> Delivery:
    given: dict[str, Any] = {"message": a_message(), "receiver": a_person()} | fields
    return Delivery(id=number, channel="person", target="UID_amy", attempts=0, claim="c", **given)


@dataclass(slots=True)
class Phone:
    """A messenger that keeps what it is given, and in `opened` what a tap opens; `refusals` say by which
    way it takes nothing."""

    refusals: dict[str, Exception] = field(default_factory=dict)
    shown: list[tuple[str, Any]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    opened: list[object] = field(default_factory=list)

    async def template(
        self, appid: str, openid: str, *, template_id: str, data: Mapping[str, str],
        colors: Mapping[str, str], url: str, page: MiniProgramPage | None, client_msg_id: str,
    ) -> str:  # fmt: skip
        self.ids.append(client_msg_id)
        self.opened.append(page or url)
        self._show("template", dict(data))
        return "200228332"

    async def text(self, appid: str, openid: str, text: str) -> None:
        self._show("text", text)

    async def subscribe(
        self, appid: str, openid: str, *, template_id: str, data: Mapping[str, str], url: str,
        page: MiniProgramPage | None,
    ) -> str:  # fmt: skip
        self.opened.append(page or url)
        self._show("subscribe", dict(data))
        return "1864323726461255680"

    async def subscribe_in_mini_program(
        self, appid: str, openid: str, *, template_id: str, data: Mapping[str, str],
        page: MiniProgramPage | None,
    ) -> str:  # fmt: skip
        self.opened.append(page)
        self._show("mini-program", dict(data))
        return "1864323726461255681"

    def _show(self, way: str, what: object) -> None:
        if way in self.refusals:
            raise self.refusals[way]
        self.shown.append((way, what))
