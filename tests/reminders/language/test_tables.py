"""The parser reads each table of sentences as its writers mean them, and can read what it says of them."""

from collections import defaultdict

import pytest

from tests.reminders.language.sentences import (
    NOW,
    TABLES,
    Outcome,
    Sentence,
    read,
    read_one,
    sentences,
)
from wechat_scheduler.reminders.bot.commands import read_command
from wechat_scheduler.reminders.language.leftovers import unread
from wechat_scheduler.reminders.language.normalise import normalise
from wechat_scheduler.reminders.language.parsed import Parsed
from wechat_scheduler.reminders.language.refused_sentences import LanguageError

ASKED = {
    "stranger.once.title": 8,
    "stranger.once.weekday": 1,
    "stranger.again.hourly": 7,
    "unseen.once.nurses": 1,
    "callers.refused.restaurants": 1,
    "callers.refused.training": 1,
}
"""The sentences of each kind of the strangers' tables whose writers are asked, or refused."""


@pytest.fixture(scope="module", params=TABLES)
def table(request: pytest.FixtureRequest) -> str:
    """All tests of a table come together: it is read once."""
    name: str = request.param
    return name


def test_every_sentence_is_read_as_it_is_meant_or_its_writer_is_asked(table: str) -> None:
    amiss: dict[str, list[Sentence]] = defaultdict(list)

    for each in sentences(table):
        if each.misread():
            amiss[f"{table}.{each.kind}"].append(each)

    told = {each.text: each.misread() for some in amiss.values() for each in some}
    asked = {kind: len(some) for kind, some in amiss.items()}
    assert Outcome.WRONG not in {each.outcome() for some in amiss.values() for each in some}, told
    assert not [kind for kind, number in asked.items() if number > ASKED.get(kind, 0)], told


def test_no_words_of_time_are_left_in_a_title(table: str) -> None:
    found = [read_one(each.text) for each in sentences(table)]

    titles = [each.title for each in found if not isinstance(each, LanguageError)]

    assert titles
    assert not [title for title in titles if unread(normalise(title), NOW.date())]


def test_the_echo_of_a_reading_is_read_back_as_the_same_reminder(table: str) -> None:
    readings = [reading for each in sentences(table) for reading in _readings(each.text)]

    again = [(reading, _readings(reading.understood)) for reading in readings]

    assert len(readings) > 50
    assert not [
        (one.understood, two) for one, two in again if list(map(_core, two)) != [_core(one)]
    ]


def test_no_sentence_that_becomes_a_reminder_is_a_command(table: str) -> None:
    reminders = [each.text for each in sentences(table) if "refused" not in each.wanted]

    assert [text for text in reminders if read_command(text)] == []


def test_the_echo_of_a_rare_reading_is_read_back() -> None:
    rare = [
        "二十五号赶集记前一天得带上秤",
        "每季度第一天和30号交表",
        "九十秒半后出门",
        "0.5秒后提醒我",
        "每年3月、6月、9月、12月最后一天和每年1月1日盘点",
    ]

    readings = [reading for text in rare for reading in _readings(text)]

    assert len(readings) == len(rare)
    assert [_core(two) for one in readings for two in _readings(one.understood)] == [
        *map(_core, readings)
    ]


def _readings(text: str) -> tuple[Parsed, ...]:
    readings = read(text)
    return () if isinstance(readings, LanguageError) else readings


def _core(parsed: Parsed) -> tuple[object, ...]:
    return parsed.time, parsed.rule, parsed.title, parsed.end, parsed.advance
