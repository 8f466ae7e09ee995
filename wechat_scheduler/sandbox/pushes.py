"""What WeChat owes to the platforms that gave it an address: their events, until each is accepted.

No network here; `pusher.py` carries what this room says is due.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape

from wechat_scheduler.sandbox.options import PlatformReceiver
from wechat_scheduler.sandbox.periods import Periods
from wechat_scheduler.sandbox.tokens import IssuedKind, IssuedToken, IssuedTokens, TokenOwner

VERIFY_TICKET = "component_verify_ticket"
# A receiver that is away for long must not fill the memory; WeChat gives up even sooner.
MOST_OWED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformPush:
    """One event. Its XML is fixed when it happens, so that a repeat can be told by CreateTime."""

    info_type: str
    xml: str = field(repr=False)


@dataclass(slots=True, kw_only=True)
class PlatformQueue:
    """A receiver: what it is owed, oldest first, and when to try next."""

    push: PlatformReceiver
    rotates_at: datetime
    due_at: datetime
    owed: deque[PlatformPush] = field(default_factory=deque)


class PlatformPushes:
    """Tickets every ten minutes, other events when they happen, what was not accepted in a minute.

    `changed` is set when something became due earlier than `next_due` said.
    """

    def __init__(self, tokens: IssuedTokens, periods: Periods) -> None:
        self._tokens = tokens
        self._periods = periods
        self._platforms: dict[str, PlatformQueue] = {}
        self.changed = asyncio.Event()

    def register(self, push: PlatformReceiver, now: datetime) -> None:
        """A ticket is due at once. Registering a platform again replaces its address."""
        self._platforms[push.component_appid] = PlatformQueue(push=push, rotates_at=now, due_at=now)
        self.changed.set()

    def tell_authorized(self, info_type: str, owner: TokenOwner, code: str, now: datetime) -> None:
        """`authorized` or `updateauthorized`, with the code that can be exchanged for tokens."""
        expires_at = now + self._periods.authorization_code
        preauth = self._tokens.issue(
            IssuedKind.PREAUTH_CODE, TokenOwner(owner.component_appid), now
        )
        fields = {
            "AuthorizerAppid": owner.appid,
            "AuthorizationCode": code,
            "AuthorizationCodeExpiredTime": str(int(expires_at.timestamp())),
            "PreAuthCode": preauth.value,
        }
        self._owe(owner.component_appid, info_type, fields, now)

    def tell_unauthorized(self, owner: TokenOwner, now: datetime) -> None:
        self._owe(owner.component_appid, "unauthorized", {"AuthorizerAppid": owner.appid}, now)

    def ticket(self, component_appid: str, now: datetime) -> IssuedToken:
        """The newest verify ticket; issues one if there is none."""
        owner = TokenOwner(component_appid)
        newest = self._tokens.newest(IssuedKind.VERIFY_TICKET, owner, now)
        return newest or self._tokens.issue(IssuedKind.VERIFY_TICKET, owner, now)

    def restart(self, component_appid: str, now: datetime) -> bool:
        """Push what is owed at once. True if the pushing was in order already."""
        platform = self._platforms.get(component_appid)
        if platform is None:
            return False
        healthy = not platform.owed and now < platform.rotates_at
        if not healthy:
            platform.due_at = now
            self.changed.set()
        return healthy

    def due(self, now: datetime) -> list[PlatformQueue]:
        """The platforms to push to now, each owed a new ticket if it is time for one."""
        due = [platform for platform in self._platforms.values() if platform.due_at <= now]
        for platform in due:
            if platform.rotates_at <= now:
                self._renew_ticket(platform, now)
        return due

    def settle(self, platform: PlatformQueue, now: datetime) -> None:
        """Try next in a minute if something is still owed, else when a new ticket is due."""
        retry_at = min(now + self._periods.push_retry, platform.rotates_at)
        platform.due_at = retry_at if platform.owed else platform.rotates_at

    def next_due(self, now: datetime) -> timedelta | None:
        """How long until something is due; None if nothing ever will be."""
        dues = [platform.due_at for platform in self._platforms.values()]
        return max(timedelta(0), min(dues) - now) if dues else None

    def _owe(self, appid: str, info_type: str, fields: Mapping[str, str], now: datetime) -> None:
        platform = self._platforms.get(appid)
        if platform is not None and len(platform.owed) < MOST_OWED:
            platform.owed.append(_push(appid, info_type, fields, now))
            platform.due_at = now
            self.changed.set()

    def _renew_ticket(self, platform: PlatformQueue, now: datetime) -> None:
        appid = platform.push.component_appid
        ticket = self._tokens.issue(IssuedKind.VERIFY_TICKET, TokenOwner(appid), now)
        others = [notice for notice in platform.owed if notice.info_type != VERIFY_TICKET]
        platform.owed.clear()
        platform.owed.extend(others)
        fields = {"ComponentVerifyTicket": ticket.value}
        platform.owed.append(_push(appid, VERIFY_TICKET, fields, now))
        platform.rotates_at = now + self._periods.ticket_push


def _push(appid: str, info_type: str, fields: Mapping[str, str], now: datetime) -> PlatformPush:
    head = {"AppId": appid, "CreateTime": str(int(now.timestamp())), "InfoType": info_type}
    elements = (head | dict(fields)).items()
    inner = "".join(f"<{name}>{escape(text, quote=False)}</{name}>" for name, text in elements)
    return PlatformPush(info_type=info_type, xml=f"<xml>{inner}</xml>")
