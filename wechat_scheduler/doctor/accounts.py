"""Each account: how its credentials stand, whether WeChat accepts us, and from which address."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import datetime

from wechat_scheduler.credentials.model import ACCESS_TOKEN, Account, Fault, JobKey
from wechat_scheduler.credentials.policy import Freshness, freshness
from wechat_scheduler.credentials.ports import Issuer, IssueRequest
from wechat_scheduler.credentials.views import JobView
from wechat_scheduler.doctor.finding import Finding, Level, fail, ok, warn
from wechat_scheduler.errors import WeChatError
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.wechat.errcodes import ERRCODES
from wechat_scheduler.wechat.readings import caller_address


def credentials(views: Iterable[JobView], now: datetime) -> Iterator[Finding]:
    """A line for each account that is well, and for each credential that is not."""
    by_account: dict[str, list[JobView]] = {}
    for view in views:
        by_account.setdefault(view.key.appid, []).append(view)
    for appid, jobs in by_account.items():
        ailing = [finding for job in jobs for finding in _job(job, now)]
        yield from ailing or [ok(appid, f"nothing ails ({len(jobs)} kept)")]
    if not by_account:
        yield warn("accounts", "nothing is registered yet", "POST /register, as the README says")


def _job(view: JobView, now: datetime) -> Iterator[Finding]:
    standing, name = freshness(view, now), _name(view)
    if view.fault is None:
        if standing in (Freshness.PENDING, Freshness.EXPIRED):
            advice = "a running daemon fetches it; if this stays, its log says why"
            yield warn(view.key.appid, f"{name} is {standing}", advice)
        return
    urgent = standing in (Freshness.PENDING, Freshness.EXPIRED) or _wants_somebody(view.fault)
    yield Finding(
        level=Level.FAIL if urgent else Level.WARN,
        check=view.key.appid,
        says=f"{name} is {standing}: {view.fault.message}",
        advice=view.fault.advice or "nothing to do, it is tried again",
    )


def _name(view: JobView) -> str:
    return "/".join(filter(None, (view.key.kind, view.subject)))


def _wants_somebody(fault: Fault) -> bool:
    return fault.reaction in (Reaction.OPERATOR, Reaction.NEEDS_INPUT)


async def probes(
    accounts: Iterable[Account], access_token: Issuer, views: Sequence[JobView]
) -> AsyncIterator[tuple[Finding, WeChatError | None]]:
    """One real call for each account that has an access_token: stable_token without force, which
    returns the token there is and ends none."""
    wanted = {view.key.appid for view in views if view.key.kind == ACCESS_TOKEN}
    for account in accounts:
        if account.appid in wanted:
            yield await _probe(account, access_token)


async def _probe(account: Account, issuer: Issuer) -> tuple[Finding, WeChatError | None]:
    stable = Account(appid=account.appid, secret=account.secret, endpoint="stable_token")
    key = JobKey(account.appid, ACCESS_TOKEN)
    try:
        await issuer.issue(IssueRequest(key=key, account=stable, subject="", inputs={}))
    except WeChatError as error:
        return fail(account.appid, f"probe: {error}", error.advice), error
    return ok(account.appid, "probe: WeChat gives it a token"), None


def egress(views: Iterable[JobView], refusals: Iterable[WeChatError]) -> Finding:
    """The address that WeChat sees, which only its refusals name."""
    faults = [view.fault for view in views if view.fault]
    said = [(fault.endpoint, fault.errcode, fault.message) for fault in faults]
    said += [(error.endpoint, error.errcode, str(error)) for error in refusals]
    seen = {
        caller_address(words)
        for endpoint, errcode, words in said
        if errcode is not None and ERRCODES.read(endpoint, errcode, words).of_address
    } - {""}
    if seen:
        return fail(
            "egress ip",
            f"WeChat sees this machine as {', '.join(sorted(seen))} and refuses that address",
            "add it to the IP whitelist of the accounts that it refuses (公众平台 → 设置与开发 → "
            "基本配置 → IP白名单)",
        )
    return ok(
        "egress ip", "refused by no account; WeChat names it only where it refuses it (40164)"
    )
