"""Types what the documents say to type, and compares what comes with what they show."""

import argparse
import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
from click.testing import CliRunner

from tests.business import Business
from tests.clock import FakeClock
from tests.documents import Block, blocks, commands
from tests.house import Caller, WeChat
from wechat_scheduler.cli.main import NAME, program

DAEMON, SANDBOX, BUSINESS = (f"http://127.0.0.1:{port}" for port in (9001, 9002, 8000))


class Typed(NamedTuple):
    """A shell block, and the block that shows what its last command prints, if one does."""

    text: str
    shown: Block | None


def typed(document: Path) -> Iterator[Typed]:
    found = blocks(document)
    for block, following in zip(found, [*found[1:], None], strict=True):
        if block.language == "sh":
            shows = following is not None and following.language in ("json", "http")
            yield Typed(block.text, following if shows else None)


class Said(NamedTuple):
    """What a call with curl was answered."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass(slots=True, kw_only=True)
class Terminal:
    """The daemon, the sandbox and the business system of the documents, elsewhere.

    Commands that start them, or that are about other things, are passed over.
    """

    keeper: Caller
    weixin: WeChat
    business: Business
    clock: FakeClock
    state: Path
    session: aiohttp.ClientSession
    answers: list[Said] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)
    """What a reader would have put into variables: the ids of the last app and message."""

    async def type(self, text: str) -> Said | None:
        """Type a shell block; returns what its last command was answered if that was a curl."""
        said = None
        for words in commands(text):
            said = await self._run(words)
            await self._settle()
        return said

    async def _settle(self) -> None:
        """Until nothing is due, and WeChat has nothing to tell, any more."""
        await self.keeper.settle()
        while await self.weixin.sandbox.push_once():
            await self.keeper.settle()

    async def _run(self, words: list[str]) -> Said | None:
        match words:
            case ["curl", *arguments]:
                said = await self._curl(arguments)
                self.answers.append(said)
                self._remember(said)
                return said
            case [program_name, "jobs" | "apps", *_] if program_name == NAME:
                self._note(await asyncio.to_thread(self._own, words[1:]))
            case ["sleep", seconds]:
                self.clock.advance(timedelta(seconds=int(seconds)))
        return None

    async def _curl(self, arguments: list[str]) -> Said:
        asked = _CURL.parse_args([self._here(argument) for argument in arguments])
        headers = dict(header.split(": ", 1) for header in asked.header)
        async with self.session.request(
            asked.request or ("GET" if asked.data is None else "POST"),
            asked.url,
            headers={"Content-Type": "application/x-www-form-urlencoded", **headers},
            data=asked.data,
        ) as response:
            return Said(response.status, dict(response.headers), await response.text())

    def _remember(self, said: Said) -> None:
        made = json.loads(said.body).get("result") if said.body.startswith("{") else None
        for variable, field_of_it in (("$APP", "app_key"), ("$MESSAGE", "deliveries")):
            if isinstance(made, dict) and field_of_it in made:
                self.known[variable] = str(made["id"])

    def _own(self, arguments: list[str]) -> str:
        words = [str(self.state) if word == "./tour" else word for word in arguments]
        result = CliRunner().invoke(program, words, env={"WECHAT_SCHEDULER_CONFIG": "/dev/null"})
        assert result.exit_code == 0, (words, result.output, result.exception)
        return result.output

    def _note(self, printed: str) -> None:
        made = re.search(r"(?m)^id +(\d+)$", printed)
        if made:
            self.known["$APP"] = made[1]

    def _here(self, text: str) -> str:
        text = text.replace("$KEY", self.keeper.daemon.admin_key)
        for written, real in (
            (DAEMON, self.keeper.daemon.url),
            (SANDBOX, self.weixin.url),
            (BUSINESS, self.business.url("")),
            *self.known.items(),
        ):
            text = text.replace(written, real)
        return text


_CURL = argparse.ArgumentParser()
_CURL.add_argument("-i", action="store_true")
_CURL.add_argument("-X", dest="request")
_CURL.add_argument("-H", dest="header", action="append", default=[])
_CURL.add_argument("-d", dest="data")
_CURL.add_argument("url")


def differences(shown: Block, said: Said) -> list[str]:
    """Where an answer is not what the document shows."""
    if shown.language == "json":
        return list(_differ(json.loads(shown.text), json.loads(said.body), "result"))
    head, _, body = shown.text.partition("\n\n")
    status, *headers = head.splitlines()
    found = [] if f" {said.status} " in status else [f"status: {said.status}"]
    names = {name.lower() for name in said.headers}
    found += [line for line in headers if line.partition(":")[0].lower() not in names]
    return found + list(_differ(json.loads(body), json.loads(said.body), "result"))


def _differ(shown: Any, said: Any, path: str) -> Iterator[str]:
    match shown, said:
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
