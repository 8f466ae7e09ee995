"""Asks WeChat about a delivery: for its record of a refused call, and whether it intercepted the message."""

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.parts import advice, code, facts, joined, section
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.rids import RecordedCallResult
from wechat_scheduler.web.native.sending.delivery_bodies import DeliveryDetails, InterceptionResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

TOOK, MS = W("Took", "耗时"), W("{ms} ms", "{ms} 毫秒")
ASK_WECHAT = W("Ask WeChat", "向微信查询")
ASK_RID = W("Show WeChat's record of {rid}", "查看微信对 {rid} 的记录")
ASK_INTERCEPTION = W("Was it intercepted?", "是否被拦截？")
ABOUT_ASKING = W(
    "WeChat keeps the record of a refused call for seven days, and knows of intercepted messages on the same day only.",
    "微信保留被拒绝的调用的记录七天；是否被拦截，只有当天能查。",
)
RECORD = W("WeChat's record of the call", "微信对这次调用的记录")
CAME, URL, SENT = W("Came", "到达时间"), W("Query", "查询串"), W("Request", "请求")
ANSWER, ADDRESS = W("Answer", "应答"), W("From the address", "来源地址")
INTERCEPTION = W("Interception", "拦截")
INTERCEPTED = W(
    "WeChat intercepted this message: it accepted it and did not show it. Reword it, or choose another template.",
    "微信拦截了这条消息：接收了但没有显示。请修改措辞，或换一个模板。",
)
NOT_INTERCEPTED = W(
    "It is not among the messages that WeChat says it intercepted today.",
    "它不在微信今天拦截的消息之中。",
)
UNCERTAIN = W(
    "It is not among the first thousand messages of this template that WeChat intercepted today; there are more.",
    "它不在这个模板今天被拦截的前一千条之中；还有更多。",
)


def questions(visit: Visit, one: DeliveryDetails) -> Html:
    """What only WeChat knows, asked when a person wants it."""
    path, forms = f"/console/deliveries/{one.id}", list[Html]()
    rids = dict.fromkeys(it.rid for it in one.history if it.rid)
    if visit.may(Scope.ADMIN) and one.appid:
        for rid in rids:
            words = ASK_RID.filled(rid=rid)
            forms.append(
                form(visit, f"{path}/rid", Html(), words, kind="plain", fields={"rid": rid})
            )
    if visit.may(Scope.PUSH) and one.way == "template":
        forms.append(form(visit, f"{path}/interception", Html(), ASK_INTERCEPTION, kind="plain"))
    about = fill('<p class="faint">{words}</p>', words=visit.say(ABOUT_ASKING))
    return when(forms, section(visit, ASK_WECHAT, joined([about, *forms]), id="ask"))


async def recorded_call(visit: Visit, one: DeliveryDetails) -> Html:
    """WeChat's record of one of the attempts."""
    rid = visit.form.get("rid", "")
    found = await visit.api.get("/v1/rids/{appid}", RecordedCallResult, appid=one.appid, rid=rid)
    known = facts(
        visit,
        [
            (terms.RID, code(found.rid)),
            (CAME, visit.exactly(found.at)),
            (TOOK, visit.say(MS, ms=found.took_ms)),
            (ADDRESS, found.address),
            (URL, code(found.url)),
        ],
    )
    texts = [
        fill("<h3>{name}</h3><pre>{text}</pre>", name=visit.say(name), text=text)
        for name, text in ((SENT, found.request), (ANSWER, found.response))
    ]
    return section(visit, RECORD, joined([known, *texts]), id="record")


async def interception(visit: Visit, one: DeliveryDetails) -> Html:
    """What WeChat says of intercepted messages."""
    path = "/v1/deliveries/{delivery}/interception"
    found = await visit.api.get(path, InterceptionResult, delivery=one.id)
    if found.intercepted:
        told = joined([advice(visit, visit.say(INTERCEPTED)), _intercepted(visit, found)])
    else:
        words = NOT_INTERCEPTED if found.complete else UNCERTAIN
        told = fill("<p>{words}</p>", words=visit.say(words))
    return section(visit, INTERCEPTION, told, id="interception")


def _intercepted(visit: Visit, found: InterceptionResult) -> Html:
    return fill(
        '<p class="faint">{at}</p><p><strong>{title}</strong></p><p class="text">{content}</p>',
        at=visit.exactly(found.at),
        title=found.title,
        content=found.content,
    )
