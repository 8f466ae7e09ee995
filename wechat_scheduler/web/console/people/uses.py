"""The subscribe notices that a user still allows, as a table."""

from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.parts import code, table
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.uses import UseCountResult
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

USES = W("Subscribe notices allowed", "允许的订阅通知")
LEFT, SWITCHED_OFF = W("Left", "剩余"), W("switched off by the user", "用户已关闭")
AT_LEAST = W("at least {n}", "至少 {n}")
NO_USES = W("WeChat has told of none.", "微信没有报告过。")


def uses_table(visit: Visit, uses: list[UseCountResult]) -> Html:
    rows = [
        (
            fill("{names} {id}", names=visit.listed(one.used_as), id=code(one.template_id)),
            visit.say(SWITCHED_OFF)
            if one.switched_off
            else str(one.remaining)
            if one.certain
            else visit.say(AT_LEAST, n=one.remaining),
            visit.exactly(one.changed_at),
        )
        for one in uses
    ]
    return table(visit, USES, (terms.TEMPLATE, LEFT, terms.SINCE), rows, empty=NO_USES)
