"""Lists the QR codes that were made for an app."""

from collections.abc import Mapping
from typing import Final

from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.links import link, pager
from wechat_scheduler.web.console.parts import code, table
from wechat_scheduler.web.console.people.frame import app_url
from wechat_scheduler.web.console.person_names import person_name, topic_names
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.qrcodes import ListedQrCodeResult
from wechat_scheduler.web.native.sending.topics import TopicResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

KEPT = W("Codes that were made", "已生成的二维码")
FOR, EXTRA = W("For", "用于"), W("Extra", "附加参数")
ENDS, SCANNED = W("It ends", "有效期至"), W("Scanned last by", "最近扫码")
NEVER = W("never", "长期有效")
THE_REMINDER = W("a reminder", "提醒")
BY_SIGNED_CALLS = W("reminders by signed set_reminder calls", "腾讯 set_reminder 接口设提醒")
TOPIC = W("topic {id}", "主题 {id}")
IMAGE = W("Image", "图片")
NONE = W("No codes yet. Make the first one above.", "还没有二维码。在上面生成第一个。")
ABOUT_KEPT = W("A code that ended is kept for seven days.", "过期的二维码保留 7 天。")
HEADS: Final = (FOR, EXTRA, terms.CREATED, ENDS, SCANNED, IMAGE)


async def kept_codes(visit: Visit, app: AppResult, topics: list[TopicResult]) -> Html:
    names = topic_names(visit, topics)
    found = await visit.api.page(
        "/v1/apps/{app}/qrcodes",
        ListedQrCodeResult,
        app=app.id,
        after=visit.request.query.get("after") or None,
    )
    rows = [_row(visit, app, one, names) for one in found.rows]
    return fill(
        '<p class="faint">{about}</p>{table}{pager}',
        about=visit.say(ABOUT_KEPT),
        table=table(visit, KEPT, HEADS, rows, empty=NONE),
        pager=pager(visit, found),
    )


def _row(
    visit: Visit, app: AppResult, one: ListedQrCodeResult, topics: Mapping[str, str]
) -> tuple[Html, ...]:
    user = app_url(app, f"/subscribers/{one.last_uid}")
    return (
        _purpose(visit, app, one, topics),
        when(one.extra, code(one.extra)),
        visit.time(one.created_at),
        visit.time(one.expires_at) if one.expires_at else fill("{never}", never=visit.say(NEVER)),
        when(one.last_uid, link(user, person_name(one.last_uid, one.person))),
        _image(visit, one),
    )


def _purpose(
    visit: Visit, app: AppResult, one: ListedQrCodeResult, topics: Mapping[str, str]
) -> Html:
    match one.purpose:
        case "reminder":
            return link(f"/console/reminders/{one.target}", visit.say(THE_REMINDER))
        case "topic":
            name = topics.get(one.target) or visit.say(TOPIC, id=one.target)
            return link(app_url(app, f"/topics/{one.target}"), name)
        case "consent":
            name = visit.say(BY_SIGNED_CALLS)
        case _:
            name = visit.say(terms.APP_ITSELF)
    return fill("{name}", name=name)


def _image(visit: Visit, one: ListedQrCodeResult) -> Html:
    """A link to it: the daemon's address draws it again, and WeChat's picture ends."""
    url = one.stable_url or (one.image_url if one.image_until > visit.now else "")
    return when(url, link(url, visit.say(IMAGE)))
