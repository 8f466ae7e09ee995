"""The page of one consumer: its settings, today's calls, and what can be done with it."""

from collections.abc import Iterable
from typing import Final

from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.access.consumer_form import WORDS
from wechat_scheduler.web.console.access.tabs import ROOM, accounts, limits
from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.known_accounts import lacking, way_to_register
from wechat_scheduler.web.console.links import account_link
from wechat_scheduler.web.console.parts import (
    code,
    facts,
    joined,
    section,
    spaced,
    state,
    table,
)
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.consumer_bodies import ConsumerResult
from wechat_scheduler.web.native.consumers import NAMED
from wechat_scheduler.web.native.usage import UseResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

USAGE = W("Calls today, the most first", "今天的调用，次数最多的在前")
NO_USAGE = W("No calls today.", "今天没有调用。")
TOKENS = W("Tokens", "token")
STAND_INS, REAL = W("stand-ins", "替身"), W("WeChat's own", "微信的原 token")
NO_LIMIT = W("no limit", "不限")
HEADS: Final = (
    terms.ACCOUNT,
    terms.PATH,
    terms.CALLS,
    W("Refused by WeChat", "被微信拒绝"),
    W("Refused here, beside these", "被网关拒绝（另计）"),
)
UNREGISTERED = W(
    "The account {appid} is not registered here: calls for it are refused with 40013 until it is.",
    "账号 {appid} 还没有在这里登记：登记之前，对它的调用都被拒绝，errcode 为 40013。",
)
MORE = W("{n} more of its accounts are not registered here.", "另有 {n} 个账号没有在这里登记。")
ROTATE, REVOKE = W("New secret", "换新密钥"), W("Revoke", "吊销")
ROTATE_ASK = W(
    "Make a new secret for {name}? The old one and its tokens stop working at once.",
    "给 {name} 换新密钥？旧密钥和它的 token 立即失效。",
)
REVOKE_ASK = W(
    "Revoke the consumer {name}? Its secret and its tokens stop working at once.",
    "吊销使用方 {name}？它的密钥和 token 立即失效。",
)


async def told_unregistered(visit: Visit, appids: Iterable[str]) -> Html:
    """Of each account without a credential here, with the way to register it for a key that may."""
    bare = sorted(await lacking(visit, appids))
    told = [
        fill('<p class="advice">{told}</p>', told=spaced(visit.say(UNREGISTERED, appid=appid), way_to_register(visit, appid)))
        for appid in bare[:NAMED]
    ]  # fmt: skip
    rest = fill('<p class="advice">{more}</p>', more=visit.say(MORE, n=f"{len(bare) - NAMED:,}"))
    return joined([*told, when(len(bare) > NAMED, rest)])


def consumer_sections(visit: Visit, one: ConsumerResult, used: list[UseResult]) -> Html:
    uses = [
        [
            account_link(visit, use.appid),
            code(use.path),
            *map(str, (use.calls, use.errors, use.refused)),
        ]
        for use in used
    ]
    return joined(
        [
            section(visit, terms.SETTINGS, joined([_facts(visit, one), _acts(visit, one)])),
            section(visit, USAGE, table(visit, USAGE, HEADS, uses, empty=NO_USAGE)),
        ]
    )


def _facts(visit: Visit, one: ConsumerResult) -> Html:
    return facts(
        visit,
        [
            (terms.STATE, badge(visit, one)),
            (terms.CREATED, visit.exactly(one.created_at)),
            (terms.USED_LAST, visit.exactly(one.last_used_at)),
            (TOKENS, visit.say(STAND_INS if one.stand_in else REAL)),
            (WORDS["appids"], accounts(visit, one.appids)),
            (WORDS["networks"], limits(visit, one.networks)),
            (WORDS["allow_paths"], limits(visit, one.allow_paths)),
            (WORDS["deny_paths"], limits(visit, one.deny_paths) if one.deny_paths else None),
            *(
                (WORDS[name], str(getattr(one, name) or visit.say(NO_LIMIT)))
                for name in ("per_minute", "per_day")
            ),
        ],
    )


def badge(visit: Visit, one: ConsumerResult) -> Html:
    is_active = one.state == "active"
    return state(visit, "good", terms.ACTIVE) if is_active else state(visit, "bad", terms.REVOKED)


def _acts(visit: Visit, one: ConsumerResult) -> Html:
    if one.state != "active":
        return Html()
    here = f"{ROOM}/consumers/of/{one.name}"
    rotate, revoke = (words.filled(name=one.name) for words in (ROTATE_ASK, REVOKE_ASK))
    return fill(
        '<div class="buttons"><a class="button" href="{edit}">{words}</a>{rotate}{revoke}</div>',
        edit=f"{here}/edit",
        words=visit.say(terms.CHANGE),
        rotate=form(visit, f"{here}/secret", Html(), ROTATE, kind="quiet", confirm=rotate),
        revoke=form(visit, f"{here}/revoke", Html(), REVOKE, kind="danger", confirm=revoke),
    )
