"""Draws a message as WeChat will show it."""

import re
from collections.abc import Sequence
from typing import Final

from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.keyword_lines import named_keyword
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.messages.states import way
from wechat_scheduler.web.console.parts import advice, aside, code, joined, labelled, table
from wechat_scheduler.web.console.person_names import openid_tail, person_name
from wechat_scheduler.web.console.previewed import waiting
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.previews import (
    KeywordPreviewResult,
    MessagePreviewResult,
    WayPreviewResult,
)
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

TO = W("To {name}, openid {tail}", "发给 {name}，openid {tail}")
TO_NAMELESS = W("To the user with the openid {tail}", "发给 openid 为 {tail} 的用户")
TYPED = W("typed: {typed}", "填写的是：{typed}")
GETS, GETS_IT = W("Gets it", "能否收到"), W("yes", "能")
WHO_GETS_IT = W("Who gets it", "谁会收到")
FIRST, ELSE = W("As {way}", "以{way}发送"), W("Else as {way}", "否则以{way}发送")
SHOWN, TAKES = W("Shown", "显示"), W("WeChat takes", "微信接受")
HIDDEN, CUT = W("not shown", "不显示"), W("cut", "截断")
ANY = W("any text; 20 characters are shown", "任意文字；显示 20 个字符")
NO_KEYWORDS = W("The template gets no keywords.", "模板没有得到关键词。")
OPENS = W("A tap opens", "点击打开")
MADE_WHEN_SENT = W(
    "the daemon's page of the message, which is made when it is sent",
    "本守护进程的消息页面，发送时生成",
)
# Of a message without an id.
OWN_PAGE: Final = re.compile(r"/m/0\.[A-Za-z0-9_-]{22}$")
NOT_SENT = W("It would not be sent: {error}", "不会发送：{error}")
NOT_SENT_TO = W("It would not be sent to {typed}: {error}", "不会发给 {typed}：{error}")


def preview(visit: Visit, found: MessagePreviewResult, typed: str = "") -> Html:
    """`typed` is what the receiver was called."""
    parts = [
        when(found.uid, _receiver(visit, found, typed)),
        when(found.error, advice(visit, _not_sent(visit, found, typed))),
        *(advice(visit, one) for one in found.warnings),
        waiting(visit, found.waits_until),
        *(_way(visit, one, FIRST if at == 0 else ELSE) for at, one in enumerate(found.ways)),
    ]
    return joined(parts)


def _not_sent(visit: Visit, found: MessagePreviewResult, typed: str) -> str:
    """Names the receiver as typed where the app has no such user."""
    words = NOT_SENT if found.uid or not typed else NOT_SENT_TO
    return visit.say(words, typed=typed, error=visit.told(found.error))


def _receiver(visit: Visit, found: MessagePreviewResult, typed: str) -> Html:
    name, tail = person_name(found.uid, found.person, found.openid), openid_tail(found.openid)
    words, note = TO if name != tail else TO_NAMELESS, _typed(visit, found, typed)
    said = visit.say(words, name=name, tail=tail)
    return fill('<p class="faint">{said}{note}</p>', said=said, note=note)


def _typed(visit: Visit, found: MessagePreviewResult, typed: str) -> Html:
    """What the receiver was called, if that is nothing that the page says anyway."""
    known = ("", found.person, found.uid, found.openid)
    return aside(visit, TYPED.filled(typed=typed)) if typed not in known else Html()


def receivers(visit: Visit, found: Sequence[tuple[str, MessagePreviewResult]]) -> Html:
    """What each of several was called, and whether they get it."""
    heads = (terms.USER, terms.OPENID, GETS)
    rows = [_of_several(visit, typed, one) for typed, one in found]
    return table(visit, WHO_GETS_IT, heads, rows, empty=NO_KEYWORDS)


def _of_several(visit: Visit, typed: str, one: MessagePreviewResult) -> tuple[Html | str, ...]:
    gets = visit.sentence(one.error) if one.error else visit.say(GETS_IT)
    if not one.uid:
        return typed, "–", gets
    name = person_name(one.uid, one.person, one.openid)
    shown = fill("{name}{note}", name=name, note=_typed(visit, one, typed))
    return shown, openid_tail(one.openid), gets


def _way(visit: Visit, one: WayPreviewResult, words: Words) -> Html:
    return fill(
        '<h3>{head}</h3>{faults}<div class="bubble">{title}{body}{opens}</div>',
        head=visit.say(words, way=way(visit, one.way)),
        faults=_faults(visit, one),
        title=_title(one),
        body=fill('<p class="text">{text}</p>', text=one.text)
        if one.way == "text"
        else _keywords(visit, one),
        opens=_opens(visit, one),
    )


def _faults(visit: Visit, one: WayPreviewResult) -> list[Html]:
    """Why WeChat would refuse it, but for what the table says beside a text that is wrong."""
    shown = {it.name for it in one.keywords if it.fault}
    return [advice(visit, it.sentence) for it in one.faults if it.keyword not in shown]


def _title(one: WayPreviewResult) -> Html:
    """That of the template, or its id."""
    named = fill("<p><strong>{title}</strong></p>", title=one.title)
    return when(
        one.template_id, named if one.title else fill("<p>{id}</p>", id=code(one.template_id))
    )


def _keywords(visit: Visit, one: WayPreviewResult) -> Html:
    heads = (terms.KEYWORD, SHOWN, TAKES)
    rows = [_keyword(visit, it) for it in one.keywords]
    return table(visit, terms.KEYWORDS, heads, rows, empty=NO_KEYWORDS)


def _keyword(visit: Visit, it: KeywordPreviewResult) -> list[Html | str]:
    mark = HIDDEN if it.hidden else CUT if it.cut else None
    fault = fill('<p class="error">{fault}</p>', fault=visit.told(it.fault))
    return [
        named_keyword(it.name, {it.name: it.label}),
        fill(
            "{shown}{note}{fault}",
            shown=it.shown,
            note=aside(visit, mark) if mark else Html(),
            fault=when(it.fault, fault),
        ),
        _taken(visit, it),
    ]


def _taken(visit: Visit, it: KeywordPreviewResult) -> str:
    return visit.told(it.takes) or visit.say(ANY)


def _opens(visit: Visit, one: WayPreviewResult) -> Html:
    page = one.miniprogram
    target = code(f"{page.appid}/{page.pagepath}") if page else _address(visit, one.url)
    shown = fill('<p class="faint">{line}</p>', line=labelled(visit, visit.say(OPENS), target))
    return when(page or one.url, shown)


def _address(visit: Visit, url: str) -> Html:
    """The page of a message exists once it is sent: until then its address leads nowhere."""
    if OWN_PAGE.search(url):
        return fill("{words}", words=visit.say(MADE_WHEN_SENT))
    return link(url, url)
