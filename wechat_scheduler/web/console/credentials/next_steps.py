"""The next steps after an account is registered: systems fetch its credentials, and WeChat pushes to this daemon."""

from collections.abc import Sequence
from urllib.parse import urlencode

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console.credentials.rows import place_of
from wechat_scheduler.web.console.links import links
from wechat_scheduler.web.console.parts import Cell, code, facts, section
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Phrase, Words
from wechat_scheduler.web.native.jobs import JobResult
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

USE = W("How your systems use it", "业务系统如何使用")
FETCH = W(
    "Your systems fetch each value here, with an API key of scope read in the header X-API-Key:",
    "业务系统从这里获取，请求头 X-API-Key 带上有 read 权限的 API key：",
)
SEE = W("See {kind}: its state and who fetches it", "查看 {kind}：状态和获取方")
MAKE_KEY = W("Make a key for a system", "为业务系统创建 key")
HAVE_PUSHES = W("Have WeChat's pushes come to this daemon", "接收微信的推送")
MAKE_APP = W("Make an app, to send messages and reminders", "创建应用，发消息和提醒")
REFERENCE = W("The reference of this request", "这个请求的文档")


def next_steps(visit: Visit, appid: str, own: Sequence[JobResult]) -> Html:
    """A section for the credentials of the account itself."""
    base = visit.public_url or str(visit.request.url.origin())
    pairs: list[tuple[Phrase, Cell | None]] = [
        (job.kind, code(f"{base}/task/{appid}/{job.kind}")) for job in own
    ]
    body = fill(
        '<p>{fetch}</p><div class="secrets">{facts}</div>{links}',
        fetch=visit.say(FETCH),
        facts=facts(visit, pairs),
        links=links(visit, _places(visit, appid, own)),
    )
    return section(visit, USE, body, id="use")


def _places(visit: Visit, appid: str, own: Sequence[JobResult]) -> list[tuple[str, Words]]:
    query = urlencode({"account": appid})
    of_app = urlencode({"appid": appid})
    ways = [
        *((Scope.READ, place_of(job), SEE.filled(kind=job.kind)) for job in own),
        (Scope.REGISTER, f"/console/pushes?{query}#set-up", HAVE_PUSHES),
        (Scope.ADMIN, "/console/access/keys/new", MAKE_KEY),
        (Scope.ADMIN, f"/console/people/make?{of_app}", MAKE_APP),
        (Scope.READ, "/docs/get_task_appid_type", REFERENCE),
    ]
    return [(url, words) for scope, url, words in ways if visit.may(scope)]
