"""A small business system: it answers `params`, and takes notifications and WeChat's pushes."""

import hmac
from collections import Counter
from collections.abc import Mapping

import msgspec
from aiohttp import web

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.demo.journal import EventKind, Journal, named
from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.sandbox.pushes.account_messages import read_elements
from wechat_scheduler.sandbox.pushes.codec import decrypt, signature
from wechat_scheduler.web.kit.kinds import KindTable
from wechat_scheduler.wechat.tokens import TYPES

# The field of a notification that has the value. An authorizer's notification has only the first.
VALUES = ("authorizer_access_token", "component_access_token", "access_token", "ticket")
KINDS = KindTable(TYPES)
# The input that the daemon needs to refresh a kind.
INPUTS = {
    "component_access_token": "component_verify_ticket",
    "authorizer_access_token": "authorizer_refresh_token",
    "oauth2_access_token": "refresh_token",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PushSecrets:
    """A platform and the two secrets that it shares with WeChat."""

    appid: str
    token: str = field(repr=False)
    encoding_aes_key: str = field(repr=False)


class BusinessSystem:
    """Serve `app`; its paths are `/notify`, `/params` and `/events`.

    It keeps the values of the last notifications, so it never fetches. `notified` counts the
    notifications of each credential, `tickets` the verify tickets that WeChat pushed.
    """

    def __init__(self, secrets: PushSecrets, journal: Journal) -> None:
        self._secrets = secrets
        self._journal = journal
        self._inputs: dict[tuple[str, str], str] = {}
        self._values: dict[JobKey, str] = {}
        self.notified: Counter[JobKey] = Counter()
        self.tickets = 0
        # aiohttp would inflate a body even to throw it away.
        self.app = web.Application(handler_args={"auto_decompress": False})
        self.app.router.add_get("/params", self._answer_params)
        self.app.router.add_post("/notify", self._take_notification)
        self.app.router.add_post("/events", self._take_push)

    def learn(self, kind: str, subject: str, value: str) -> None:
        """Keeps the input (`INPUTS`) of a kind, such as a refresh token."""
        self._inputs[kind, subject] = value

    def value(self, key: JobKey) -> str:
        """Empty before the first notification."""
        return self._values.get(key, "")

    async def _answer_params(self, request: web.Request) -> web.Response:
        key = _key(request)
        name = INPUTS.get(key.kind, "")
        value = self._inputs.get((key.kind, key.subject), "")
        self._journal.add(EventKind.ASKED, f"{name or 'params'} for {named(key)}")
        return web.json_response({name: value} if value else {})

    async def _take_notification(self, request: web.Request) -> web.Response:
        key = _key(request)
        fields = msgspec.json.decode(await request.read(), type=dict[str, object])
        self._values[key] = next(str(fields[name]) for name in VALUES if name in fields)
        if refresh_token := fields.get(INPUTS.get(key.kind, "")):
            self.learn(key.kind, key.subject, str(refresh_token))
        self.notified[key] += 1
        return web.Response()

    async def _take_push(self, request: web.Request) -> web.Response:
        """WeChat repeats a push that is not answered with `success`."""
        try:
            event = open_push(self._secrets, request.query, await request.read())
        except ValueError as error:
            return web.Response(status=403, text=str(error))
        if event.get("InfoType") == "component_verify_ticket":
            self.learn("component_access_token", "", event["ComponentVerifyTicket"])
            self.tickets += 1
        return web.Response(text="success")


def open_push(secrets: PushSecrets, query: Mapping[str, str], body: bytes) -> dict[str, str]:
    """The elements of an event by name. Raises ValueError if WeChat did not push it to `secrets`.

    Source: "消息加解密说明".
    """
    sealed = read_elements(body).get("Encrypt", "")
    signed = (query.get("timestamp", ""), query.get("nonce", ""), sealed)
    given = query.get("msg_signature", "")
    if not hmac.compare_digest(signature(secrets.token, *signed).encode(), given.encode()):
        raise ValueError("the signature is not WeChat's")
    return read_elements(decrypt(sealed, secrets.encoding_aes_key, secrets.appid).encode())


def _key(request: web.Request) -> JobKey:
    query = request.query
    return JobKey(query["appid"], KINDS.kind_of(query["type"]), query.get("subject", ""))
