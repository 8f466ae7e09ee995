"""`reminders`, with a daemon that is running."""

import json
from pathlib import Path

import pytest

from tests.cli.commands import Ended
from tests.cli.test_jobs import caller, command
from tests.house import APPID, Caller

__all__ = ["caller"]


@pytest.fixture
async def app(caller: Caller, tmp_path: Path) -> str:
    """An app with one subscriber, alice. It is 2026-11-18, 10:30 in Shanghai."""
    made = await command("apps", "create", "shop", "--appid", APPID, "--json", state=tmp_path)
    app = str(json.loads(made.out)["id"])
    await command("apps", "bind", app, "alice", "o_alice", state=tmp_path)
    return app


async def create(app: str, tmp_path: Path, *words: str) -> Ended:
    arguments = ("reminders", "create", "--app", app, "--to", "alice", *words)
    return await command(*arguments, state=tmp_path)


def facts(ended: Ended) -> dict[str, str]:
    return dict(line.split(maxsplit=1) for line in ended.out.splitlines())


MADE: list[tuple[tuple[str, ...], str, str, str | None]] = [
    (("--when", "明天早上八点", "Tea"), "Tea", "2026-11-19T08:00:00+08:00", None),
    (("--at", "2026-11-19T08:00:00+08:00", "Tea"), "Tea", "2026-11-19T08:00:00+08:00", None),
    (
        ("--when", "每月25号提醒我还信用卡"),
        "还信用卡",
        "2026-11-25T08:00:00+08:00",
        "FREQ=MONTHLY;BYMONTHDAY=25",
    ),
]


async def test_a_reminder_is_made_by_a_sentence_or_by_a_time(app: str, tmp_path: Path) -> None:
    for words, title, time, rule in MADE:
        made = await create(app, tmp_path, *words)

        shown = facts(made)
        assert made.err == ""
        assert (shown["title"], shown["time"], shown.get("rule")) == (title, time, rule)
        assert shown["due"] == time
        assert shown["id"] in (await command("reminders", "list", state=tmp_path)).out


async def test_a_reminder_is_shown_paused_and_cancelled(app: str, tmp_path: Path) -> None:
    made = await create(app, tmp_path, "--at", "2026-11-19T08:00:00+08:00", "--rule",
                        "FREQ=DAILY;COUNT=3", "Tea")  # fmt: skip
    reminder = facts(made)["id"]

    async def run(*words: str) -> str:
        ended = await command("reminders", *words, state=tmp_path)
        assert ended.code == 0, ended.err
        return ended.out

    times = await run("preview", reminder, "-n", "2")
    changed = [await run(what, reminder) for what in ("pause", "resume", "cancel")]
    shown = json.loads(await run("show", reminder, "--json"))

    assert times.splitlines() == ["2026-11-19T08:00:00+08:00", "2026-11-20T08:00:00+08:00"]
    assert [line.partition(",")[0].strip() for line in changed] == [
        "Tea: paused", "Tea: active", "Tea: cancelled",
    ]  # fmt: skip
    assert (shown["state"], shown["title"]) == ("cancelled", "Tea")
    page = await run("show", reminder)
    assert "2026-11-19T08:00:00+08:00" in page
    assert ["grace", "5", "min"] in [line.split() for line in page.splitlines()]
    assert reminder in await run("list", "--in", "cancelled", "--app", app)
    assert reminder not in await run("list", "--in", "active")


async def test_a_dry_run_tells_the_times_and_keeps_nothing(app: str, tmp_path: Path) -> None:
    planned = await create(app, tmp_path, "--when", "每天早上八点提醒我吃药", "--dry-run")
    listed = await command("reminders", "list", state=tmp_path)

    times = [line.split()[1] for line in planned.out.splitlines() if line.startswith("due")]
    assert times[:2] == ["2026-11-19T08:00:00+08:00", "2026-11-20T08:00:00+08:00"]
    assert len(times) == 5
    assert len(listed.out.splitlines()) == 1


MISTAKES = [
    (("--when", "买菜"), "--when: 没有找到时间"),
    (("--at", "tomorrow", "Tea"), "--at: must be an RFC 3339 time such as 2026-11-18T10:30:00"),
    (("--at", "2026-11-17T08:00:00+08:00", "Tea"), "--at: "),
    (("--when", "明天早上八点", "--link", "a b", "Tea"), "--link: must begin with http"),
    (("--when", "明天早上八点", "--rule", "FREQ=X", "Tea"), "--rule: "),
    (("--when", "明天早上八点", "--zone", "Mars"), "--zone: "),
    (("--when", "明天早上八点", "--to", "bob", "Tea"), "--to 'bob': "),
    (("--when", "没有"), "--when: "),
    (("--when", "明天早上八点", "x" * 501), "TITLE: is longer than 500"),
    (("--when", "明天早上八点", "--channel", "template", "Tea"), "--channel: the app "),
]


async def test_an_error_names_what_was_typed(app: str, tmp_path: Path) -> None:
    for words, sentence in MISTAKES:
        ended = await create(app, tmp_path, *words)

        assert ended.code == 1, words
        assert ended.sentence.startswith(f"wechat-scheduler: {sentence}")


async def test_an_option_out_of_its_bounds_is_told_them(tmp_path: Path) -> None:
    for given in ("x", "0", "1001", "1.5"):
        ended = await command("reminders", "list", "--limit", given, state=tmp_path)

        assert ended.code == 2
        assert f"Invalid value for '--limit': '{given}' is not a number from 1 to 1000" in ended.err

    ended = await command("apps", "qrcode", "7", "--expires", "99d", state=tmp_path)

    assert ended.code == 2
    assert "Invalid value for '--expires': '99d' is longer than 30d" in ended.err


async def test_a_file_in_the_place_of_the_state_folder_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")

    for folder in (file, file / "below"):
        ended = await command("jobs", "list", state=folder)

        assert ended.sentence.startswith(
            f"wechat-scheduler: {file} is not a folder; say where it is"
        )
