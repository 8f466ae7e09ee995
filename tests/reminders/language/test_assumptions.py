"""What a sentence leaves open is said with the time that it is read as."""

import pytest

from tests.reminders.language.sentences import read_one
from wechat_scheduler.reminders.language.parsed import Parsed

EIGHT = ("hour", "", "08:00")


@pytest.mark.parametrize(
    ("text", "assumed"),
    [
        ("明天下午3点提醒我开会", []),
        ("下周一9点提醒我开会", []),
        ("下周周五9点提醒我开会", []),
        ("晚上8点提醒我吃药", []),
        ("明天9点提醒我开会", []),
        ("每月底9点提醒我交租", []),
        ("明天3点提醒我开会", [("half", "3点", "15:00")]),
        ("每天早中晚吃药", [("hour", "", "08:00, 12:00, 20:00")]),
        ("下周提醒我交电费", [EIGHT, ("day", "下周", "2026-11-23")]),
        ("下个月9点提醒我交电费", [("day", "下个月", "2026-12-01")]),
        ("月底提醒我交电费", [EIGHT, ("day", "月底", "2026-11-30")]),
        ("年底提醒我交电费", [EIGHT, ("day", "年底", "2026-12-31")]),
        ("周末9点提醒我打扫", [("day", "周末", "2026-11-21")]),
        ("1月中旬9点提醒我体检", [("day", "1月中旬", "2027-01-15")]),
        ("周五前提醒我交材料", [EIGHT, ("before", "周五前", "2026-11-20 08:00")]),
        ("28号之前9点提醒我交材料", [("before", "28号之前", "2026-11-28 09:00")]),
        ("国庆节前提醒我买票", [EIGHT, ("before", "国庆节前", "2027-10-01 08:00")]),
        ("周五下午5点前提醒我交材料", [("before", "下午5点前", "2026-11-20 17:00")]),
        ("三天内提醒我交材料", [EIGHT, ("before", "三天内", "2026-11-21 08:00")]),
    ],
)  # fmt: skip
def test_what_is_not_written_is_said(text: str, assumed: list[tuple[str, str, str]]) -> None:
    parsed = read_one(text)

    assert isinstance(parsed, Parsed)
    assert [(one.kind, one.said, one.meant) for one in parsed.assumed] == assumed
