"""Says which reminder a message comes from, and of whom it is."""

from typing import Final

from wechat_scheduler.access.model import Scope
from wechat_scheduler.errors import NotFoundError, RequestError
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.parts import ASIDE, code
from wechat_scheduler.web.console.person_names import person_name
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.reminders.bodies import ReminderDetails
from wechat_scheduler.web.native.sending.messages import MessageResult
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

GONE = W("a reminder that was deleted", "已删除的提醒")
OF_OWNER = W("set by {name}", "由 {name} 设置")
PAGE: Final = "/console/reminders/{id}"


async def reminder_behind(visit: Visit, message: MessageResult) -> Html:
    """The reminder by its title, with its owner, or by its id if it cannot be read; empty for other messages."""
    if not message.reminder or not visit.sees(Scope.PUSH):
        return Html()
    try:
        found = await visit.api.get(
            "/v1/reminders/{reminder}", ReminderDetails, reminder=message.reminder
        )
    except NotFoundError:
        return fill("{gone}", gone=visit.say(GONE))
    except RequestError:  # its own page says what is wrong
        return link(PAGE.format(id=message.reminder), code(message.reminder))
    name = person_name(found.owner, found.names.get(found.owner, ""))
    owner = visit.say(ASIDE, words=visit.say(OF_OWNER, name=name)) if name else ""
    return fill(
        "{link} {owner}", link=link(PAGE.format(id=message.reminder), found.title), owner=owner
    )
