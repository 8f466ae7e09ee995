"""Calls in the name of an account: with its token, and once more with the next if that one is dead."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from wechat_scheduler.errors import RequestError, WeChatError
from wechat_scheduler.reasons import Reaction, Verdict
from wechat_scheduler.wechat.answers import Answer
from wechat_scheduler.wechat.client import WeChatClient


class Tokens(Protocol):
    """The access tokens of accounts. Both may raise StorageError."""

    async def token(self, appid: str) -> str:
        """One that is valid now; while one that was refused is being replaced, its successor.

        Raises RequestError if there is none: the account is not registered, or its token expired.
        """
        ...

    async def refused(self, appid: str, value: str) -> None:
        """WeChat takes `value` no more: it is replaced, unless that was done already. Raises
        RequestError if the account is not registered."""
        ...


class AwaitedError(WeChatError):
    """The token was refused, and its successor is not there yet."""

    def __init__(self, refusal: WeChatError) -> None:
        super().__init__(
            str(refusal),
            reaction=refusal.reaction,
            endpoint=refusal.endpoint,
            errcode=refusal.errcode,
            rid=refusal.rid,
            advice=refusal.advice,
            refused=refusal.refused,
            calls=refusal.calls,
            verdict=Verdict.CREDENTIAL,
        )


class AccountCalls:
    """Each raises WeChatError, and what `Tokens` does if there is no token to begin with."""

    def __init__(self, client: WeChatClient, tokens: Tokens) -> None:
        self._client = client
        self._tokens = tokens

    async def get(self, appid: str, path: str, params: Mapping[str, str]) -> Answer:
        return await self._call(
            appid, lambda token: self._client.get(path, {"access_token": token} | dict(params))
        )

    async def post(self, appid: str, path: str, body: Mapping[str, Any]) -> Answer:
        return await self._call(
            appid, lambda token: self._client.post(path, {"access_token": token}, body)
        )

    async def _call(self, appid: str, call: Callable[[str], Awaitable[Answer]]) -> Answer:
        token = await self._tokens.token(appid)
        try:
            return await call(token)
        except WeChatError as error:
            if error.reaction is not Reaction.PARENT_INVALID:
                raise
            successor = await self._successor(appid, token, error)
        return await call(successor)

    async def _successor(self, appid: str, token: str, refusal: WeChatError) -> str:
        """Raises AwaitedError if there is none: the call may be made again soon."""
        try:
            await self._tokens.refused(appid, token)
            successor = await self._tokens.token(appid)
        except RequestError as error:
            raise AwaitedError(refusal) from error
        if successor == token:
            raise AwaitedError(refusal)
        return successor
