"""The openids and openkeys of signed calls: names of our own for WeChat's users.

The SDKs of such calls refuse WeChat's openids. An openkey proves that the user opened the app within
the last two hours.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from wechat_scheduler.access.model import digest
from wechat_scheduler.audience.ids import new_openid, new_openkey
from wechat_scheduler.audience.model import Alias, App
from wechat_scheduler.audience.ports import Aliases
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.engine.records import dataclass, field, replace

LIFETIME = timedelta(hours=2)

_OPENID = pattern(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """The openid and openkey of a user in an app's signed calls. The openkey ends at `ends_at`."""

    openid: str
    openkey: str = field(repr=False)
    ends_at: datetime


class Openids:
    """Logs users in by openid and openkey. All methods may raise StorageError."""

    def __init__(self, aliases: Aliases, *, clock: Clock) -> None:
        self._aliases = aliases
        self._clock = clock

    async def log_in(self, app: App, uid: str) -> Login:
        """Returns the same openid each time, with a new openkey. The former openkey ends."""
        openkey, ends_at = new_openkey(), self._clock.now() + LIFETIME
        new, hashed = Alias(app_id=app.id, name=new_openid(), uid=uid), digest(openkey)

        def edit(aliases: Sequence[Alias]) -> Alias:
            return replace(_openid(aliases) or new, openkey_hash=hashed, openkey_until=ends_at)

        alias = await self._aliases.change(app.id, uid, edit)
        return Login(openid=alias.name, openkey=openkey, ends_at=ends_at)

    async def known(self, app: App, openid: str) -> Alias | None:
        """The alias with that openid, in upper or lower case."""
        alias = await self._aliases.get(app.id, openid.lower())
        return alias if alias and alias.openkey_hash else None

    def opens(self, alias: Alias, openkey: str) -> bool:
        """Whether the openkey belongs to the alias and has not ended."""
        until = alias.openkey_until
        is_theirs = hmac.compare_digest(alias.openkey_hash.encode(), digest(openkey).encode())
        return is_theirs and until is not None and self._clock.now() < until

    async def consent(self, app: App, uid: str) -> Alias:
        """Record that the user lets the app's signed calls set reminders for them."""
        # The hash of a random openkey makes the alias an openid; no call can use it before `log_in`.
        hashed = digest(new_openkey())
        new = Alias(app_id=app.id, name=new_openid(), uid=uid, openkey_hash=hashed)
        return await self._aliases.change(
            app.id, uid, lambda aliases: replace(_openid(aliases) or new, consented=True)
        )


def _openid(aliases: Sequence[Alias]) -> Alias | None:
    """The openid among a user's aliases. An alias of the business is none."""
    for alias in aliases:
        if alias.openkey_hash and _OPENID.fullmatch(alias.name):
            return alias
    return None
