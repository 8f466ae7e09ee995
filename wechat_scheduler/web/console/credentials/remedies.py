"""Links to the pages where a person does what the error of a credential asks for."""

from collections.abc import Iterator
from urllib.parse import quote, urlencode

from wechat_scheduler.access.model import Scope
from wechat_scheduler.credentials.journal import FOR_A_PERSON
from wechat_scheduler.credentials.model import COMPONENT_TOKEN
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.web.console.credentials.rows import account_place
from wechat_scheduler.web.console.known_accounts import register_url
from wechat_scheduler.web.console.links import links
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.jobs import JobResult
from wechat_scheduler.web.pages.markup import Html

W = Words

CORRECT = W("Correct the registration of this account", "改正这个账号的登记")
WAITED = W("See {kind}, which it waits for", "查看它等待的 {kind}")
SET_UP = W("Set up the pushes of the platform", "设置平台的推送")


def remedies(visit: Visit, job: JobResult) -> Html:
    """The credential that it waits for; else nothing for an error that no person mends, and for a key that may not register."""
    if job.error is not None and job.error.reaction is Reaction.PARENT_INVALID and job.waits_for:
        place = f"{account_place(job.appid)}/{quote(job.waits_for)}"
        return links(visit, [(place, WAITED.filled(kind=job.waits_for))])
    is_theirs = job.error is not None and job.error.reaction in FOR_A_PERSON
    if not is_theirs or not visit.may(Scope.REGISTER):
        return Html()
    return links(visit, _ways(job))


def _ways(job: JobResult) -> Iterator[tuple[str, Words]]:
    is_platform = job.kind == COMPONENT_TOKEN
    if is_platform and job.error is not None and job.error.reaction is Reaction.NEEDS_INPUT:
        yield f"/console/pushes?{urlencode({'account': job.appid})}#set-up", SET_UP
    yield register_url(job.appid, is_platform=is_platform), CORRECT
