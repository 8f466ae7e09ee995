"""Errors of forms are said in Chinese on Chinese pages."""

import ast
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from string import Formatter
from typing import Annotated, Any

import msgspec
import pytest
from msgspec import Meta

from tests.console.visitor import Browser
from tests.documents import nodes
from tests.test_chinese import HAN, ROOT, VALUE, texts
from wechat_scheduler import errors
from wechat_scheduler.daemon.chinese import chinese, sentences
from wechat_scheduler.errors import InvalidRequestError, NotFoundError, RequestError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.console import reason_sentences, request_errors
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.rewording import REASONS, reword
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.texts import (
    APP_NAMESAKE,
    KEY_NAMESAKE,
    TOPIC_NAMESAKE,
    note_on_namesakes,
)

OURS = chinese()
ROOMS = ("web/native", "web/kit", "delivery", "audience", "reminders", "access", "alerts")
# They answer in Chinese themselves, are asked by programs alone, or say in one sentence that a rule is wrong.
OTHERS = (
    "reminders/language",
    "reminders/bot",
    "reminders/recurrence",
    "web/native/jssdk",
    "web/native/page_signature",
    "web/native/pushes",
    "web/native/events",
    "web/native/openapi",
    "web/kit/auth",
    "web/kit/unrouted",
    "web/kit/encodings",
    "web/kit/bodies",
)
KINDS = {
    "ReminderError",
    "RuleError",
    *(
        name
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, RequestError)
    ),
}


def raised() -> Iterator[str]:
    """The sentences of errors that a form can meet, with 7 for each value."""
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            if not str(file.relative_to(ROOT)).startswith(OTHERS):
                yield from _raised(file)


def _raised(file: Path) -> Iterator[str]:
    for node in nodes(file):
        match node:
            case ast.Call(func=ast.Name(id="asking_wechat"), args=[ast.Constant(value=str(text))]):
                yield f"{text}: 7"
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(text)), *_]):
                yield from [text] if name in KINDS else []
            case ast.Call(func=ast.Name(id=name), args=[ast.JoinedStr(values=parts), *_]):
                filled = (str(x.value) if isinstance(x, ast.Constant) else "7" for x in parts)
                yield from ["".join(filled)] if name in KINDS else []


def test_a_note_on_a_name_that_others_have_has_chinese() -> None:
    for note in (APP_NAMESAKE, TOPIC_NAMESAKE, KEY_NAMESAKE):
        said = note_on_namesakes(note, "小店", [7, 8])

        assert OURS.of(said) == note.zh.format(name="小店", ids="7, 8")


def test_every_error_that_a_form_can_meet_has_chinese() -> None:
    # A hint may follow a sentence, and an advice an error.
    met = {re.sub(r"(?<=[a-z])7$", "", text) for text in raised() if re.search("[a-z]{3}", text)}

    assert len(met) > 100
    assert [text for text in sorted(met) if OURS.of(text) == text] == []


# Rooms whose sentences are stored with messages, reminders, credentials and pushes, or said of the store.
STORED = (
    "wechat",
    "webhooks",
    "mail",
    "delivery",
    "credentials",
    "pushes",
    "audience",
    "alerts",
    "reminders",
    "storage",
)
# Their texts are no reasons, or have their Chinese beside them: what starts, moves or copies a store is told in a terminal, what answers a program or WeChat
# in English, and what is read or said in a chat is Chinese.
NO_REASONS = (
    "wechat/errcode_lookup",
    "wechat/errcodes",
    "wechat/sending_errcodes",
    "wechat/platform_errcodes",
    "wechat/kept_connections",
    "pushes/intake",
    "alerts/message_sentences",
    "reminders/language",
    "reminders/bot",
    "reminders/recurrence",
    "storage/contracting",
    "storage/lanes",
    "storage/migrate",
    "storage/opening",
    "storage/sealing_keys",
    "storage/sqlite/backup",
    "storage/postgres/change_listener",
    "storage/postgres/connections",
    "storage/upkeep/moving",
)
# Names of columns and of parts, what WeChat says, what stops a start or is a bug of ours, and parts of sentences.
ALONE = {
    "component is not authorized by this account",
    "with too many interim responses",
    "7, which stands for all subscribers",
    "a uid of ours",
    "there is no database at 7",
    "cannot open the database 7: 7",
    "a SQLite URL has three slashes and an absolute path: sqlite:///path",
    "the database is on a file system without write-ahead logging",
    "the values of many rows come in the order of their use",
    "the row 7 of the table meta is damaged: restore a backup",
    "7 is 7, which is not a count",
    "number is 7, which is not a count",
}
SENTENCE = re.compile("[a-z]{2,} [a-z]+ [a-z]{2}")
SQL = re.compile(r"[A-Z]{4,} |\n|^[a-z_ ]+ (?:created_at|effect)$")


