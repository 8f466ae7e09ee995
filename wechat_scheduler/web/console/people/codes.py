"""`/console/apps/{app}/codes`: makes QR codes, and shows them to scan and to download."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import hdrs, web

from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.fields import (
    form,
)
from wechat_scheduler.web.console.form_fields import FormFields
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.outcomes import outcome_of, shown_at
from wechat_scheduler.web.console.parts import code, facts, joined, said_at, section, spaced
from wechat_scheduler.web.console.people.code_list import EXTRA, KEPT, NEVER, kept_codes
from wechat_scheduler.web.console.people.frame import (
    ONE,
    TABS,
    app_of,
    app_page,
    app_url,
)
from wechat_scheduler.web.console.people.topic_fields import topic_options
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.topic_choice import offered_topics
from wechat_scheduler.web.console.typed_fields import TypedFields
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.qrcodes import QrCodeResult
from wechat_scheduler.web.native.sending.topics import TopicResult
from wechat_scheduler.web.pages.markup import Html, fill
from wechat_scheduler.web.pages.qr import qr_data, qr_svg_data

W = Words

MAKE, MADE = W("Make a code", "生成二维码"), W("The code", "二维码")
INTRODUCTION = W(
    "Who scans the code follows the account and subscribes. A code that lasts and has no extra is the same each time: make it again to see it.",
    "扫码的人会关注公众号并订阅。长期有效、不带参数的码每次都相同：再生成一次就能看到它。",
)
FOR = W("It is for", "用于")
REMINDER = W("Or for a reminder (its id)", "或用于提醒（提醒的编号）")
REMINDER_HINT = W(
    "Who scans it joins the reminder. The id is on the reminder's page, which also leads here.",
    "扫码的人加入这个提醒。编号在提醒的页面上，那里也有到这里的链接。",
)
EXTRA_HINT = W("Comes back in the app's callback of the scan.", "扫码时随应用的回调返回。")
LIFE = W("It ends after", "有效期")
LIVES: Final = (
    ("", NEVER),
    ("3600", W("an hour", "1 小时")),
    ("86400", W("a day", "1 天")),
    ("604800", W("a week", "7 天")),
    ("2592000", W("30 days, WeChat's longest", "30 天（微信上限）")),
)
CONSENT = W(
    "The scan also lets the app's signed set_reminder calls set reminders",
    "扫码同时允许应用用腾讯 set_reminder 接口设提醒",
)
CONTENT = W("Content", "内容")
DRAWN_UNTIL = W("WeChat's drawing is valid until", "微信的图有效至")
LASTS_UNTIL = W(
    "The code in these files works until {at}: WeChat's limit.",
    "这些文件里的二维码有效至 {at}，这是微信的限制。",
)
FOR_PAGES = W(
    "A web page shows the address of the image below: the daemon renews the code there.",
    "网页请引用下面的图片地址：守护进程会在那里更新二维码。",
)
FOR_PRINT = W("For print", "用于印刷")
PRINT_HINT = W(
    "A poster needs a code that never changes. This one opens the page named above, which always has a valid code: scan it, then press the code on the page.",
    "海报上的码不能变。这个码打开上面的二维码页面，那里的码总是有效：扫码后长按页面上的码。",
)
PRINT_ALT = W("QR code of the page of {name}", "{name} 的二维码页面的二维码")
NO_ADDRESS = W(
    "With server.public_url there is also an address whose image is always valid.",
    "设置 server.public_url 后，还有一个图片始终有效的地址。",
)
STABLE, PAGE = W("Address of the image", "图片地址"), W("Page with the code", "二维码页面")
WECHATS = W("WeChat's image", "微信的图片")
ALT = W("QR code of {name}", "{name} 的二维码")
GET_PNG, GET_SVG = W("Download PNG", "下载 PNG"), W("Download SVG", "下载 SVG")
# Pixels of a downloaded picture: 10 cm at 300 dots an inch.
LARGE: Final = 1200
NO_NUMBER = W("must be a whole number", "必须是整数")
CODES: Final = f"{ONE}/codes"
FIELDS: Final = ("topic", "reminder", "extra", "expires_in", "consent")


async def codes(visit: Visit) -> web.Response:
    made = await outcome_of(visit, QrCodeResult)
    return await _page(visit, visit.request.query, made=made)


async def make(visit: Visit) -> web.Response:
    given = visit.form
    path, app = "/v1/apps/{app}/qrcodes", visit.request.match_info["app"]
    try:
        made = await visit.api.post(path, QrCodeResult, _body(visit), once=visit.once, app=app)
    except RequestError as error:
        return await _page(visit, given, error)
    kept = {name: given[name] for name in FIELDS if given.get(name)}
    place = f"{visit.request.path}?{urlencode(kept)}" if kept else visit.request.path
    return await shown_at(visit, place, made) or await _page(visit, given, made=made)


def _body(visit: Visit) -> dict[str, Any]:
    """Raises InvalidRequestError."""
    given, typed = visit.form, TypedFields(visit)
    body: dict[str, Any] = {"extra": given.get("extra", ""), "consent": "consent" in given}
    body |= {name: typed.number(name, NO_NUMBER) for name in ("topic", "expires_in")}
    body["reminder"] = given.get("reminder", "").strip() or None
    typed.check(lambda: None)
    return body


async def _page(
    visit: Visit,
    given: Mapping[str, str],
    error: RequestError | None = None,
    made: QrCodeResult | None = None,
) -> web.Response:
    app = await app_of(visit)
    topics = await offered_topics(visit, app.id, [given.get("topic", "")])
    shown = section(visit, MADE, _shown(visit, app, made), id="code") if made else Html()
    body = fill(
        "{shown}{make}{kept}",
        shown=shown,
        make=section(visit, MAKE, _form(visit, app, topics, given, error), id="make"),
        kept=section(visit, KEPT, await kept_codes(visit, app, topics), id="kept"),
    )
    return app_page(visit, app, TABS[3].words, body, status=error.status if error else 200)


def _shown(visit: Visit, app: AppResult, made: QrCodeResult) -> Html:
    told = facts(
        visit,
        [
            (CONTENT, code(made.url)),
            (
                terms.EXPIRES,
                visit.exactly(made.expires_at) if made.expires_at else visit.say(NEVER),
            ),
            (DRAWN_UNTIL, visit.exactly(made.image_until)),
            (STABLE, made.stable_url and link(made.stable_url, made.stable_url)),
            (PAGE, made.page_url and link(made.page_url, made.page_url)),
            (WECHATS, link(made.image_url, made.image_url)),
        ],
    )
    name = f"qr-{app.id}-{made.scene[:8]}"
    return fill(
        "{drawn}<p>{lasting}</p>{told}{for_print}",
        drawn=_drawn(visit, made.url, name, ALT.filled(name=app.name)),
        lasting=spaced(
            said_at(visit, LASTS_UNTIL, made.image_until),
            visit.say(FOR_PAGES if made.stable_url else NO_ADDRESS),
        ),
        told=told,
        for_print=_for_print(visit, app, made.page_url, name) if made.page_url else Html(),
    )


def _for_print(visit: Visit, app: AppResult, page_url: str, name: str) -> Html:
    """A code that stays as it is: that of the page, which has WeChat's as it is at the time."""
    return fill(
        '<h3 id="print">{heading}</h3><p>{hint}</p>{drawn}',
        heading=visit.say(FOR_PRINT),
        hint=visit.say(PRINT_HINT),
        drawn=_drawn(visit, page_url, f"{name}-print", PRINT_ALT.filled(name=app.name)),
    )


