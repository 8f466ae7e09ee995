"""Says in the visitor's language why an account was not registered."""

from typing import Final

from wechat_scheduler.config import consoles
from wechat_scheduler.credentials.model import Fault
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.errors import InvalidRequestError, RequestError
from wechat_scheduler.web.console.credentials.rows import error_facts
from wechat_scheduler.web.console.mistakes import Mistakes, together
from wechat_scheduler.web.console.parts import facts
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.registration_checks import RegistrationCheckResult
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

NOT_STORED = W("Nothing was stored.", "没有保存任何内容。")
WRONG_SECRET = W(
    "WeChat does not accept this AppSecret for this AppID. Copy it once more, or reset it: {place}.",
    "微信不接受这个 AppID 的 AppSecret。请重新复制，或重置：{place}。",
)
IS_PLATFORM = W(
    "This AppID is a third-party platform's. Choose “Third-party platform” above.",
    "这是第三方平台的 AppID。请在上面选择“第三方平台”。",
)
WRONG_APPID = W(
    "WeChat does not know this AppID. Copy it once more.", "微信没有这个 AppID。请重新复制。"
)
WRONG_ADDRESS = W(
    "WeChat refuses calls from {address}. Add this address to the IP whitelist, then test again: {place}.",
    "微信拒绝来自 {address} 的调用。请把这个地址加入 IP 白名单，再验证：{place}。",
)
REFUSED = W("WeChat refuses this account: {message}", "微信拒绝了这个账号：{message}")
MARKED = W("Correct the fields that are marked.", "请更正标出的字段。")
NOT_THIS = W("WeChat does not accept it.", "微信不接受。")
SAID = W("What WeChat said", "微信的回答")
# Of the form: what is wrong with these is told at them.
FIELDS: Final = ("appid", "appsecret", "name", "types", "authorizer_appid", "params", "notify")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a form is shown again: `told` above it, and `mistakes` at its fields. With `may_go_on`, WeChat alone
    objects."""

    status: int = 200
    told: Html = Html()
    mistakes: Mistakes = Mistakes()
    may_go_on: bool = False


def trouble_of(
    visit: Visit, refusal: RegistrationCheckResult | None, error: RequestError | None
) -> Trouble | None:
    if error is not None:
        return _of_error(visit, error)
    if refusal is None or refusal.error is None:
        return None
    sentence = _sentence(visit, refusal, refusal.error)
    return Trouble(
        status=422,
        told=_told(visit, sentence, refusal.error),
        mistakes=Mistakes(InvalidRequestError(visit.say(NOT_THIS), field=refusal.field)),
        # A wrong appid or secret does not become right.
        may_go_on=not refusal.field,
    )


def _of_error(visit: Visit, error: RequestError) -> Trouble:
    """Of what our API refuses; a 503 is WeChat's silence."""
    mistakes = Mistakes(error, place=lambda field: field.rpartition(".")[2])
    told = fill(
        '<section role="alert"><p class="error">{error}</p><p>{not_stored}</p></section>',
        error=mistakes.beside(FIELDS) or visit.say(MARKED),
        not_stored=visit.say(NOT_STORED),
    )
    return Trouble(
        status=error.status,
        told=told,
        mistakes=mistakes,
        may_go_on=error.status == 503,
    )


def _sentence(visit: Visit, refusal: RegistrationCheckResult, fault: Fault) -> str:
    is_platform = bool(visit.form.get("as"))
    if refusal.address:
        place = consoles.PLATFORM_IP_WHITELIST if is_platform else consoles.IP_WHITELIST
        return visit.say(WRONG_ADDRESS, address=refusal.address, place=place)
    if refusal.field == "type":
        return visit.say(IS_PLATFORM)
    if refusal.field == "appid":
        return visit.say(WRONG_APPID)
    if refusal.field == "appsecret":
        place = consoles.PLATFORM if is_platform else consoles.SECRET
        return visit.say(WRONG_SECRET, place=place)
    return visit.say(
        REFUSED, message=together((visit.sentence(fault.message), visit.told(fault.advice)))
    )


def _told(visit: Visit, sentence: str, fault: Fault) -> Html:
    return fill(
        '<section role="alert"><p class="error">{sentence}</p><p>{not_stored}</p>'
        "<details><summary>{said}</summary><p>{message}</p>{facts}</details></section>",
        sentence=sentence,
        not_stored=visit.say(NOT_STORED),
        said=visit.say(SAID),
        message=visit.told(fault.message),
        facts=facts(visit, error_facts(visit, fault)),
    )
