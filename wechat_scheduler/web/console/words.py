"""Phrases in both languages of the console, and which of them a visitor reads."""

import enum
import re
from typing import Final, NamedTuple, TypeAlias

from aiohttp import hdrs, web

from wechat_scheduler.engine.sentences import fill_chinese

COOKIE: Final = "console_language"
# A browser lists a few languages. What comes after these is ignored.
_MOST: Final = 16
_RANGE: Final = re.compile(r"\s*([A-Za-z*-]{1,16})(?:\s*;\s*q=([01](?:\.[0-9]{0,3})?))?\s*")


class Words(NamedTuple):
    """A phrase in both languages. `{names}` in it are filled by `Visit.say`."""

    en: str
    zh: str

    def filled(self, **values: object) -> "Words":
        """The phrase with its `{names}` filled, where a piece of a page takes a phrase."""
        return Words(self.en.format(**values), fill_chinese(self.zh, **values))

    def filled_in(self, language: "Language", **values: object) -> str:
        """The same in one language."""
        if language is Language.ZH:
            return fill_chinese(self.zh, **values)
        return self.en.format(**values)


# A phrase, or a name that is the same in all languages.
Phrase: TypeAlias = Words | str


class Language(enum.StrEnum):
    """A language, as `lang` in HTML spells it."""

    EN = "en"
    ZH = "zh-CN"


def phrase(words: Phrase, language: Language) -> str:
    if isinstance(words, str):
        return words
    return words.zh if language is Language.ZH else words.en


def language_of(request: web.Request) -> Language:
    """The one that the visitor chose, else the first that the browser asks for, else English."""
    chosen = request.cookies.get(COOKIE, "")
    if chosen in {one.value for one in Language}:
        return Language(chosen)
    return preferred(request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))


def preferred(accepted: str) -> Language:
    """The language of ours that this `Accept-Language` prefers."""
    best, language = 0.0, Language.EN
    for one in accepted.split(",", _MOST)[:_MOST]:
        found = _RANGE.fullmatch(one)
        if found is None:
            continue
        weight = float(found[2] or 1)
        known = _known(found[1].lower())
        if known is not None and weight > best:
            best, language = weight, known
    return language


def _known(tag: str) -> Language | None:
    name = tag.partition("-")[0]
    return {"zh": Language.ZH, "en": Language.EN}.get(name)