def _drawn(visit: Visit, content: str, name: str, alt: Words) -> Html:
    """The code to scan, and its files; one for print is large."""
    return fill(
        '<img class="qr" src="{png}" alt="{alt}" width="240" height="240">'
        '<p class="buttons"><a class="button" download="{name}.png" href="{large}">{get_png}</a>'
        '<a class="button" download="{name}.svg" href="{svg}">{get_svg}</a></p>',
        png=qr_data(content),
        large=qr_data(content, size=LARGE),
        svg=qr_svg_data(content),
        alt=visit.say(alt),
        name=name,
        get_png=visit.say(GET_PNG),
        get_svg=visit.say(GET_SVG),
    )


def _form(
    visit: Visit,
    app: AppResult,
    topics: list[TopicResult],
    given: Mapping[str, str],
    error: RequestError | None,
) -> Html:
    fields = FormFields(visit, given, Mistakes(error))
    body = fields.below_refusal(
        [
            fields.select("topic", FOR, topic_options(visit, topics)),
            fields.text("reminder", REMINDER, hint=REMINDER_HINT, maxlength=32),
            fields.select("expires_in", LIFE, LIVES),
            fields.text("extra", EXTRA, hint=EXTRA_HINT, maxlength=256),
            fields.check("consent", CONSENT),
        ]
    )
    about = fill("<p>{about}</p>", about=visit.say(INTRODUCTION))
    return form(visit, app_url(app, "/codes"), joined([about, body]), MAKE)


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, CODES, codes),
    ConsoleRoute(hdrs.METH_POST, CODES, make),
)
