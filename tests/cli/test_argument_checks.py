"""Words of the command line that name nothing, and keys that no header can have."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest

from tests.business import Business
from tests.cli.commands import invoke
from tests.cli.test_jobs import caller, command
from tests.house import Caller
from wechat_scheduler.cli.lazy_commands import LazyCommand
from wechat_scheduler.cli.main import program
from wechat_scheduler.client import Client
from wechat_scheduler.client.checks import quoted
from wechat_scheduler.errors import InvalidRequestError

__all__ = ["caller"]


def texts(group: click.Group, *path: str) -> Iterator[tuple[list[str], str]]:
    """Each command with an empty word for one of its arguments, and the argument's name."""
    for name in group.list_commands(click.Context(group)):
        each = group.get_command(click.Context(group), name)
        each = each.load() if isinstance(each, LazyCommand) else each
        if isinstance(each, click.Group):
            yield from texts(each, *path, name)
            continue
        assert each is not None
        arguments = [one for one in each.params if isinstance(one, click.Argument)]
        for wrong in arguments:
            if isinstance(wrong.type, click.types.StringParamType):
                words = ["" if one is wrong else "7" for one in arguments]
                metavar = wrong.make_metavar(click.Context(each))
                yield [*path, name, *words], metavar.replace("[", "").replace("]", "")


def test_every_argument_that_is_empty_is_refused_by_its_name(tmp_path: Path) -> None:
    tried = list(texts(program))

    ended = [invoke(*words, "--state", str(tmp_path)) for words, _ in tried]

    assert len(tried) > 15
    assert [
        words
        for (words, name), end in zip(tried, ended, strict=True)
        if end.code != 2
        or f"Invalid value for '{name}': is empty" not in end.err.replace("[", "").replace("]", "")
    ] == []


@pytest.mark.parametrize(
    "words",
    [
        ("jobs", "show", "wx1", "0", ""),
        ("jobs", "list", "--appid", ""),
        ("backup", ""),
        ("restore", ""),
        ("messages", "send", "hi", "--app", "1", "--to", ""),
        ("jobs", "show", "wx\udcff", "0"),
        ("jobs", "list", "--appid", "\udcff"),
    ],
)
def test_neither_is_an_option_that_chooses(words: tuple[str, ...], tmp_path: Path) -> None:
    ended = invoke(*words, "--state", str(tmp_path))

    assert ended.code == 2
    assert "is empty" in ended.err or "is not valid UTF-8" in ended.err


@pytest.mark.on_disk
async def test_a_name_of_any_spelling_is_one_part_of_the_path(
    caller: Caller, tmp_path: Path
) -> None:
    made = await caller.call("POST", "/v1/apps", body={"name": "shop", "appid": "wx1"})
    app = str(made.result["id"])

    bound = await command("apps", "bind", app, "a/b?c#d %2F", "o-x", state=tmp_path)
    with closing(sqlite3.connect(tmp_path / "wechat-scheduler.db")) as database:
        names = database.execute("SELECT name FROM aliases").fetchall()

    assert (bound.code, bound.err) == (0, "")
    assert names == [("a/b?c#d %2F",)]


@pytest.mark.parametrize("path", [("v1", "keys", ".."), ("task", "", "0"), (".", "x")])
def test_a_part_that_leads_elsewhere_is_refused(path: tuple[str, ...]) -> None:
    with pytest.raises(InvalidRequestError, match="is no name in a path"):
        quoted(path)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9\n1", "http://127.0.0.1:9/\x01"])
def test_an_address_with_a_control_character_is_no_other_address(url: str, tmp_path: Path) -> None:
    ended = invoke("jobs", "list", "--url", url, "--key", "k", "--state", str(tmp_path))

    assert (ended.code, "expected http(s)://HOST:PORT" in ended.sentence) == (2, True)


async def test_what_surrounds_a_key_is_left_out(caller: Caller, tmp_path: Path) -> None:
    key, url, file = caller.daemon.admin_key, caller.daemon.url, tmp_path / "key"
    file.write_bytes(f"{key}\r\n".encode())
    ways = [
        await command("jobs", "list", "--url", f"{url}\r\n", "--key", f" {key}\n", state=file),
        await command(
            "jobs", "list", state=file, WECHAT_SCHEDULER_URL=f"{url}\n", WECHAT_SCHEDULER_KEY=f"{key}\r"
        ),
        await command(
            "jobs", "list", "--url", url, state=file, WECHAT_SCHEDULER_KEY_FILE=str(file)
        ),
    ]  # fmt: skip

    assert [(way.code, way.err) for way in ways] == [(0, "")] * len(ways)


async def test_a_key_that_no_header_can_have_is_a_sentence_that_does_not_quote_it(
    tmp_path: Path,
) -> None:
    file, folder = tmp_path / "key", tmp_path / "state"
    file.write_text("s3c\nret")
    folder.mkdir()
    (folder / "admin.key").write_text("s3c\nret")
    async with Business() as business:
        url = business.url()
        ways = [
            await command("jobs", "list", "--url", url, "--key", "s3c\nret", state=file),
            await command("jobs", "list", "--url", url, "--key", "s3créé", state=file),
            await command("jobs", "list", "--url", url, state=file, WECHAT_SCHEDULER_KEY="s3c\rret"),
            await command("jobs", "list", "--url", url.replace("//", "//x:s3c%0aret@"), state=file),
            await command(
                "jobs", "list", "--url", url, state=file, WECHAT_SCHEDULER_KEY_FILE=str(file)
            ),
        ]  # fmt: skip

    assert [way.code for way in ways] == [2] * len(ways)
    assert not any("s3c" in way.sentence for way in ways)
    assert business.calls == []


def test_a_client_is_not_made_with_such_a_key() -> None:
    with pytest.raises(ValueError, match="the API key has a control character"):
        Client("http://127.0.0.1:9001", "a\nb")
