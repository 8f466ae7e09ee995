"""One call of WeChat's API, without HTTP: from the endpoint, or from a scripted fault."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode

import msgspec

from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.sandbox.call_log import CallCounts, RefusedCall
from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.faults import FaultKind, Faults, ScriptedFault
from wechat_scheduler.sandbox.limits import UNLIMITED, Limit
from wechat_scheduler.sandbox.tokens import IssuedKind
from wechat_scheduler.sandbox.uploads import SandboxFile, part_of
from wechat_scheduler.sandbox.world import World

Reply = dict[str, Any]

# Bytes of a refused request that `openapi/rid/get` shows.
LONGEST_KEPT = 64 * 1024

_IDENTITIES = ("appid", "component_appid", "authorizer_appid")
_BEARERS = (
    IssuedKind.ACCESS,
    IssuedKind.STABLE,
    IssuedKind.AUTHORIZER,
    IssuedKind.COMPONENT,
    IssuedKind.USER,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiCall:
    """`fields` are the parameters: the query of a GET, the JSON object in the body of a POST."""

    path: str
    method: str
    query: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    client_ip: str
    now: datetime
    content_type: str = ""
    fields: Mapping[str, Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        fields = self.query if self.method == "GET" else _json_object(self.body)
        object.__setattr__(self, "fields", fields)

    def text(self, name: str, missing: int) -> str:
        """A parameter as text. Raises RefusedError with the errcode `missing` if absent."""
        value = self.fields.get(name)
        if value is None or value == "":
            raise RefusedError(missing)
        return str(value)

    def number(self, name: str, default: int) -> int:
        """A parameter that is an integer from 0. Raises RefusedError 47001."""
        value = self.fields.get(name, default)
        if not isinstance(value, int) or value < 0:
            raise RefusedError(47001)
        return value

    def file(self, name: str) -> SandboxFile | None:
        """The file in that part of the form in the body, if there is one."""
        return part_of(self.content_type, self.body, name)

    @property
    def bearer(self) -> str:
        """The token in the query. WeChat's documentation gives a platform's token two names."""
        return self.query.get("access_token") or self.query.get("component_access_token") or ""


Answer = Callable[[World, ApiCall], Reply | SandboxFile]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One path of WeChat's API. `answer` returns the reply of a success, or raises RefusedError. The body of a
    POST is a JSON object, unless the endpoint `takes_file`."""

    method: Literal["GET", "POST"]
    path: str
    answer: Answer
    limit: Limit = UNLIMITED
    content_type: str = "application/json"
    takes_file: bool = False

    def check(self, call: ApiCall) -> None:
        """Raises RefusedError for a wrong method, or a body that is not a JSON object."""
        if call.method != self.method:
            raise RefusedError(43001 if self.method == "GET" else 43002)
        if self.method == "POST" and not call.fields and not self.takes_file:
            raise RefusedError(47001 if call.body else 44002)


class CallHandler:
    """Answers calls and counts them."""

    def __init__(self, world: World, faults: Faults, counts: CallCounts) -> None:
        self._world = world
        self._faults = faults
        self._counts = counts

    def answer(self, endpoint: Endpoint, call: ApiCall) -> Reply | SandboxFile | ScriptedFault:
        """The reply, or a fault that the HTTP side has to play."""
        appids = self._appids(call)
        caller = appids[0] if appids else ""
        outcome = self._outcome(endpoint, call, caller, self._faults.take(call.path, appids))
        failed = isinstance(outcome, ScriptedFault) or (
            isinstance(outcome, dict) and bool(outcome.get("errcode"))
        )
        self._counts.add(call.path, caller, failed=failed)
        return outcome

    def refuse(self, call: ApiCall, refusal: RefusedError, caller: str = "") -> Reply:
        """The reply of a refusal. Its `errmsg` has a `rid`, which `openapi/rid/get` explains."""
        rid = self._world.refused_calls.new_rid(call.now)
        reply = {"errcode": refusal.errcode, "errmsg": f"{refusal.errmsg} rid: {rid}"}
        refused = RefusedCall(
            appid=caller,
            at=call.now,
            query=urlencode(call.query),
            request_body=call.body[:LONGEST_KEPT].decode(errors="replace"),
            response_body=msgspec.json.encode(reply).decode(),
            client_ip=call.client_ip,
        )
        self._world.refused_calls.add(rid, refused)
        return reply

    def _outcome(
        self, endpoint: Endpoint, call: ApiCall, caller: str, fault: ScriptedFault | None
    ) -> Reply | SandboxFile | ScriptedFault:
        if fault is None:
            return self._reply(endpoint, call, caller)
        if fault.kind is FaultKind.ERRCODE:
            return self.refuse(call, RefusedError(fault.number, fault.errmsg), caller)
        if fault.kind is FaultKind.LOSE:
            self._reply(endpoint, call, caller)
        return fault

    def _reply(self, endpoint: Endpoint, call: ApiCall, caller: str) -> Reply | SandboxFile:
        try:
            endpoint.check(call)
            return endpoint.answer(self._world, call)
        except RefusedError as refusal:
            return self.refuse(call, refusal, caller)

    def _appids(self, call: ApiCall) -> list[str]:
        """The accounts that the call names. The first is the one that calls."""
        named = [str(call.fields[name]) for name in _IDENTITIES if call.fields.get(name)]
        if not named and (token := self._world.tokens.find(call.bearer, call.now, *_BEARERS)):
            named = [token.owner.appid, token.owner.component_appid]
        return [appid for appid in named if self._world.exists(appid)]


def _json_object(body: bytes) -> dict[str, Any]:
    """Empty if the body is no JSON object. WeChat ignores the content type."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
