"""What commands say about words that they cannot take."""

import re
from collections.abc import Iterator

import click

from tests.cli.commands import invoke
from wechat_scheduler.cli.lazy_commands import LazyCommand
from wechat_scheduler.cli.main import program

# They are numbers and no ids.
NUMBERS = ("errcode", "defer", "limit", "most")


def commands(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name in group.list_commands(click.Context(group)):
        each = group.get_command(click.Context(group), name)
        each = each.load() if isinstance(each, LazyCommand) else each
        if isinstance(each, click.Group):
            yield from commands(each, *path, name)
        elif each is not None:
            yield (*path, name), each


def typed(path: tuple[str, ...], each: click.Command, wrong: click.Parameter) -> list[str]:
    """The command with a name for `wrong`, and ids and words for what it cannot do without."""
    words = list(path)
    for one in each.params:
        word = "shop" if one is wrong else "7"
        if isinstance(one, click.Argument):
            words.append(word)
        elif one.required or one is wrong:
            words += [max(one.opts, key=len), word]
    return words


def test_every_id_that_is_none_is_refused_with_the_list_that_has_them() -> None:
    found = list(commands(program))
    tried = [
        typed(path, each, one)
        for path, each in found
        for one in each.params
        if one.type.name in ("id", "integer") and one.name not in NUMBERS
    ]

    said = [invoke(*words).err for words in tried]

    assert len(tried) > 25
    lists = [re.search(r"'shop' is not an id; `([a-z ]+?)(?: APP)?` lists them", it) for it in said]
    assert [words for words, it in zip(tried, lists, strict=True) if it is None] == []
    assert {tuple(it[1].split()) for it in lists if it} <= {path for path, _ in found}


def test_spellings_for_go_programs_are_in_no_help_and_no_error() -> None:
    shown = [
        invoke("--help"),
        invoke("serve", "--help"),
        invoke("--p", "x"),
        invoke("serve", "-p", "x"),
    ]

    assert not any(re.search(r"--[pv]\b(?!\w)", it.out + it.err) for it in shown)
    assert "'-p' / '--port'" in shown[-1].err


def test_a_reminder_without_a_time_asks_for_one_of_the_two_options() -> None:
    words = ("--app", "7", "--to", "alice", "--rule", "FREQ=DAILY", "hi")

    refused = invoke("reminders", "create", *words)

    assert refused.code == 2
    assert "give --at TIME or --when SENTENCE" in refused.err
