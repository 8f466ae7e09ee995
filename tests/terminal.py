"""Types what the documents say to type, and compares what comes with what they show."""

import argparse
import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import aiohttp
from click.testing import CliRunner
from yarl import URL

from tests.clock import FakeClock
from tests.documents import Block, blocks
from tests.house import Caller, WeChat
from tests.shell import Asked, Command, Told
from wechat_scheduler.cli.main import NAME, program

DAEMON, SANDBOX, BUSINESS = (f"http://127.0.0.1:{port}" for port in (9001, 9002, 8000))

# What is done on another machine, by another user, or to this installation.
ELSEWHERE = re.compile(
    r"(?m)^(?:apt|ln|install|systemctl|runuser|python3 -m venv|rm|\.venv/bin/pytest) |pip install|^\. "
)


class Typed(NamedTuple):
    """A shell block, and the block that shows what its last command prints, if one does."""

    text: str
    shown: Block | None


def typed(document: Path, *, section: str = "") -> Iterator[Typed]:
    """The blocks that are typed on this machine, of one section if it is named."""
    found = blocks(document, section=section)
    for block, following in zip_longest(found, found[1:]):
        if block.language == "sh" and not ELSEWHERE.search(block.text):
            shows = following is not None and following.language in ("json", "http", "text")
            yield Typed(block.text, following if shows else None)


class Said(NamedTuple):
    """What a call with curl was answered."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass(slots=True, kw_only=True)
class Terminal:
    """The commands of a shell, for a daemon, a sandbox and a business system that listen elsewhere than
    the documents say. Commands that start them do nothing."""

    keeper: Caller
    weixin: WeChat
    business: str
    clock: FakeClock
    state: Path
    session: aiohttp.ClientSession
    answers: list[Said] = field(default_factory=list)

    @property
    def commands(self) -> dict[str, Command]:
        return {"curl": self._curl, NAME: self._own, "sleep": self._sleep, "date": self._date}

    async def _settle(self) -> None:
        """A moment later, until nothing is due, and WeChat has nothing to tell, any more."""
        self.clock.advance(timedelta(milliseconds=10))
        await self.keeper.settle()
        while await self.weixin.sandbox.push_once():
            await self.keeper.settle()

    async def _curl(self, asked: Asked) -> Told:
        call = _CURL.parse_args([self._here(word) for word in asked.words[1:]])
        headers = dict(header.split(": ", 1) for header in call.header)
        data = "&".join((*call.data, *map(_encoded, call.urlencoded))) or None
        url = f"{call.url}?{data}" if call.get and data else call.url
        async with self.session.request(
            call.request or ("GET" if data is None or call.get else "POST"),
            URL(url, encoded=True),
            headers={"Content-Type": "application/x-www-form-urlencoded", **headers},
            data=None if call.get else data,
        ) as response:
            body = self._there(await response.text())
            said = Said(response.status, dict(response.headers), body)
        self.answers.append(said)
        await self._settle()
        return Told(said.body.removesuffix("\n") + "\n")

    async def _own(self, asked: Asked) -> Told:
        words = [self._here(word) for word in asked.words[1:]]
        if words[0] in ("agent", "demo", "sandbox") or words[0].startswith("-"):
            return Told()
        env = {"WECHAT_SCHEDULER_CONFIG": "/dev/null", "WECHAT_SCHEDULER_STATE_DIR": asked.state}
        words = [str(self.state) if word == "./tour" else word for word in words]
        if asked.state == "./tour":
            env["WECHAT_SCHEDULER_STATE_DIR"] = str(self.state)
        result = await asyncio.to_thread(
            CliRunner().invoke, program, words, input=asked.given, env=env
        )
        assert result.exit_code == 0, (words, result.output, result.exception)
        await self._settle()
        return Told(result.stdout)

    async def _sleep(self, asked: Asked) -> Told:
        self.clock.advance(timedelta(seconds=int(asked.words[1])))
        await self._settle()
        return Told()

    async def _date(self, asked: Asked) -> Told:
        assert asked.words[1:] == ["+%s"]
        return Told(f"{self.clock.now():%s}")

    @property
    def _places(self) -> dict[str, str]:
        return {DAEMON: self.keeper.daemon.url, SANDBOX: self.weixin.url, BUSINESS: self.business}

    def _here(self, text: str) -> str:
        for written, real in self._places.items():
            text = text.replace(written, real)
        return text

    def _there(self, text: str) -> str:
        for written, real in self._places.items():
            text = text.replace(real, written)
        return text


def _encoded(pair: str) -> str:
    name, _, value = pair.partition("=")
    return f"{name}={quote(value, '')}"


_CURL = argparse.ArgumentParser()
_CURL.add_argument("-i", action="store_true")
_CURL.add_argument("-s", action="store_true")
_CURL.add_argument("-G", dest="get", action="store_true")
_CURL.add_argument("-X", dest="request")
_CURL.add_argument("-H", dest="header", action="append", default=[])
_CURL.add_argument("-d", dest="data", action="append", default=[])
_CURL.add_argument("--data-urlencode", dest="urlencoded", action="append", default=[])
_CURL.add_argument("url")


_WORD = re.compile(r"(?<![\w-])[^\W\d]{4,}(?![\w-])|(?<!\S)(?:ok|ready)(?!\S)")


def differences(shown: Block, printed: str, said: Said) -> list[str]:
    """Where what is printed, or the last answer to a call, is not what the document shows."""
    if shown.language == "text":
        return sorted(_missing(shown.text, printed))
    if shown.language == "json":
        return list(_differ(json.loads(shown.text), json.loads(said.body), "result"))
    head, _, body = shown.text.partition("\n\n")
    status, *headers = head.splitlines()
    found = [] if f" {said.status} " in status else [f"status: {said.status}"]
    names = {name.lower() for name in said.headers}
    found += [line for line in headers if line.partition(":")[0].lower() not in names]
    return found + list(_differ(json.loads(body), json.loads(said.body), "result"))


def _missing(shown: str, printed: str) -> set[str]:
    """The words that are not printed. Terminals lay out tables, and tell times as periods."""
    return set(_WORD.findall(shown)) - set(_WORD.findall(printed))


def _differ(shown: Any, said: Any, path: str) -> Iterator[str]:
    match shown, said:
        case dict(), dict() if any(map(_varies, shown)):  # by ids
            yield from _differ([*shown.values()], [*said.values()], path)
        case dict(), dict():
            if shown.keys() != said.keys():
                yield f"{path}: {sorted(shown)} is not {sorted(said)}"
            for name in shown.keys() & said.keys():
                yield from _differ(shown[name], said[name], f"{path}.{name}")
        case list(), list():
            if len(shown) != len(said):
                yield f"{path}: {len(said)} of them"
            for number, (one, other) in enumerate(zip(shown, said, strict=False)):
                yield from _differ(one, other, f"{path}[{number}]")
        case str(), str():
            if shown != said and not (_varies(shown) and said):
                yield f"{path}: {said!r} is not {shown!r}"
        case _:
            if type(shown) is not type(said):
                yield f"{path}: {said!r} is not of the sort of {shown!r}"


def _varies(shown: str) -> bool:
    """What is cut short, an instant, or an address."""
    if shown.endswith("…") or re.match(BUSINESS, shown):
        return True
    try:
        datetime.fromisoformat(shown)
    except ValueError:
        return False
    return True
