"""The form of a registration, with what was wrong with it."""

from collections.abc import Iterator

from aiohttp import web

from wechat_scheduler.config import consoles
from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.credentials.drafts import (
    OWN_TYPES,
    PLATFORM,
    RegistrationDraft,
)
from wechat_scheduler.web.console.credentials.phrases import TYPES
from wechat_scheduler.web.console.credentials.refusals import Trouble, trouble_of
from wechat_scheduler.web.console.credentials.rows import ROOM
from wechat_scheduler.web.console.fields import (
    area_field,
    check_field,
    error_note,
    form,
    select_field,
    text_field,
)
from wechat_scheduler.web.console.form_fields import lost_secrets
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.parts import joined
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.kit.texts import LONGEST_NAME
from wechat_scheduler.web.native.registration_checks import RegistrationCheckResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

TITLE = W("Register an account", "登记账号")
AS_ACCOUNT = W("Official account or mini program", "公众号、服务号或小程序")
AS_PLATFORM = W("Third-party platform", "第三方平台")
WHAT = W("What it is", "账号类别")
TESTED = W(
    "The AppSecret is tried at WeChat before it is stored. It is stored encrypted and never shown.",
    "AppSecret 先在微信处验证，再加密保存，以后不再显示。",
)
APPID_HINT = W("wx and 16 letters and digits.", "wx 加 16 位字母和数字。")
NAME_HINT = W(
    "What you call it, such as the name of the 公众号. Empty: the name that it has stays.",
    "你怎样称呼它，例如公众号的名称。留空则保留原来的名称。",
)
NO_APPID = W(
    "is not an AppID: that is wx and 16 letters and digits. gh_… is the original id of an account; its AppID stands "
    "beside the AppSecret",
    "不是 AppID：AppID 是 wx 加 16 位字母和数字。gh_… 是原始 ID；AppID 和 AppSecret 在同一页",
)
NOT_18 = W(
    "is not an AppID: that has 18 characters, wx and 16 letters and digits. This has {n}",
    "不是 AppID：AppID 有 18 个字符，是 wx 加 16 位字母和数字，这里有 {n} 个字符",
)
NO_TYPES = W("choose at least one credential to keep", "请至少选择一个要维护的凭据")
SUBMIT = W("Test and register", "验证并登记")
SECRET_HINT = W("From {place}.", "见{place}。")
KEPT = W("Credentials to keep", "要维护的凭据")
OF_USERS = W(
    "Tokens of users (oauth2_access_token) are registered by your systems, with POST /register.",
    "用户的 token（oauth2_access_token）由你的系统用 POST /register 登记。",
)
AUTHORIZERS = W("Accounts that authorised it", "已授权的账号")
AUTHORIZERS_HINT = W(
    "Their appids, one a line; empty for none. Others can be added later.",
    "每行一个 appid，可留空，以后可以再加。",
)
PARAMS, NOTIFY = (
    W("Address for inputs (params)", "输入地址（params）"),
    W("Address for notifications (notify)", "通知地址（notify）"),
)
PARAMS_HINT = W(
    "Gives the component_verify_ticket and refresh tokens. Leave it empty if WeChat's pushes come to this daemon.",
    "提供 component_verify_ticket 和 refresh token。如果微信的推送直接到本守护进程，请留空。",
)
NOTIFY_HINT = W(
    "Gets each new value, signed. Leave it empty if your systems fetch.",
    "每次更新后把新值签名发往这里。如果系统自己来取，请留空。",
)
MORE = W("More", "更多")
ENDPOINT = W("Endpoint of the access_token", "access_token 的接口")
ENDPOINT_HINT = W(
    "stable_token does not end a token that another program holds.",
    "stable_token 不会使其他程序持有的 token 失效。",
)
DEFAULT = W("The daemon's default", "守护进程的默认值")
ANYWAY = W("Register even so", "仍然登记")
ANYWAY_HINT = W(
    "The daemon keeps trying, and takes the credential as soon as WeChat gives it.",
    "守护进程会继续尝试，微信一给出就采用。",
)


