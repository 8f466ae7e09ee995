"""A small business system: it answers `params`, is told by `notify`, and takes WeChat's pushes."""

from collections import Counter

import msgspec
from aiohttp import web

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.demo.journal import Happening, Journal, named
from wechat_scheduler.demo.pushes import PushSecrets, open_push
from wechat_scheduler.errors import ForbiddenError
from wechat_scheduler.web.kit.kinds import KindTable
from wechat_scheduler.wechat.tokens import TYPES

# Under which of these names WeChat's answer has the value; an authorizer's has only its own.
VALUES = ("authorizer_access_token", "component_access_token", "access_token", "ticket")
KINDS = KindTable(TYPES)
# The input that each kind needs from us.
INPUTS = {
    "component_access_token": "component_verify_ticket",
    "authorizer_access_token": "authorizer_refresh_token",
    "oauth2_access_token": "refresh_token",
}


class BusinessSystem:
    """Serve `app`, and let its `/notify`, `/params` and `/events` be called.

    It holds the current value of each credential as it was last told, so it never needs to fetch.
    `notified` counts the notifications of each, `tickets` those that WeChat pushed.
    """

    def __init__(self, platform: PushSecrets, journal: Journal) -> None:
        self._platform = platform
        self._journal = journal
        self._inputs: dict[tuple[str, str], str] = {}
        self._values: dict[JobKey, str] = {}
        self.notified: Counter[JobKey] = Counter()
        self.tickets = 0
        self.app = web.Application()
        self.app.router.add_get("/params", self._answer_params)
        self.app.router.add_post("/notify", self._take_notice)
        self.app.router.add_post("/events", self._take_event)

    def learn(self, kind: str, subject: str, value: str) -> None:
        """Keep the input (`INPUTS`) of a kind; the refresh token of a consent, say."""
        self._inputs[kind, subject] = value

    def value(self, key: JobKey) -> str:
        """Empty before the first notification."""
        return self._values.get(key, "")

    async def _answer_params(self, request: web.Request) -> web.Response:
        key = _key(request)
        name = INPUTS.get(key.kind, "")
        value = self._inputs.get((key.kind, key.subject), "")
        self._journal.note(Happening.ASKED, f"{name or 'params'} for {named(key)}")
        return web.json_response({name: value} if value else {})

    async def _take_notice(self, request: web.Request) -> web.Response:
        key = _key(request)
        answer = msgspec.json.decode(await request.read(), type=dict[str, object])
        self._values[key] = next(str(answer[name]) for name in VALUES if name in answer)
        if refresh_token := answer.get(INPUTS.get(key.kind, "")):
            self.learn(key.kind, key.subject, str(refresh_token))
        self.notified[key] += 1
        return web.Response()

    async def _take_event(self, request: web.Request) -> web.Response:
        """WeChat repeats what is not answered with `success`."""
        try:
            event = open_push(self._platform, request.query, await request.read())
        except ForbiddenError as error:
            return web.Response(status=error.status, text=str(error))
        if event.get("InfoType") == "component_verify_ticket":
            self.learn("component_access_token", "", event["ComponentVerifyTicket"])
            self.tickets += 1
        return web.Response(text="success")


def _key(request: web.Request) -> JobKey:
    query = request.query
    return JobKey(query["appid"], KINDS.kind_of(query["type"]), query.get("subject", ""))
