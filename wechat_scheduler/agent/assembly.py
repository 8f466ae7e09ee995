"""Assembles an agent from its file."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from wechat_scheduler.agent import forms
from wechat_scheduler.agent.child import Child
from wechat_scheduler.agent.files import FileOutput
from wechat_scheduler.agent.forms import Values
from wechat_scheduler.agent.hooks import CommandAction, Hook, SignalAction
from wechat_scheduler.agent.ports import Output, ValueSource
from wechat_scheduler.agent.redis_keys import wrong_keys
from wechat_scheduler.agent.running import Agent
from wechat_scheduler.agent.settings import AgentConfig, FileSettings
from wechat_scheduler.agent.values import WantedCredential
from wechat_scheduler.agent.wanted import chosen, resolved
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import ConfigError


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
        stores=[*files, *_mirrors(config, wanted, clock)],
        hooks=list(_hooks(config, wanted, files, environ)),
        child=_child(config, wanted, environ, clock),
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


def _mirrors(
    config: AgentConfig, wanted: Mapping[str, WantedCredential], clock: Clock
) -> Iterator[Output]:
    """Imports the client of Redis only if there is one."""
    if not config.redis:
        return
    try:
        from wechat_scheduler.agent.mirror import RedisMirror, connected
    except ModuleNotFoundError as error:
        sentence = "redis: needs a library; install it: pip install 'wechat-scheduler[redis]'"
        raise ConfigError(sentence) from error
    for number, table in enumerate(config.redis):
        where, theirs = f"redis[{number}]", chosen(table.credentials, wanted)
        if wrong := list(wrong_keys(table, theirs)):
            raise ConfigError("\n".join(f"{config.source}: {where}.{mistake}" for mistake in wrong))
        redis = connected(where, table)
        for one in theirs:
            yield RedisMirror(where, table, one, redis=redis, clock=clock)


def _child(
    config: AgentConfig,
    wanted: Mapping[str, WantedCredential],
    environ: Mapping[str, str],
    clock: Clock,
) -> Child | None:
    if config.exec is None:
        return None
    theirs = chosen(config.exec.credentials, wanted)
    return Child(config.exec, theirs, environ=environ, clock=clock)


def _of(files: Sequence[FileOutput], wanted: Sequence[WantedCredential]) -> list[FileOutput]:
    """The files that share a credential."""
    names = {one.name for one in wanted}
    return [file for file in files if any(one.name in names for one in file.wanted)]
