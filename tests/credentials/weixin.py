"""A WeChat in a few lines, for simulations of days: it keeps WeChat's rules about lives, and calls
to it cost nothing. The sandbox is the one that speaks HTTP."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.watched_clock import WatchedClock
from wechat_scheduler.credentials.model import Account, Issued, Renewal
from wechat_scheduler.credentials.ports import Issuer, IssueRequest, Need
from wechat_scheduler.errors import WeChatError
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.wechat.tokens.authorizer import AuthorizerAccessToken
from wechat_scheduler.wechat.tokens.component import ComponentAccessToken
from wechat_scheduler.wechat.tokens.oauth2 import OAuth2AccessToken
from wechat_scheduler.wechat.tokens.ticket import JsapiTicket

LIFE = timedelta(hours=2)
OVERLAP = timedelta(minutes=5)


@dataclass(slots=True)
class Weixin:
    """What was issued, until when it is good, and how often it was called. A token lives on for
    five minutes after its successor came."""

    clock: WatchedClock = field(default_factory=WatchedClock)
    good_until: dict[str, datetime] = field(default_factory=dict)
    newest: dict[str, str] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    issued: Counter[str] = field(default_factory=Counter)
    refusals: int = 0

    def is_good(self, value: str) -> bool:
        return self.clock.now() < self.good_until.get(value, self.clock.now())

    def left(self, kind: str) -> timedelta:
        """What remains of the newest one."""
        until = self.good_until.get(self.newest.get(kind, ""), self.clock.now())
        return until - self.clock.now()

    def issue(self, kind: str, *, life: timedelta = LIFE) -> str:
        self.issued[kind] += 1
        now, former = self.clock.now(), self.newest.get(kind, "")
        value = self.newest[kind] = f"{kind}-{self.issued[kind]}"
        self.good_until[value] = now + life
        if former:
            self.good_until[former] = min(self.good_until[former], now + OVERLAP)
        return value

    def kill(self, kind: str) -> None:
        """Another program fetches it, twice: ours is dead at once."""
        self.good_until[self.newest[kind]] = self.clock.now()

    def check(self, value: str, name: str, reaction: Reaction) -> None:
        if not self.is_good(value):
            self.refusals += 1
            raise WeChatError(
                "/it: 40001", reaction=reaction, endpoint="/it", errcode=40001, refused=name
            )


@dataclass(slots=True, kw_only=True)
class _Kind:
    weixin: Weixin
    kind: str
    needs: tuple[Need, ...] = ()
    subject_field: str = ""
    needs_subject: bool = False
    renewal: Renewal = Renewal.ORDINARY
    keeps_until: timedelta = LIFE
    """While more than this is left, the same one is returned again."""

    def daily_calls(self, account: Account) -> int | None:
        return None

    async def issue(self, request: IssueRequest) -> Issued:
        self.weixin.calls[self.kind] += 1
        self._check(request)
        if self.weixin.left(self.kind) <= self.keeps_until:
            self.weixin.issue(self.kind)
        return Issued(
            value=self.weixin.newest[self.kind],
            answer="{}",
            lifetime=timedelta(seconds=self.weixin.left(self.kind) // timedelta(seconds=1)),
            refresh_token=self._refresh_token(),
            renewal=self.renewal,
        )

    def _check(self, request: IssueRequest) -> None:
        for need in self.needs:
            if need.parent is not None:
                self.weixin.check(request.inputs[need.name], need.name, Reaction.PARENT_INVALID)
            elif need.kept:
                self.weixin.check(request.inputs[need.name], need.name, Reaction.NEEDS_INPUT)

    def _refresh_token(self) -> str:
        kept = any(need.kept for need in self.needs)
        return self.weixin.issue(f"{self.kind} refresh", life=30 * 12 * LIFE) if kept else ""


def issuers(weixin: Weixin, *, stable: bool) -> dict[str, Issuer]:
    """`stable`: a token is renewed in its last five minutes only, as by `stable_token`."""
    token = _Kind(weixin=weixin, kind="access_token")
    if stable:
        token.renewal, token.keeps_until = Renewal.LATE, OVERLAP
    reals: tuple[type[Issuer], ...] = (
        ComponentAccessToken,
        AuthorizerAccessToken,
        OAuth2AccessToken,
    )
    kinds = [token, *(_like(weixin, real) for real in reals)]
    ticket = _like(weixin, JsapiTicket)
    ticket.renewal, ticket.keeps_until = Renewal.FIXED, timedelta(seconds=1)
    return {kind.kind: kind for kind in [*kinds, ticket]}


def _like(weixin: Weixin, real: type[Issuer]) -> _Kind:
    return _Kind(
        weixin=weixin,
        kind=real.kind,
        needs=real.needs,
        subject_field=real.subject_field,
        needs_subject=real.needs_subject,
    )
