"""Checks an app's templates when they are written, as far as they are known by then."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from wechat_scheduler.audience.model import SHANGHAI, AccountTemplate, Template
from wechat_scheduler.delivery.filling import OWN, needed, places, without_places
from wechat_scheduler.delivery.keywords import fit

# The purposes whose messages may have no data of their own.
REMINDER = "reminder"
ALWAYS_WHOLE = ("message", REMINDER)


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
    account; without any, only texts are checked."""
    for keyword, text in template.fields.items():
        if fault := _text_fault(purpose, keyword, text):
            yield MappingFault(keyword, fault)
    if known:
        yield from _account_faults(purpose, template, known.get(template.template_id))


def _text_fault(purpose: str, keyword: str, text: str) -> str:
    names = places(text)
    if re.search("[{}]", without_places(text)):
        return "write a name in one pair of braces, such as {title}"
    if purpose == REMINDER and (odd := [name for name in names if name not in OWN]):
        return f"a reminder has no data to fill {{{odd[0]}}} with: write {_listed(OWN)}"
    return "" if names else fit(keyword, text, SHANGHAI).fault


def _account_faults(
    purpose: str, template: Template, account: AccountTemplate | None
) -> Iterator[MappingFault]:
    if account is None:
        yield MappingFault(
            "", "is not among the account's templates: correct it, or import them again"
        )
        return
    has = f"{template.template_id} has {', '.join(account.keywords) or 'no keywords'}"
    for keyword, text in template.fields.items():
        allowed = account.keywords.get(keyword)
        if allowed is None:
            yield MappingFault(keyword, f"is not a keyword of the template: {has}")
        elif not places(text) and (fault := fit(keyword, text, SHANGHAI, allowed).fault):
            yield MappingFault(keyword, fault)
    missing = [name for name in needed(account) if name not in template.fields]
    if missing and purpose in ALWAYS_WHOLE:
        yield MappingFault(missing[0], f"is needed too: {has}")


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
