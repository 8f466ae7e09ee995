"""Shows what can be done about one credential, as far as the key may and it does something."""

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console.credentials.rows import place_of
from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.jobs import JobResult
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

REFRESH, REMOVE = W("Refresh now", "立即刷新"), W("Remove…", "移除…")
REMOVE_IT = W("Remove this credential", "移除这个凭据")
REMOVED_MEANS = W(
    "The daemon stops keeping it, and systems that fetch it get an error. An admin key removes it for all systems, "
    "another key only what it registered itself.",
    "守护进程不再维护它，获取它的系统会得到错误。admin key 对所有系统移除，其他 key 只移除自己登记的部分。",
)
OF_OTHERS = W(
    "Other systems registered it: their keys, or an admin key, remove it.",
    "由其他系统登记：由它们的 key 或 admin key 移除。",
)
SURE = W(
    "Remove {job}? Systems that fetch it get an error.", "移除 {job}？获取它的系统会得到错误。"
)
REFRESH_MEANS = W(
    "Asks WeChat now. A token that is fresh usually stays the same.",
    "立即向微信请求。仍然有效的 token 通常保持不变。",
)


def actions(visit: Visit, job: JobResult) -> Html:
    """For a key that may register."""
    return fill(
        "{refresh}<p><small>{means}</small></p>{removal}",
        refresh=form(visit, f"{place_of(job)}/refresh", Html(), REFRESH),
        means=visit.say(REFRESH_MEANS),
        removal=_removal(visit, job),
    )


def _removal(visit: Visit, job: JobResult) -> Html:
    """For a key that can remove what it registered, and an admin key."""
    registered = any(one.key == visit.session.key.id for one in job.receivers)
    if not registered and not visit.may(Scope.ADMIN):
        return fill('<p class="faint">{others}</p>', others=visit.say(OF_OTHERS))
    named = "/".join(filter(None, (job.appid, job.kind, job.subject)))
    sure = SURE.filled(job=named)
    removal = form(visit, f"{place_of(job)}/remove", Html(), REMOVE_IT, kind="danger", confirm=sure)
    return fill(
        "<details><summary>{remove}</summary><p>{removed}</p>{removal}</details>",
        remove=visit.say(REMOVE),
        removed=visit.say(REMOVED_MEANS),
        removal=removal,
    )
