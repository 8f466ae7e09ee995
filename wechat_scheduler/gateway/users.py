"""The users whose OAuth2 tokens are kept here, as a program with a refresh token asks for them."""

from datetime import timedelta
from typing import Final, NamedTuple, Protocol

import msgspec

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.engine.records import dataclass, field

OAUTH2_TOKEN: Final = "oauth2_access_token"  # noqa: S105 - the name of a kind
# WeChat's refresh tokens live for thirty days; those in use are stored again every two hours.
DIGEST_KEPT: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class KeptUser:
    """A user's stored value, its refresh token, and WeChat's whole answer as JSON text."""

    value: str = field(repr=False)
    refresh_token: str = field(repr=False)
    answer: str = field(repr=False)


class KeptUsers(Protocol):
    """Finds users. Both methods may raise StorageError."""

    async def job_of(self, appid: str, refresh_token: str) -> JobKey | None:
        """The job that has this refresh token, or had it."""

    async def user(self, key: JobKey) -> KeptUser | None:
        """The stored data of that job; None without a value."""


class UserAnswer(NamedTuple):
    """What WeChat says beside a user's token and its lifetime."""

    refresh_token: str
    openid: str
    scope: str


class _Scoped(msgspec.Struct):
    scope: str = ""


class UserDesk:
    """Answers refresh tokens of users whose tokens are kept here. A refresh token proves its holder, as it
    does at WeChat, and still does so for DIGEST_KEPT after it was replaced: a program may keep the one that
    it was given."""

    def __init__(self, users: KeptUsers) -> None:
        self._users = users

    async def job_of(self, appid: str, refresh_token: str) -> JobKey | None:
        """The job that this refresh token proves; None if none is kept. May raise StorageError."""
        key = await self._users.job_of(appid, refresh_token)
        return key if key is not None and await self._users.user(key) else None

    async def answer(self, key: JobKey) -> UserAnswer | None:
        """What belongs to the job's current value. May raise StorageError."""
        user = await self._users.user(key)
        if user is None:
            return None
        scope = msgspec.json.decode(user.answer, type=_Scoped).scope if user.answer else ""
        return UserAnswer(user.refresh_token, key.subject, scope)
