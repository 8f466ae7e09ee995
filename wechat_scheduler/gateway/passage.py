"""Takes calls to WeChat: checks the token, puts the current value in its place, and heals a refusal."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from functools import partial
from typing import Final, NamedTuple

from wechat_scheduler.access.model import network_of
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.gateway import queries
from wechat_scheduler.gateway.bearers import Bearer, TokenReader
from wechat_scheduler.gateway.callers import CallerDesk, GatewayCaller
from wechat_scheduler.gateway.counted_refusals import CountedRefusals
from wechat_scheduler.gateway.healing import REFUSALS, Healing
from wechat_scheduler.gateway.limiter import CallLimiter
from wechat_scheduler.gateway.model import Consumer
from wechat_scheduler.gateway.paths import PathRules
from wechat_scheduler.gateway.refused_callers import CallerRefusal, CallerRefusedError
from wechat_scheduler.gateway.refused_calls import CallRefusal, CallRefusedError
from wechat_scheduler.gateway.relaying import PassedCall, Relay, Reply
from wechat_scheduler.gateway.usage import UsageMeter

# They carry a token of a user, of which nothing is known here, or the ticket of a QR picture.
OF_USERS: Final = frozenset(("/sns/userinfo", "/sns/auth", "/sns/oauth2/refresh_token"))
PICTURE: Final = "/cgi-bin/showqrcode"

# WeChat's errcode for a day's calls that are used up; 0 is a success.
_USED_UP: Final = 45009
_NO_BEARER: Final = Bearer(JobKey("", ""))


class _Swap(NamedTuple):
    """A token of the query, whose it is, and the value that WeChat gets in its place."""

    token: str
    bearer: Bearer
    value: str


class _Caller(NamedTuple):
    """Who calls: the account that it is for, its name among the callers of one account, and how its use is named; each
    is empty if unknown."""

    account: str
    name: str
    label: str
    consumer: Consumer | None


class Passage:
    """`rules` say which paths pass; with `user_tokens` those with a token of a user, too."""

    def __init__(
        self,
        relay: Relay,
        tokens: TokenReader,
        healing: Healing,
        callers: CallerDesk,
        meter: UsageMeter,
        limiter: CallLimiter,
        *,
        rules: PathRules,
        user_tokens: bool,
    ) -> None:
        self._relay = relay
        self._tokens = tokens
        self._healing = healing
        self._callers = callers
        self._meter = meter
        self._limiter = limiter
        self.rules = rules
        self.user_tokens = user_tokens

    async def admitted(self, call: PassedCall) -> Mapping[str, Bearer]:
        """Like `proven`, before the body of the call is read. Counts it in the minutes of its consumers."""
        bearers = await self.proven(call)
        with CountedRefusals(self._meter, _account(bearers), call.path):
            for consumer in _consumers(bearers):
                self._callers.admit(consumer, call.address)
        return bearers

    async def proven(self, call: PassedCall) -> Mapping[str, Bearer]:
        """Whose the tokens of a call are that may pass now. Raises CallRefusedError, CallerRefusedError,
        TokenRefusedError, StorageError."""
        self._require_rule(call.method, call.path)
        bearers = await self._bearers(call)
        with CountedRefusals(self._meter, _account(bearers), call.path):
            for consumer in _consumers(bearers):
                self._callers.let_pass(consumer, call.method, call.path)
                self._callers.let_in(consumer, call.address)
        return bearers

    async def taken(
        self, call: PassedCall, bearers: Mapping[str, Bearer]
    ) -> AbstractAsyncContextManager[Reply]:
        """WeChat's answer to a call that `proven` let pass, which is read in the block. Both raise RequestError,
        CallRefusedError and CallerRefusedError among them; WeChatError, StorageError."""
        swaps = [await self._swap(*shown) for shown in bearers.items()]
        await self._prove_changed(call, [*bearers.values()])
        last = swaps[-1].bearer if swaps else _NO_BEARER
        caller = _Caller(last.account, last.caller, last.label if swaps else "", last.consumer)
        answered = partial(self._answered, call, last.account, swaps)
        return self._counted(call, caller, answered)

    def sent(
        self, call: PassedCall, account: str, caller: GatewayCaller | None
    ) -> AbstractAsyncContextManager[Reply]:
        """Like `taken`, for a call without a token, whose caller is proven already, or needs no proof: then
        `account` is empty."""
        label, consumer = (caller.label, caller.consumer) if caller else ("", None)
        with CountedRefusals(self._meter, account, call.path):
            self.let_pass(call.method, call.path, consumer)
        answered = partial(self._relay.send, call, call.query, account)
        return self._counted(call, _Caller(account, label, label, consumer), answered)

    def let_pass(self, method: str, path: str, consumer: Consumer | None) -> None:
        """Raises CallRefusedError if no one may make this call, CallerRefusedError if this consumer may not."""
        self._require_rule(method, path)
        if consumer is not None:
            self._callers.let_pass(consumer, method, path)

    def _require_rule(self, method: str, path: str) -> None:
        why = self.rules.refusal(method, path)
        if why is not None:
            raise CallRefusedError(CallRefusal[why.name], call=f"{method} {path}")

    @asynccontextmanager
    async def _counted(
        self, call: PassedCall, caller: _Caller, answered: Callable[[], Awaitable[Reply]]
    ) -> AsyncIterator[Reply]:
        """The answer, while a place is held; the call is counted once, also if there is none, but not of an unknown
        caller. Raises CallRefusedError without a place, CallerRefusedError if the consumer has made all calls of
        today."""
        account, name, label, consumer = caller
        with self._limiter.passing(account, name or network_of(call.address)):
            if label:
                with CountedRefusals(self._meter, account, call.path):
                    self._begin(label, consumer)
            reply: Reply | None = None
            try:
                reply = await answered()
                yield reply
            finally:
                if reply is not None:
                    reply.end()
                if label:
                    failed = reply is None or reply.errcode != 0
                    self._meter.count(label, account, call.path, failed=failed)
            if reply.errcode == _USED_UP:
                await self._meter.used_up(account, call.path)

    def _begin(self, label: str, consumer: Consumer | None) -> None:
        pause = self._meter.begin(label, consumer.per_day if consumer else 0)
        if pause is not None:
            name = consumer.name if consumer else ""
            raise CallerRefusedError(CallerRefusal.DAY, name=name, pause=pause)

    async def _answered(self, call: PassedCall, account: str, swaps: list[_Swap]) -> Reply:
        """The answer; that to the repeated call, if WeChat refused the token and there is another now."""
        reply = await self._relay.send(call, _query(call, swaps), account)
        if not swaps:
            return reply
        if reply.errcode in REFUSALS:
            return await self._healed(call, account, swaps, reply)
        self._healing.paths.took(swaps[-1].bearer.key, call.path)
        return reply

    async def _healed(
        self, call: PassedCall, account: str, swaps: list[_Swap], refusal: Reply
    ) -> Reply:
        bearer, refused = swaps[-1].bearer, swaps[-1].value
        with _ending(refusal):
            successor = await self._healing.at(bearer.key, call.path, refused)
            if not (successor and call.is_kept):
                await self._explain(bearer, refusal)
                return refusal
        refusal.end()
        await self._prove_changed(call, [it.bearer for it in swaps])
        swapped = [*swaps[:-1], swaps[-1]._replace(value=successor)]
        reply = await self._relay.send(call, _query(call, swapped), account)
        if reply.errcode in REFUSALS:
            self._healing.paths.refused(bearer.key, call.path)
            with _ending(reply):
                await self._explain(bearer, reply)
        return reply

    async def _prove_changed(self, call: PassedCall, bearers: Sequence[Bearer]) -> None:
        """A consumer may have ended while the call waited for a token. Raises as `proven` does."""
        for bearer in bearers:
            if bearer.consumer is not None and not self._callers.is_unchanged(bearer.consumer):
                await self.proven(call)

    async def _explain(self, bearer: Bearer, refusal: Reply) -> None:
        stand_in = bearer.consumer is not None
        await self._healing.explain(bearer.key, refusal.errcode, stand_in=stand_in)

    async def _bearers(self, call: PassedCall) -> Mapping[str, Bearer]:
        """Whose the tokens of the call are, by token. The last one is the account's own, if the call has an
        account's and its platform's."""
        if call.path == PICTURE:
            return {}
        if call.path in OF_USERS:
            if not self.user_tokens:
                raise CallRefusedError(CallRefusal.USER_TOKENS)
            return {}
        found = {
            token: await self._tokens.read(token)
            for name in reversed(queries.TOKENS)
            if (token := _token(call, name))
        }
        if not found:
            raise CallRefusedError(CallRefusal.MISSING)
        return found

    async def _swap(self, token: str, bearer: Bearer) -> _Swap:
        return _Swap(token, bearer, await self._healing.value(bearer.key))


def _account(bearers: Mapping[str, Bearer]) -> str:
    return [_NO_BEARER, *bearers.values()][-1].account


def _consumers(bearers: Mapping[str, Bearer]) -> set[Consumer]:
    return {bearer.consumer for bearer in bearers.values() if bearer.consumer}


def _token(call: PassedCall, name: str) -> str:
    """Empty if there is none. Two that differ would mean one thing here and another at WeChat."""
    given = {value for value in queries.values_in(call.query, (name,)) if value}
    if len(given) > 1:
        raise CallRefusedError(CallRefusal.TWO_TOKENS)
    return given.pop() if given else ""


def _query(call: PassedCall, swaps: Sequence[_Swap]) -> str:
    values: Mapping[str, str] = {swap.token: swap.value for swap in swaps}
    return queries.replaced(call.query, queries.TOKENS, values)


@contextmanager
def _ending(reply: Reply) -> Iterator[None]:
    """End the reply if an error does so with the block."""
    try:
        yield
    except BaseException:
        reply.end()
        raise