def form_page(
    visit: Visit,
    draft: RegistrationDraft,
    *,
    refusal: RegistrationCheckResult | None = None,
    error: RequestError | None = None,
) -> web.Response:
    trouble = trouble_of(visit, refusal, error)
    status = 200 if trouble is None else trouble.status
    fields = joined([*_fields(visit, draft, trouble or Trouble())])
    body = joined(
        [
            _choice(visit, draft),
            trouble.told if trouble else Html(),
            lost_secrets(visit, ["AppSecret"] if trouble and draft.secret else []),
            form(
                visit,
                f"{ROOM}/register",
                fields,
                SUBMIT,
                fields={"as": PLATFORM if draft.is_platform else ""},
            ),
        ]
    )
    return layout(visit, TITLE, body, status=status)


def _choice(visit: Visit, draft: RegistrationDraft) -> Html:
    links = [
        fill(
            '<li><a href="{url}"{now}>{words}</a></li>',
            url=f"{ROOM}/register{query}",
            now=when(draft.is_platform is bool(query), fill(' aria-current="true"')),
            words=visit.say(words),
        )
        for query, words in (("", AS_ACCOUNT), (f"?as={PLATFORM}", AS_PLATFORM))
    ]
    return fill(
        '<section><h2>{what}</h2><ul class="chips">{links}</ul><p><small>{tested}</small></p></section>',
        what=visit.say(WHAT),
        links=links,
        tested=visit.say(TESTED),
    )


def _fields(visit: Visit, draft: RegistrationDraft, trouble: Trouble) -> Iterator[Html]:
    yield text_field(
        visit, "appid", "AppID", draft.appid, hint=APPID_HINT, error=trouble.mistakes.at("appid"),
        required=True, maxlength=128, autocomplete="off", spellcheck="false",
    )  # fmt: skip
    place = consoles.PLATFORM if draft.is_platform else consoles.SECRET
    yield text_field(
        visit, "appsecret", "AppSecret", type="password",
        hint=terms.TYPE_AGAIN if trouble.told else SECRET_HINT.filled(place=place), error=trouble.mistakes.at("appsecret"),
        required=True, maxlength=256, autocomplete="new-password",
    )  # fmt: skip
    yield text_field(
        visit, "name", terms.NAME, draft.name, hint=NAME_HINT, error=trouble.mistakes.at("name"),
        maxlength=LONGEST_NAME, autocomplete="off",
    )  # fmt: skip
    yield _platform(visit, draft, trouble) if draft.is_platform else _types(visit, draft, trouble)
    yield _addresses(visit, draft, trouble)
    if trouble.may_go_on:
        yield check_field(visit, "anyway", ANYWAY, hint=ANYWAY_HINT)


def _types(visit: Visit, draft: RegistrationDraft, trouble: Trouble) -> Html:
    boxes = [
        check_field(visit, "types", kind, kind, checked=kind in draft.types, hint=TYPES.get(kind))
        for kind in OWN_TYPES
    ]
    return fill(
        "<fieldset><legend>{kept}</legend>{boxes}{error}<small>{users}</small></fieldset>",
        kept=visit.say(KEPT),
        boxes=boxes,
        error=error_note("types", trouble.mistakes.at("types")),
        users=visit.say(OF_USERS),
    )


def _platform(visit: Visit, draft: RegistrationDraft, trouble: Trouble) -> Html:
    return joined(
        [
            area_field(
                visit, "authorizers", AUTHORIZERS, draft.authorizers, hint=AUTHORIZERS_HINT,
                error=trouble.mistakes.at("authorizer_appid"),
            ),
            text_field(
                visit, "params", PARAMS, draft.params, hint=PARAMS_HINT, error=trouble.mistakes.at("params"),
                type="url",
            ),
        ]
    )  # fmt: skip


def _addresses(visit: Visit, draft: RegistrationDraft, trouble: Trouble) -> Html:
    notify = text_field(
        visit, "notify", NOTIFY, draft.notify, hint=NOTIFY_HINT, error=trouble.mistakes.at("notify"),
        type="url",
    )  # fmt: skip
    endpoint = select_field(
        visit,
        "endpoint",
        ENDPOINT,
        [("", DEFAULT), ("stable_token", "stable_token"), ("token", "token")],
        draft.endpoint,
        hint=ENDPOINT_HINT,
    )
    is_open = draft.notify or draft.endpoint or trouble.mistakes.at("notify")
    return fill(
        "<details{open}><summary>{more}</summary>{notify}{endpoint}</details>",
        open=when(is_open, fill(" open")),
        more=visit.say(MORE),
        notify=notify,
        endpoint=Html() if draft.is_platform else endpoint,
    )
