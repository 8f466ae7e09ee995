"""Puts an agent together from its file."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from wechat_scheduler.agent import forms
from wechat_scheduler.agent.files import FileOutput
from wechat_scheduler.agent.forms import Values
from wechat_scheduler.agent.hooks import CommandAction, Hook, SignalAction
from wechat_scheduler.agent.ports import Output, ValueSource
from wechat_scheduler.agent.running import Agent
from wechat_scheduler.agent.settings import AgentConfig, FileSettings
from wechat_scheduler.agent.values import WantedCredential
from wechat_scheduler.agent.wanted import chosen, resolved
from wechat_scheduler.engine.clock import Clock


def assembled(
    config: AgentConfig,
    daemon: ValueSource,
    *,
    environ: Mapping[str, str],
    clock: Clock,
    rng: random.Random,
) -> Agent:
    """Raises ConfigError."""
    wanted = resolved(config)
    files = [_file(table, wanted, clock) for table in config.files]
    return Agent(
        wanted.values(),
        stores=files,
        hooks=list(_hooks(config, wanted, files, environ)),
        daemon=daemon,
        clock=clock,
        rng=rng,
    )


def _file(table: FileSettings, wanted: Mapping[str, WantedCredential], clock: Clock) -> FileOutput:
    return FileOutput(
        table.path,
        chosen(table.credentials, wanted),
        render=_render(table),
        mode=table.mode,
        clock=clock,
    )


def _render(table: FileSettings) -> Callable[[Values], bytes]:
    match table.form:
        case "json":
            return forms.as_json
        case "dotenv":
            return forms.as_dotenv
        case "raw":
            return forms.as_raw
        case "template":
            return partial(forms.filled, table.template)


def _hooks(
    config: AgentConfig,
    wanted: Mapping[str, WantedCredential],
    files: Sequence[FileOutput],
    environ: Mapping[str, str],
) -> Iterator[Output]:
    for number, command in enumerate(config.commands):
        theirs = chosen(command.credentials, wanted)
        action = CommandAction(f"commands[{number}]", command, environ)
        yield Hook(action, theirs, _of(files, theirs))
    for number, table in enumerate(config.signals):
        theirs = chosen(table.credentials, wanted)
        yield Hook(SignalAction(f"signals[{number}]", table), theirs, _of(files, theirs))


def _of(files: Sequence[FileOutput], wanted: Sequence[WantedCredential]) -> list[FileOutput]:
    """The files that share a credential."""
    names = {one.name for one in wanted}
    return [file for file in files if any(one.name in names for one in file.wanted)]
