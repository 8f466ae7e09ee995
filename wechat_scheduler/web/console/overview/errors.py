"""The errors by errcode, each with where it is now and what to do."""

from collections.abc import Collection, Mapping
from typing import Final
from urllib.parse import quote

from wechat_scheduler.access.model import Scope
from wechat_scheduler.statistics.model import NO_ERRCODE, OTHER_ERRCODES
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.overview.faults import CredentialFaults
from wechat_scheduler.web.console.parts import Cell, bar, code, joined, section, table
from wechat_scheduler.web.console.plots import shown
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.jobs import JobResult
from wechat_scheduler.web.native.sending.delivery_bodies import DeliveryResult
from wechat_scheduler.web.native.statistics import StatisticsResult
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

ERRORS = W("Errors by errcode", "按 errcode 的错误")
NO_ERRORS = W("No errors in this time.", "这段时间没有错误。")
TIMES, NOW = W("Times", "次数"), W("Still has it", "现在还有")
SHARE, MEANING = W("Share", "占比"), W("What to do", "怎么办")
CREDENTIALS, DELIVERIES = W("credentials", "凭据"), W("deliveries", "投递")
NONE, OTHERS = W("no errcode", "没有 errcode"), W("others", "其他")
ABOVE = W("See above, what needs you now", "见上面“现在需要处理”")
OF_NONE = W(
    "WeChat gave no answer, was not asked, or did not deliver: the reason stands with the credential or the message.",
    "微信没有回答、没有去问，或者没有送达：原因写在该凭据或消息处。",
)
OF_OTHERS = W("Each of them is rare.", "每一个都很少见。")
# Credentials whose errors are looked at: a page of their list.
MOST_CREDENTIALS: Final = 100


async def errors(visit: Visit, found: StatisticsResult, faults: CredentialFaults) -> Html:
    """The most frequent first. What to do about `faults` stands above on the page."""
    total = sum(found.errors.values())
    failing = await _failing(visit) if found.errors else ()
    rows = [
        (
            _errcode(visit, name),
            shown(number),
            await _now(visit, name, failing),
            bar(visit, number / total, f"{number / total:.0%}"),
            _what_to_do(visit, name, found.advice, faults),
        )
        for name, number in found.errors.items()
    ]
    heads = (terms.ERRCODE, TIMES, NOW, SHARE, MEANING)
    body = table(visit, ERRORS, heads, rows, empty=NO_ERRORS)
    return section(visit, ERRORS, body, id="errors", live=True)


async def _failing(visit: Visit) -> Collection[str]:
    """The errcodes that credentials have now."""
    jobs = await visit.api.page("/tasks", JobResult, error="any", limit=MOST_CREDENTIALS)
    return {
        str(job.error.errcode)
        for job in jobs.rows
        if job.error is not None and job.error.errcode is not None
    }


async def _now(visit: Visit, name: str, failing: Collection[str]) -> Cell:
    """Links to the credentials and the deliveries that have the error now, for a key that may see them."""
    if name in (NO_ERRCODE, OTHER_ERRCODES):
        return "–"
    links: list[Html] = []
    if name in failing:
        links.append(_link(visit, f"/console/credentials?errcode={quote(name)}", CREDENTIALS))
    if visit.sees(Scope.PUSH) and await _strikes(visit, name):
        links.append(_link(visit, f"/console/messages?errcode={quote(name)}", DELIVERIES))
    return joined(links) if links else "–"


async def _strikes(visit: Visit, errcode: str) -> bool:
    """Whether a delivery has the errcode now."""
    if not errcode.removeprefix("-").isdecimal():
        return False
    found = await visit.api.page("/v1/deliveries", DeliveryResult, errcode=errcode, limit=1)
    return bool(found.rows)


def _link(visit: Visit, url: str, words: Words) -> Html:
    return fill("{link} ", link=link(url, visit.say(words)))


def _errcode(visit: Visit, name: str) -> Cell:
    words = {NO_ERRCODE: NONE, OTHER_ERRCODES: OTHERS}.get(name)
    return code(name) if words is None else visit.say(words)


def _what_to_do(
    visit: Visit, name: str, advice: Mapping[str, str], faults: CredentialFaults
) -> Cell:
    if name in faults.errcodes:
        return link("#needs", visit.say(ABOVE))
    words = {NO_ERRCODE: OF_NONE, OTHER_ERRCODES: OF_OTHERS}.get(name)
    return visit.say(words) if words else visit.sentence(advice.get(name, "")) or "–"
