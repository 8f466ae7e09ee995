"""Entries of the audit as rows of a table."""

from collections.abc import Mapping, Sequence
from typing import Final

from wechat_scheduler.access.actions import Action
from wechat_scheduler.web.console.access.action_words import action_words
from wechat_scheduler.web.console.access.audited_objects import (
    actor,
    audited_object,
    named_apps,
    titles,
)
from wechat_scheduler.web.console.parts import code, table
from wechat_scheduler.web.console.visit import ZONE, Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.audit import AuditEntryResult
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

HEADS: Final = (
    W("Time", "时间"),
    W("Action", "操作"),
    W("Object", "对象"),
    W("By", "操作者"),
    W("Address", "地址"),
    W("Count", "次数"),
)
IN_HOUR = W("in the hour from {begins}", "{begins} 起的一小时内")
NO_ADDRESS = W("not noted", "不记录")


async def audit_table(
    visit: Visit,
    caption: Words,
    entries: Sequence[AuditEntryResult],
    keys: Mapping[str, str],
    *,
    empty: Words,
) -> Html:
    """`keys` are the names of API keys, by id."""
    apps, named = await named_apps(visit, entries), await titles(visit, entries)
    rows = [_row(visit, one, keys, apps, named) for one in entries]
    return table(visit, caption, HEADS, rows, empty=empty)


def _row(
    visit: Visit,
    one: AuditEntryResult,
    keys: Mapping[str, str],
    apps: Mapping[int, AppResult],
    named: Mapping[str, str],
) -> list[Html | str]:
    return [
        _when(visit, one),
        fill(
            '{words} <small class="below">{action}</small>',
            words=visit.say(action_words(one.action)),
            action=code(one.action),
        ),
        audited_object(visit, one, keys, apps, named),
        actor(visit, one.key, keys),
        one.address or fill('<span class="faint">{none}</span>', none=visit.say(NO_ADDRESS)),
        str(one.count),
    ]


def _when(visit: Visit, one: AuditEntryResult) -> Html:
    """Reads share an entry, which knows the hour."""
    if one.action == Action.READ:
        begins = f"{one.at.astimezone(ZONE):%Y-%m-%d %H:%M}"
        return fill("{hour}", hour=visit.say(IN_HOUR, begins=begins))
    return visit.exactly(one.at)
