"""Says that a message waits for the end of quiet hours."""

from datetime import datetime

from wechat_scheduler.web.console.parts import said_at
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

WAITS = W(
    "It waits for the end of the user's quiet hours, {at}.", "等待用户的免打扰时段结束：{at}。"
)


def waiting(visit: Visit, until: datetime | None) -> Html:
    """A line of advice; empty without a time."""
    if until is None:
        return Html()
    return fill('<p class="advice">{said}</p>', said=said_at(visit, WAITS, until))