def stored() -> Iterator[str]:
    """The texts of these rooms that read like a sentence, with 7 for each value."""
    for room in STORED:
        for file in sorted((ROOT / room).rglob("*.py")):
            if not str(file.relative_to(ROOT)).startswith(NO_REASONS):
                yield from (text.replace(VALUE, "7") for text in texts(file))


def test_every_reason_that_is_stored_has_chinese() -> None:
    own = {sentence.en for sentence in sentences()}
    reasons = (
        {
            text
            for text in stored()
            if SENTENCE.search(text) and not SQL.search(text) and not re.search(HAN, text)
        }
        - own
        - ALONE
    )

    assert len(reasons) > 30
    assert [text for text in sorted(reasons) if not re.search(HAN, OURS.of(text))] == []


def test_each_sentence_of_the_tables_is_said_somewhere() -> None:
    apart = {"request_errors.py", "reason_sentences.py"}
    files = [file for file in ROOT.rglob("*.py") if file.name not in apart]
    said = "\n".join(text for file in files for text in texts(file))
    every = (*request_errors.SENTENCES, *reason_sentences.SENTENCES)

    assert [
        sentence.en
        for sentence in every
        for literal, _, _, _ in Formatter().parse(sentence.en)
        if literal.strip(' :;,."{}') not in said
    ] == ["must be an RFC 3339 time such as 2026-11-18T10:30:00+08:00"]  # put together there


def test_each_reason_has_chinese_but_for_those_whose_sentence_is() -> None:
    assert set(REASONS) == {reason for reason in Reason if not reason.startswith("sentence.")}


def test_an_error_keeps_its_field_and_its_reason() -> None:
    error = NotFoundError("there is no app 7", reason=Reason.APP_UNKNOWN, field="app")

    reword(error, OURS)

    assert (error.sentence, error.field, str(error)) == ("没有应用 7", "app", "app: 没有应用 7")
    assert error.reason is Reason.APP_UNKNOWN


def test_an_error_of_tomorrow_has_the_chinese_of_its_reason() -> None:
    error = NotFoundError("it went away", reason=Reason.MESSAGE_UNKNOWN)

    reword(error, OURS)
    reword(error, OURS)

    assert str(error) == "没有这条消息（it went away）"


def test_a_place_in_a_list_is_named_in_the_language_of_the_sentence() -> None:
    english = InvalidRequestError("is required", field="to[1]")
    chinese = InvalidRequestError("必须填写", field="to[1]")

    assert Mistakes(english).at("to") == "no. 2: is required."
    assert Mistakes(chinese).at("to") == "第 2 项：必须填写。"


class Measured(msgspec.Struct):
    days: Annotated[int, Meta(ge=1, le=9)] | None = None
    name: Annotated[str, Meta(min_length=2, max_length=3)] | None = None
    code: Annotated[str, Meta(pattern="^[0-9]$")] = ""
    ids: Annotated[list[int], Meta(max_length=1)] | None = None
    kind: int | str = 0
    share: float = 0
    is_on: bool = False
    at: Annotated[datetime, Meta(tz=True)] | None = None


@pytest.mark.parametrize(
    "body",
    [
        *({"days": one} for one in (0, 10, "x", 10**30)),
        *({"name": one} for one in ("x", "xxxx", 7, [])),
        *({"ids": one} for one in ([1, 2], ["x"], "x", {})),
        {"code": "x"}, {"kind": []}, {"kind": 1.5}, {"share": "x"}, {"is_on": 1}, {"at": "x"}, {"at": 1},
        {"at": "2026-11-18T10:30:00"}, [],
    ],
)  # fmt: skip
def test_what_the_reader_of_bodies_expects_has_no_english_in_its_chinese(body: Any) -> None:
    with pytest.raises(InvalidRequestError) as raised:
        decode(msgspec.json.encode(body), Measured)

    reword(raised.value, OURS)

    said = raised.value.sentence
    assert not re.search("[a-z] [a-z]|填写有误", said.replace("RFC 3339", "")), said


async def test_days_of_a_key_are_refused_in_days(admin: Browser) -> None:
    place = "/console/access/keys/new"
    form = await admin.open(place)

    for language, told in (("zh-CN", "必须是 1 到 3660 天。"), ("en", "Must be 1 to 3660 days.")):
        for days in ("99999999999", "-3"):
            spoken = {"Accept-Language": language}
            page = await admin.submit(form, place, headers=spoken, name="x", expires_in=days)
            assert page.root.one("p", id="error-expires_in").text == told


async def test_a_form_says_in_chinese_what_is_wrong(admin: Browser) -> None:
    page = await admin.open("/console/messages?message=x", Accept_Language="zh-CN")
    english = await admin.open("/console/messages?message=x", Accept_Language="en")
    unknown = await admin.open("/console/apps/9", Accept_Language="zh-CN")

    assert page.root.one("p", id="error-message").text == "必须是数字。"
    assert english.root.one("p", id="error-message").text == "Must be a number."
    assert "没有应用 9。" in unknown.text
