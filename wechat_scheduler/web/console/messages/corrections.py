"""Links between a message that failed and the message that was sent in its place."""

from collections.abc import Sequence
from typing import TypeAlias

from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.parts import Cell, joined
from wechat_scheduler.web.console.words import Phrase, Words
from wechat_scheduler.web.native.sending.messages import MessageResult
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

Facts: TypeAlias = list[tuple[Phrase, Cell | None]]

CORRECTS = W("It corrects", "改正自")
CORRECTED = W("It was corrected by", "改正后另发了")


def corrections_of(one: MessageResult) -> Facts:
    corrected = [one.corrects] if one.corrects else []
    return [(CORRECTS, _links(corrected)), (CORRECTED, _links(one.corrected_by))]


def _links(messages: Sequence[int]) -> Html:
    return joined(
        fill("{link} ", link=link(f"/console/messages/{one}", str(one))) for one in messages
    )
