"""Resolves the names in the agent's file: which credentials there are, and which of them an output has."""

from collections.abc import Iterator, Mapping, Sequence

from wechat_scheduler.agent.forms import mistakes
from wechat_scheduler.agent.notations import nearest
from wechat_scheduler.agent.settings import AgentConfig, CredentialSettings, FileSettings
from wechat_scheduler.agent.values import WantedCredential
from wechat_scheduler.config.misplaced import masked
from wechat_scheduler.errors import ConfigError
from wechat_scheduler.wechat.tokens import TYPES

KINDS = {one.kind: one.kind for one in TYPES} | {
    str(one.number): one.kind for one in TYPES if one.number is not None
}


def resolved(config: AgentConfig) -> dict[str, WantedCredential]:
    """Each credential by its name. Raises ConfigError for what the tables contradict one another in."""
    # A credential without a right type or name would make names of outputs look wrong.
    wrong = list(_wrong_credentials(config.credentials)) or list(_wrong_outputs(config))
    if wrong:
        raise ConfigError("\n".join(f"{config.source}: {masked(mistake)}" for mistake in wrong))
    found = map(_wanted, config.credentials)
    return {one.name: one for one in found}


def chosen(
    names: Sequence[str], wanted: Mapping[str, WantedCredential]
) -> tuple[WantedCredential, ...]:
    """The credentials of an output that lists these names; all if it lists none."""
    return tuple(wanted[name] for name in names or wanted)


def _wanted(table: CredentialSettings) -> WantedCredential:
    return WantedCredential(
        name=_name(table),
        appid=table.appid,
        kind=KINDS[table.type],
        subject=table.subject,
        variable=_variable(table),
    )


def _name(table: CredentialSettings) -> str:
    return table.name or KINDS.get(table.type, table.type)


def _variable(table: CredentialSettings) -> str:
    return table.variable or f"WECHAT_{_name(table).replace('-', '_').upper()}"


def _both(variable: str) -> tuple[str, str]:
    return variable, f"{variable}_EXPIRES_AT"


def _wrong_credentials(tables: Sequence[CredentialSettings]) -> Iterator[str]:
    names = [_name(table) for table in tables]
    variables = [_variable(table) for table in tables]
    taken: set[str] = set()
    for number, table in enumerate(tables):
        where = f"credentials[{number}]"
        if table.type not in KINDS:
            known = ", ".join(one.kind for one in TYPES)
            yield f"{where}.type: {table.type!r} is not one of {known}"
        if names[number] in names[:number]:
            yield f"{where}.name: another credential has the name {names[number]}; give this one another"
        else:
            for variable in {*_both(variables[number])} & taken:
                yield f"{where}.variable: another credential has {variable}"
        taken.update(_both(variables[number]))


def _wrong_outputs(config: AgentConfig) -> Iterator[str]:
    known = [_name(table) for table in config.credentials]
    outputs = dict(_outputs(config))
    if not outputs:
        yield "files: no output is configured; write [[files]], [[redis]], [[commands]], [[signals]] or [exec]"
    for where, names in outputs.items():
        for name in names:
            if name not in known:
                yield f"{where}.credentials: no credential has the name {name}; {nearest(name, known)}"
    for number, file in enumerate(config.files):
        if set(file.credentials) <= set(known):
            yield from _wrong_file(f"files[{number}]", file, file.credentials or known)
        if file.path in [other.path for other in config.files[:number]]:
            yield f"files[{number}].path: another file has the same path"


def _outputs(config: AgentConfig) -> Iterator[tuple[str, Sequence[str]]]:
    """Each output, and the names that it lists."""
    yield from ((f"files[{number}]", it.credentials) for number, it in enumerate(config.files))
    yield from (
        (f"commands[{number}]", it.credentials) for number, it in enumerate(config.commands)
    )
    yield from ((f"signals[{number}]", it.credentials) for number, it in enumerate(config.signals))
    yield from ((f"redis[{number}]", it.credentials) for number, it in enumerate(config.redis))
    if config.exec:
        yield "exec", config.exec.credentials


def _wrong_file(where: str, file: FileSettings, names: Sequence[str]) -> Iterator[str]:
    if file.form == "raw" and len(names) != 1:
        yield f'{where}.credentials: form = "raw" takes one, and here are {len(names)}'
    if file.form == "template":
        yield from (f"{where}.template: {mistake}" for mistake in mistakes(file.template, names))
