"""Checks an app's templates when they are written, as far as they are known by then."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from wechat_scheduler.audience.model import SHANGHAI, AccountTemplate, Template
from wechat_scheduler.delivery.filling import OWN, needed, places, put_in, without_places
from wechat_scheduler.delivery.keywords import fit, taken
from wechat_scheduler.engine.sentences import Sentence

# The purposes whose messages may have no data of their own.
REMINDER = "reminder"
ALWAYS_WHOLE = ("message", REMINDER)

NO_KEYWORDS: Final = Sentence("no keywords", "没有关键词")
ONE_PAIR: Final = Sentence(
    "write a name in one pair of braces, such as {{title}}", "名字写在一对花括号里，例如 {{title}}"
)
NO_DATA: Final = Sentence(
    "a reminder has no data to fill {place} with: write {places}",
    "提醒没有 data 可填入 {place}：请写 {places}",
)
NOT_LISTED: Final = Sentence(
    "is not among the account's templates: correct it, or import them again",
    "不在账号的模板里：请更正，或重新导入",
)
NO_SUCH: Final = Sentence(
    "is not a keyword of the template: {template_id} has {keywords}",
    "不是这个模板的关键词：{template_id} 的关键词是 {keywords}",
)
NEEDED: Final = Sentence(
    "is needed too: {template_id} has {keywords}", "也需要：{template_id} 的关键词是 {keywords}"
)

MAY_NOT_FIT: Final = Sentence(
    "takes {takes}: a message whose {places} is anything else is not sent; if it may be, write a name of the message's "
    "data there",
    "应为{takes}：消息的 {places} 不是这样的话，就发不出去；如果可能不是，请改填消息 data 里的名字",
)
# What a title and a text may be.
_SAMPLES: Final = {
    "title": "通知 notice 1！",
    "content": "通知 notice 1！",
    "time": "2026年11月18日 10:30",
}


def sentences() -> Iterator[Sentence]:
    """What may be wrong, alone, behind the keyword, and behind its place in the settings of the app."""
    for one in (ONE_PAIR, NO_DATA, NOT_LISTED, NO_SUCH, NEEDED, MAY_NOT_FIT):
        yield one
        yield Sentence(f"{{keyword}} {one.en}", f"{{keyword}} {one.zh}")
        yield Sentence(f"templates.{{at}}: {one.en}", f"templates.{{at}}：{one.zh}")
    yield NO_KEYWORDS


class MappingFault(NamedTuple):
    """`keyword` is empty if the template itself is at fault."""

    keyword: str
    sentence: str

    def place(self, purpose: str) -> str:
        """The path of what is wrong in an app's settings."""
        return f"templates.{purpose}.{f'fields.{self.keyword}' if self.keyword else 'template_id'}"


def mapping_faults(
    purpose: str, template: Template, known: Mapping[str, AccountTemplate]
) -> Iterator[MappingFault]:
    """What WeChat would refuse in every message. `known` are the templates that were imported from the
    account; without any, only texts are checked. What both find is said once."""
    found = dict.fromkeys(_text_faults(purpose, template))
    if known:
        account = known.get(template.template_id)
        found |= dict.fromkeys(_account_faults(purpose, template, account))
    yield from found


def mapping_doubts(
    template: Template, app: str, known: Mapping[str, AccountTemplate]
) -> Iterator[MappingFault]:
    """Keywords that WeChat would refuse in some messages, for what every message has: its title, its text and its
    time, and the name of the `app`."""
    account = known.get(template.template_id)
    for keyword, text in template.fields.items():
        own = tuple(dict.fromkeys(name for name in places(text) if name in OWN))
        allowed = account.keywords.get(keyword, ()) if account else ()
        values = dict.fromkeys(places(text), "1") | _SAMPLES | {"app": app}
        if own and fit(keyword, put_in(text, values), SHANGHAI, allowed).fault:
            takes = taken(keyword, allowed)
            yield MappingFault(keyword, MAY_NOT_FIT.fill(takes=takes, places=_listed(own)))


def _text_faults(purpose: str, template: Template) -> Iterator[MappingFault]:
    for keyword, text in template.fields.items():
        if fault := _text_fault(purpose, keyword, text):
            yield MappingFault(keyword, fault)


def _text_fault(purpose: str, keyword: str, text: str) -> str:
    names = places(text)
    if re.search("[{}]", without_places(text)):
        return ONE_PAIR.fill()
    if purpose == REMINDER and (odd := [name for name in names if name not in OWN]):
        return NO_DATA.fill(place=f"{{{odd[0]}}}", places=_listed(OWN))
    return "" if names else fit(keyword, text, SHANGHAI).fault


def _account_faults(
    purpose: str, template: Template, account: AccountTemplate | None
) -> Iterator[MappingFault]:
    if account is None:
        yield MappingFault("", NOT_LISTED.en)
        return
    has = ", ".join(account.keywords) or NO_KEYWORDS.en
    for keyword, text in template.fields.items():
        allowed = account.keywords.get(keyword)
        if allowed is None:
            fault = NO_SUCH.fill(template_id=template.template_id, keywords=has)
            yield MappingFault(keyword, fault)
        elif not places(text) and (fault := fit(keyword, text, SHANGHAI, allowed).fault):
            yield MappingFault(keyword, fault)
    missing = [name for name in needed(account) if name not in template.fields]
    if missing and purpose in ALWAYS_WHOLE:
        fault = NEEDED.fill(template_id=template.template_id, keywords=has)
        yield MappingFault(missing[0], fault)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
