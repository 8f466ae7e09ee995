"""Examines each account: its credentials, a probe of WeChat, this machine's address, its pushes."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import datetime

from wechat_scheduler.config.consoles import IP_WHITELIST, PUSH_URL
from wechat_scheduler.credentials.journal import FOR_A_PERSON
from wechat_scheduler.credentials.model import ACCESS_TOKEN, Account, Fault, JobKey
from wechat_scheduler.credentials.policy import Freshness, freshness
from wechat_scheduler.credentials.ports import Issuer, IssueRequest
from wechat_scheduler.credentials.views import JobView
from wechat_scheduler.doctor.finding import Finding, Level, fail, ok, warn
from wechat_scheduler.errors import WeChatError
from wechat_scheduler.pushes.endpoints import advice, refuses, stored_refusal
from wechat_scheduler.pushes.history import PastPush
from wechat_scheduler.pushes.model import PushEndpointView
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.web.native.pushes import PATH
from wechat_scheduler.wechat.errcode_lookup import caller_address
from wechat_scheduler.wechat.errcodes import ERRCODES

# Healthy accounts that are listed one by one: a platform has thousands.
MOST_LISTED = 20
SAME_AS_THERE = (
    f"compare what is registered here with what WeChat's console has for the account ({PUSH_URL})"
)


def credentials(views: Iterable[JobView], now: datetime, *, runs: bool) -> Iterator[Finding]:
    """A finding for each credential that fails, and for each healthy account, or for all of them if there are
    many; `runs`: a daemon runs."""
    by_account: dict[str, list[JobView]] = {}
    for view in views:
        by_account.setdefault(view.key.appid, []).append(view)
    healthy: dict[str, int] = {}
    for appid, jobs in by_account.items():
        problems = [finding for job in jobs for finding in _job(job, now, runs=runs)]
        yield from problems
        if not problems:
            healthy[appid] = len(jobs)
    if len(healthy) > MOST_LISTED:
        says = f"no credential of {len(healthy)} accounts fails ({sum(healthy.values())} kept)"
        yield ok("accounts", says)
    else:
        for appid, kept in healthy.items():
            yield ok(appid, f"no credential fails ({kept} kept)")
    if not by_account:
        yield warn("accounts", "no credential is registered yet", "call POST /register: see README")


def _job(view: JobView, now: datetime, *, runs: bool) -> Iterator[Finding]:
    state, fault = freshness(view, now), view.fault
    name = "/".join(filter(None, (view.key.kind, view.key.subject)))
    has_none = state in (Freshness.PENDING, Freshness.EXPIRED)
    if fault is not None:
        waits = fault.reaction is Reaction.PARENT_INVALID  # the parent has a finding of its own
        urgent = (has_none and not waits) or fault.reaction in FOR_A_PERSON
        yield Finding(
            level=Level.FAIL if urgent else Level.WARN,
            check=view.key.appid,
            says=f"{name} is {state}: {fault.message}",
            advice=_advice(fault, runs=runs),
        )
    elif has_none:
        how = "look again in a minute" if runs else "start the daemon, which fetches it"
        yield warn(view.key.appid, f"{name} is {state}", f"{how}; if nothing changes, read its log")


def _advice(fault: Fault, *, runs: bool) -> str:
    advice = fault.advice or "read the daemon's log"
    if runs or fault.reaction in FOR_A_PERSON:
        return advice
    return f"start the daemon, which tries again; {advice}"


async def probes(
    accounts: Iterable[Account], access_token: Issuer, views: Sequence[JobView]
) -> AsyncIterator[tuple[Finding, WeChatError | None]]:
    """Calls WeChat once for each account with an access_token: stable_token without force returns the
    current token, and invalidates none."""
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
        how = "run this again; " if error.reaction is Reaction.TRANSIENT else ""
        return fail(account.appid, f"probe: {error}", f"{how}{error.advice}"), error
    return ok(account.appid, "probe: WeChat returns a token"), None


def egress(views: Iterable[JobView], refusals: Iterable[WeChatError]) -> Finding:
    """This machine's address as WeChat sees it. Only WeChat's refusals contain it."""
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
            f"WeChat sees this machine as {', '.join(sorted(seen))} and refuses this address",
            f"add it to the IP whitelist of the accounts that refuse it ({IP_WHITELIST})",
        )
    return ok("egress ip", "no account refuses it; WeChat names it only in a refusal (40164)")


def pushes(
    views: Iterable[PushEndpointView], refused: Sequence[PastPush], now: datetime
) -> Iterator[Finding]:
    """A finding for each appid that WeChat should push to. Only a call from outside can test this. `refused` are the
    pushes that were, the newest first."""
    for view in views:
        refusal = stored_refusal(view, refused)
        trouble = advice(view, refusal, now)
        if refusal is not None and refuses(view, refusal):
            yield warn("callback", f"{view.appid}: {trouble}", SAME_AS_THERE)
        elif trouble:
            path = PATH.format(appid=view.appid)
            how = f"try it from the internet: curl -i https://YOUR-HOST{path} must answer 403"
            yield warn("callback", f"{view.appid}: {trouble}", how)
        else:
            yield ok("callback", f"WeChat's pushes for {view.appid} arrive")
