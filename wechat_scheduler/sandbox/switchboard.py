"""Connects a call to its endpoint, plays the fault it was told to, and counts."""

from urllib.parse import urlencode

import msgspec

from wechat_scheduler.sandbox.call import ApiCall, Endpoint, Reply
from wechat_scheduler.sandbox.counts import CallCounts
from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.failures import Failure
from wechat_scheduler.sandbox.faults import FaultKind, Faults, ScriptedFault
from wechat_scheduler.sandbox.tokens import IssuedKind
from wechat_scheduler.sandbox.world import World

_IDENTITIES = ("appid", "component_appid", "authorizer_appid")
_BEARERS = (
    IssuedKind.ACCESS,
    IssuedKind.STABLE,
    IssuedKind.AUTHORIZER,
    IssuedKind.COMPONENT,
    IssuedKind.USER,
)


class Switchboard:
    def __init__(self, world: World, faults: Faults, counts: CallCounts) -> None:
        self._world = world
        self._faults = faults
        self._counts = counts

    def answer(self, endpoint: Endpoint, call: ApiCall) -> Reply | ScriptedFault:
        """The reply to a call, or the fault to play in its place."""
        appids = self._appids(call)
        caller = appids[0] if appids else ""
        outcome = self._outcome(endpoint, call, caller, self._faults.take(call.path, appids))
        failed = isinstance(outcome, ScriptedFault) or bool(outcome.get("errcode"))
        self._counts.note(call.path, caller, failed=failed)
        return outcome

    def refuse(self, call: ApiCall, refusal: RefusedError, caller: str = "") -> Reply:
        """A refusal as WeChat words it: with a `rid`, which `openapi/rid/get` explains."""
        rid = self._world.failures.new_rid(call.now)
        reply = {"errcode": refusal.errcode, "errmsg": f"{refusal.errmsg} rid: {rid}"}
        self._world.failures.remember(rid, _failure(call, reply, caller))
        return reply

    def _outcome(
        self, endpoint: Endpoint, call: ApiCall, caller: str, fault: ScriptedFault | None
    ) -> Reply | ScriptedFault:
        if fault is None:
            return self._reply(endpoint, call, caller)
        if fault.kind is FaultKind.ERRCODE:
            return self.refuse(call, RefusedError(fault.number, fault.errmsg), caller)
        if fault.kind is FaultKind.LOSE:
            self._reply(endpoint, call, caller)
        return fault

    def _reply(self, endpoint: Endpoint, call: ApiCall, caller: str) -> Reply:
        try:
            endpoint.admit(call)
            return endpoint.answer(self._world, call)
        except RefusedError as refusal:
            return self.refuse(call, refusal, caller)

    def _appids(self, call: ApiCall) -> list[str]:
        """Every account that the call names, the one it is made for first."""
        named = [str(call.fields[name]) for name in _IDENTITIES if call.fields.get(name)]
        if not named and (token := self._world.tokens.find(call.bearer, call.now, *_BEARERS)):
            named = [token.owner.appid, token.owner.component_appid]
        return [appid for appid in named if self._world.exists(appid)]


def _failure(call: ApiCall, reply: Reply, caller: str) -> Failure:
    return Failure(
        appid=caller,
        at=call.now,
        query=urlencode(call.query),
        request_body=call.body.decode(errors="replace"),
        response_body=msgspec.json.encode(reply).decode(),
        client_ip=call.client_ip,
    )
