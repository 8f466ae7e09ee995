"""Patterns that are compiled with their first use work as others do, and are valid."""

import re

from tests.reminders.language.sentences import NOW, sentences
from wechat_scheduler.engine.patterns import compile_all, pattern
from wechat_scheduler.reminders.language import scan
from wechat_scheduler.reminders.language.normalise import normalise
from wechat_scheduler.reminders.language.refused_sentences import LanguageError


def test_a_pattern_works_as_a_compiled_one_and_every_pattern_is_valid() -> None:
    number = pattern(r"\d+")

    compile_all()

    assert number.search("a12") is not None
    assert number.sub("", "a12") == "a"
    assert number.pattern == r"\d+"
    assert isinstance(number.match, type(re.compile("").match))


def test_no_word_is_missed_for_lack_of_a_character_that_it_needs() -> None:
    texts = [
        normalise(each.text) for table in ("sentences", "stranger") for each in sentences(table)
    ]
    words = [word for word in scan._WORDS if word.needs]

    found = [
        (word.needs, text)
        for word in words
        for text in texts
        for match in word.pattern.finditer(text)
        if _means(word, match)
    ]

    assert found
    assert not [text for needs, text in found if not set(needs) & set(text)]


def _means(word: scan._Word, match: re.Match[str]) -> bool:
    try:
        return bool(match.group() and scan._values(word, match, NOW.date()))
    except LanguageError:
        return True
