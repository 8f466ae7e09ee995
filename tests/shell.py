"""A bash in which some commands are functions that the test answers, so that typing them costs no process."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple, TypeAlias

# Each function writes its arguments, what is piped into it and the state folder of the shell, ended by
# NUL, and reads what it prints and its status.
PROLOGUE = r"""
ask() {
  local said status given=
  if [ "${@: -1}" = - ]; then given=$(cat); fi
  printf '%s\0' "$#" "$@" "$given" "$WECHAT_SCHEDULER_STATE_DIR" >&"$ASKS"
  IFS= read -r -d '' -u "$TOLD" said
  IFS= read -r -d '' -u "$TOLD" status
  printf %s "$said"
  return "$status"
}
"""
LARGEST = 1 << 24


class Asked(NamedTuple):
    """A command of the test's, as bash calls it."""

    words: Sequence[str]
    given: str
    state: str


class Told(NamedTuple):
    """What the command prints, and its status."""

    said: str = ""
    status: int = 0


Command: TypeAlias = Callable[[Asked], Awaitable[Told]]


class Shell:
    """Types blocks, one after the other, in one bash."""

    def __init__(self, bash: asyncio.subprocess.Process, errors: Path) -> None:
        self._bash = bash
        self._errors = errors

    async def type(self, text: str) -> str:
        """What the block prints. Fails if a command complains."""
        assert self._bash.stdin is not None
        assert self._bash.stdout is not None
        self._bash.stdin.write(f"{text}\nprintf '\\0'\n".encode())
        printed = await self._bash.stdout.readuntil(b"\0")
        complaints = self._errors.read_text("utf-8")
        assert complaints == "", f"{complaints}\n{text}"
        return printed[:-1].decode()


@asynccontextmanager
async def shell(folder: Path, commands: dict[str, Command]) -> AsyncIterator[Shell]:
    """A bash in the folder; `commands` by the names with which they are typed."""
    (asks, asking), (telling, told) = os.pipe(), os.pipe()
    errors = folder / "errors"
    with errors.open("wb") as stderr:
        bash = await asyncio.create_subprocess_exec(
            "bash", "--noprofile", "--norc",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=stderr,
            cwd=folder, limit=LARGEST, pass_fds=(asking, telling),
            env={"PATH": f"{Path(sys.executable).parent}:{os.defpath}", "ASKS": str(asking), "TOLD": str(telling)},
        )  # fmt: skip
    os.close(asking)
    os.close(telling)
    typed = Shell(bash, errors)
    async with asyncio.TaskGroup() as group:
        group.create_task(_answer(asks, told, commands))
        try:
            functions = (f'{name}() {{ ask {name} "$@"; }}' for name in commands)
            await typed.type("\n".join((PROLOGUE, *functions)))
            yield typed
        finally:
            bash.kill()
            await bash.wait()


async def _answer(asks: int, told: int, commands: dict[str, Command]) -> None:
    """Until the bash ends."""
    reader = asyncio.StreamReader(limit=LARGEST)
    pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(asks, "rb")
    )
    try:
        while first := await reader.read(1):
            count = int(first.decode() + await _field(reader))
            words = [await _field(reader) for _ in range(count)]
            asked = Asked(words, await _field(reader), await _field(reader))
            said, status = await commands[words[0]](asked)
            await asyncio.to_thread(_write, told, f"{said}\0{status}\0".encode())
    finally:
        pipe.close()
        os.close(told)


async def _field(reader: asyncio.StreamReader) -> str:
    return (await reader.readuntil(b"\0"))[:-1].decode()


def _write(told: int, data: bytes) -> None:
    while data:
        data = data[os.write(told, data) :]
