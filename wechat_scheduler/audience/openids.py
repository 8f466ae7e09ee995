"""The openids and openkeys of signed calls: names of our own for WeChat's users.

The SDKs of such calls refuse WeChat's openids. An openkey proves that the user opened the app within
the last two hours.
"""

import hmac
import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from wechat_scheduler.access.model import digest
from wechat_scheduler.audience.model import Alias, App
from wechat_scheduler.audience.names import new_openid, new_openkey
from wechat_scheduler.audience.ports import Aliases
from wechat_scheduler.engine.clock import Clock

LIFETIME = timedelta(hours=2)

_OPENID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """The openid and openkey of a user in an app's signed calls. The openkey ends at `ends_at`."""

    openid: str
    openkey: str = field(repr=False)
    ends_at: datetime


class Openids:
    """All methods may raise StorageError."""

    def __init__(self, aliases: Aliases, *, clock: Clock) -> None:
        self._aliases = aliases
        self._clock = clock

    async def log_in(self, app: App, uid: str) -> Login:
        """Returns the same openid each time, with a new openkey. The former openkey ends."""
        alias = await self._alias(app, uid)
        openkey, ends_at = new_openkey(), self._clock.now() + LIFETIME
        await self._aliases.put(replace(alias, openkey_hash=digest(openkey), openkey_until=ends_at))
        return Login(openid=alias.name, openkey=openkey, ends_at=ends_at)

    async def known(self, app: App, openid: str) -> Alias | None:
        """The alias with that openid, in upper or lower case."""
        alias = await self._aliases.get(app.id, openid.lower())
        return alias if alias and alias.openkey_hash else None

    def opens(self, alias: Alias, openkey: str) -> bool:
        """Whether the openkey belongs to the alias and has not ended."""
        until = alias.openkey_until
        is_theirs = hmac.compare_digest(alias.openkey_hash, digest(openkey))
        return is_theirs and until is not None and self._clock.now() < until

    async def consent(self, app: App, uid: str) -> Alias:
        """Record that the user lets the app's signed calls set reminders for them."""
        alias = replace(await self._alias(app, uid), consented=True)
        # The hash of a random openkey makes the alias an openid; no call can use it before `log_in`.
        hashed = alias.openkey_hash or digest(new_openkey())
        consented = replace(alias, openkey_hash=hashed)
        await self._aliases.put(consented)
        return consented

    async def _alias(self, app: App, uid: str) -> Alias:
        """The user's openid, or a new one. An alias of the business is not an openid."""
        for alias in await self._aliases.of_person(app.id, uid):
            if alias.openkey_hash and _OPENID.fullmatch(alias.name):
                return alias
        return Alias(app_id=app.id, name=new_openid(), uid=uid)
