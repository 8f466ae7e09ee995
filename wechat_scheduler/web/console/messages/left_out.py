"""Names on the page of a message those whom the form could not send it to, and says why."""

from typing import Final

import msgspec

from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.messages.to_whom import MessageReceivers
from wechat_scheduler.web.console.outcomes import outcome_of
from wechat_scheduler.web.console.parts import section, table
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.message_requests import SentResult
from wechat_scheduler.web.pages.markup import Html

W = Words

NOT_SENT_TO = W("It is not sent to", "没有发给")
EMPTY = W("It is sent to all.", "发给了所有人。")
_HEADS: Final = (terms.USER, terms.REASON)


class OmittedReceivers(msgspec.Struct, kw_only=True):
    """Each of the people as typed, with the reason."""

    people: list[tuple[str, str]]


def left_out(whom: MessageReceivers, sent: SentResult) -> OmittedReceivers:
    """The response has the receivers in the order of the request."""
    typed = [user.typed for user in whom.users]
    names = (
        typed if len(typed) == len(sent.deliveries) else [str(one.to) for one in sent.deliveries]
    )
    pairs = zip(names, sent.deliveries, strict=True)
    return OmittedReceivers(people=[(name, one.error) for name, one in pairs if one.error])


async def told_left_out(visit: Visit) -> Html:
    """Empty unless the form of this session led here."""
    outcome = await outcome_of(visit, OmittedReceivers)
    if outcome is None or not outcome.people:
        return Html()
    rows = [(name, visit.sentence(error)) for name, error in outcome.people]
    return section(visit, NOT_SENT_TO, table(visit, NOT_SENT_TO, _HEADS, rows, empty=EMPTY))
