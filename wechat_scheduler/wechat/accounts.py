"""Calls with an account's token, repeated once with its successor if WeChat refuses the token."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from wechat_scheduler.errors import RequestError, WeChatError
from wechat_scheduler.reasons import Reaction, Verdict
from wechat_scheduler.wechat.answers import Answer
from wechat_scheduler.wechat.client import WeChatClient


class Tokens(Protocol):
    """The access tokens of accounts. Both may raise StorageError."""

    async def token(self, appid: str) -> str:
        """A valid token; after `refused`, its successor.

        Raises RequestError if there is none: the account is not registered, or its token expired.
        """

    async def refused(self, appid: str, value: str) -> None:
        """Report that WeChat refuses `value`: it is replaced, unless that was done already. Raises
        RequestError if the account is not registered."""


class AwaitedError(WeChatError):
    """WeChat refused the token, and its successor has not been issued yet."""

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
    """Both methods raise WeChatError, and what `Tokens` raises without a token."""

    def __init__(self, client: WeChatClient, tokens: Tokens) -> None:
        self._client = client
        self._tokens = tokens

    async def get(self, appid: str, path: str, params: Mapping[str, str]) -> Answer:
        return await self._call(
            appid,
            lambda token: self._client.get(
                path, {"access_token": token} | dict(params), account=appid
            ),
        )

    async def post(self, appid: str, path: str, body: Mapping[str, Any]) -> Answer:
        return await self._call(
            appid,
            lambda token: self._client.post(path, {"access_token": token}, body, account=appid),
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
        """Raises AwaitedError without one: the call may be repeated soon."""
        try:
            await self._tokens.refused(appid, token)
            successor = await self._tokens.token(appid)
        except RequestError as error:
            raise AwaitedError(refusal) from error
        if successor == token:
            raise AwaitedError(refusal)
        return successor
