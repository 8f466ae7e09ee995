"""Lists who joined a reminder, and lets each be removed."""

from urllib.parse import urlencode

from wechat_scheduler.audience.ids import EVERYONE
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.links import button, link, pager
from wechat_scheduler.web.console.native_api import Rows
from wechat_scheduler.web.console.parts import code, table
from wechat_scheduler.web.console.person_names import person_name
from wechat_scheduler.web.console.reminders.pieces import LIST
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.reminders.bodies import ReminderDetails
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

JOINED = W("Who joined", "参与者")
CODE = W("Make a QR code by which users join", "生成二维码，扫码加入")
ALONE = W("No user joined it.", "没有用户参与。")
ALL_ARE_REACHED = W(
    "It is sent to all subscribers of the app. They do not join it.",
    "它发给应用的所有订阅者，不需要参与。",
)
REMOVE = W("Remove", "移除")
SURE_REMOVE = W(
    "Remove {name} from this reminder? They can be added again.",
    "从这个提醒移除 {name}？以后可以再加。",
)


def joined_people(visit: Visit, reminder: ReminderDetails, people: Rows[str]) -> Html:
    """A page of those who joined, each with a button that removes them."""
    rows = [
        (
            person_name(uid, reminder.names.get(uid, "")),
            person_link(reminder.app, uid),
            link(f"{LIST}?{urlencode({'uid': uid})}", visit.say(terms.REMINDERS)),
            _leave(visit, reminder, uid),
        )
        for uid in people.rows
    ]
    made = table(
        visit,
        JOINED,
        (terms.USER, terms.UID, terms.REMINDERS, terms.ACTIONS),
        rows,
        empty=ALL_ARE_REACHED if EVERYONE in reminder.to else ALONE,
    )
    code_url = f"/console/apps/{reminder.app}/codes?reminder={reminder.id}"
    return fill(
        "{table}{pager}{join}",
        table=made,
        pager=pager(visit, people),
        join=when(reminder.app and not visit.only_looks, button(visit, code_url, CODE)),
    )


def _leave(visit: Visit, reminder: ReminderDetails, uid: str) -> Html:
    name = person_name(uid, reminder.names.get(uid, ""))
    path = f"{LIST}/{reminder.id}/people/remove"
    sure = SURE_REMOVE.filled(name=name)
    return form(visit, path, Html(), REMOVE, kind="plain", confirm=sure, fields={"uid": uid})


def person_link(app_id: int, uid: str) -> Html:
    return link(f"/console/apps/{app_id}/subscribers/{uid}" if app_id else "", code(uid))
