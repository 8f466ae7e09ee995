"""Reads the agent's file, and what stands for it in the environment. Every mistake is reported, not only the first.

The key comes from $WECHAT_SCHEDULER_KEY or $WECHAT_SCHEDULER_KEY_FILE, else from the file, else from the credential
`agent.key` that systemd provides; the URL from $WECHAT_SCHEDULER_URL, else from the file.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from wechat_scheduler.agent import settings
from wechat_scheduler.agent.notations import likely, nearest
from wechat_scheduler.agent.redis_urls import redis_url
from wechat_scheduler.agent.settings import AgentConfig, DaemonSettings
from wechat_scheduler.config.loading import client_settings, read_toml
from wechat_scheduler.config.misplaced import masked
from wechat_scheduler.config.notation import sort_of
from wechat_scheduler.config.os_errors import reason
from wechat_scheduler.config.secret_files import read_secret
from wechat_scheduler.config.section import Section, notation_of
from wechat_scheduler.config.settings import PREFIX, LogSettings
from wechat_scheduler.config.sources import Environ
from wechat_scheduler.engine.regular_files import read_regular
from wechat_scheduler.errors import ConfigError

S = TypeVar("S", bound=Section)

DEFAULT_FILE = Path("/etc/wechat-scheduler/agent.toml")
CREDENTIAL = "agent.key"
NO_URL = "no daemon URL is configured; write it like http://127.0.0.1:9001"
NO_KEY = (
    "no API key is configured; name a file that holds one, made by: "
    "wechat-scheduler keys create agent --scope read"
)

ONCE: dict[str, type[Section]] = {
    "daemon": DaemonSettings,
    "log": LogSettings,
    "exec": settings.ChildSettings,
}
REPEATED: dict[str, type[Section]] = {
    "credentials": settings.CredentialSettings,
    "files": settings.FileSettings,
    "commands": settings.CommandSettings,
    "signals": settings.SignalSettings,
    "redis": settings.MirrorSettings,
}
KNOWN = (*ONCE, *REPEATED)


def load(file: Path | None, environ: Environ) -> AgentConfig:
    """Raises ConfigError with one line for each mistake; its lines never quote a secret."""
    source = file or DEFAULT_FILE
    mistakes: list[str] = []
    document = read_toml(source)
    tables = _tables(document, mistakes)
    meant = {*document, *filter(None, (likely(name, KNOWN) for name in document))}
    daemon = written = tables.get("daemon") or DaemonSettings()
    if "daemon" in tables or "daemon" not in meant:
        daemon = _reachable(daemon, environ, mistakes)
    tables = {"log": LogSettings(), **tables, "daemon": daemon}
    if not tables.get("credentials") and (
        "credentials" not in meant or document.get("credentials") == []
    ):
        mistakes.append("credentials: none is configured; write at least one [[credentials]]")
    if mistakes:
        raise ConfigError("\n".join(f"{source}: {mistake}" for mistake in mistakes))
    return AgentConfig(
        source=source,
        key_from=_key_from(source, written, environ),
        holds_secret=bool(
            written.key or any(one.url and not one.url_file for one in tables.get("redis", ()))
        ),
        **tables,
    )


def _tables(document: dict[str, Any], mistakes: list[str]) -> dict[str, Any]:
    tables: dict[str, Any] = {}
    for name, raw in document.items():
        if name in ONCE:
            tables[name] = _read(ONCE[name], raw, name, mistakes)
        elif name in REPEATED:
            tables[name] = tuple(_each(REPEATED[name], raw, name, mistakes))
        else:
            mistakes.append(f"{name}: unknown table; {nearest(name, KNOWN)}")
    return {name: table for name, table in tables.items() if table is not None}


def _each(form: type[S], raw: object, where: str, mistakes: list[str]) -> Iterator[S]:
    if not isinstance(raw, list):
        mistakes.append(f"{where}: may be repeated, so it is written [[{where}]]")
        return
    for number, table in enumerate(raw):
        place = f"{where}[{number}]"
        found = _read(form, table, place, mistakes)
        if found is not None:
            yield _opened(found, place, mistakes)


def _read(form: type[S], raw: object, where: str, mistakes: list[str]) -> S | None:
    if not isinstance(raw, dict):
        mistakes.append(f"{where}: expected a table, got {sort_of(raw)}")
        return None
    before = len(mistakes)
    fields = {field.name: field for field in msgspec.structs.fields(form)}
    values: dict[str, object] = {}
    for name, value in raw.items():
        if name not in fields:
            mistakes.append(f"{where}.{name}: unknown key; {nearest(name, list(fields))}")
            continue
        try:
            values[name] = notation_of(fields[name]).read(value)
        except ValueError as error:
            mistakes.append(f"{where}.{name}: {masked(error)}")
    missing = [
        name for name, field in fields.items() if field.required and name not in {*values, *raw}
    ]
    mistakes.extend(f"{where}.{name}: is missing" for name in missing)
    return form(**values) if len(mistakes) == before else None


def _reachable(daemon: DaemonSettings, environ: Environ, mistakes: list[str]) -> DaemonSettings:
    """The daemon's settings, with URL and key from the first source that has them."""
    if daemon.key and daemon.key_file:
        mistakes.append("daemon.key_file: give this or daemon.key, not both")
    key, url = daemon.key, daemon.url
    try:
        given = client_settings(environ)
        url, key = given.url or url, given.key or key
        if not key and (file := daemon.key_file or _provided(environ)):
            key = read_secret(file, "daemon.key_file")
    except ConfigError as error:
        mistakes.append(str(error))
    else:
        mistakes.extend([] if url else [f"daemon.url: {NO_URL}"])
        mistakes.extend([] if key else [f"daemon.key_file: {NO_KEY}"])
    return msgspec.structs.replace(daemon, url=url, key=key)


def _key_from(source: Path, written: DaemonSettings, environ: Environ) -> str:
    """Where the key is; `written` is the table as the file has it."""
    if environ.get(f"{PREFIX}KEY", "").strip():
        return f"${PREFIX}KEY"
    if file := environ.get(f"{PREFIX}KEY_FILE"):
        return f"{file}, as ${PREFIX}KEY_FILE says"
    return f"daemon.key in {source}" if written.key else str(written.key_file or _provided(environ))


def _provided(environ: Environ) -> Path | None:
    """The file that `LoadCredential=agent.key:…` of the unit provides."""
    folder = environ.get("CREDENTIALS_DIRECTORY", "")
    file = Path(folder, CREDENTIAL)
    return file if folder and file.exists() else None


def _opened(table: Any, where: str, mistakes: list[str]) -> Any:
    """The same table, with the content of the file that `template_file` or `url_file` names."""
    match table:
        case settings.FileSettings():
            return _with_text(table, where, mistakes)
        case settings.MirrorSettings():
            return _with_url(table, where, mistakes)
    return table


def _with_text(
    file: settings.FileSettings, where: str, mistakes: list[str]
) -> settings.FileSettings:
    if bool(file.template or file.template_file) != (file.form == "template"):
        mistakes.append(f'{where}: form = "template" and template or template_file belong together')
    if file.template and file.template_file:
        mistakes.append(f"{where}.template_file: give this or template, not both")
    if not file.template_file:
        return file
    try:
        return msgspec.structs.replace(file, template=read_regular(file.template_file, "utf-8"))
    except OSError as error:
        mistakes.append(f"{where}.template_file: {file.template_file}: {reason(error)}")
    except UnicodeDecodeError:
        mistakes.append(f"{where}.template_file: {file.template_file}: not valid UTF-8")
    return file


def _with_url(
    redis: settings.MirrorSettings, where: str, mistakes: list[str]
) -> settings.MirrorSettings:
    if bool(redis.url) == bool(redis.url_file):
        both = ", not both" if redis.url else ""
        mistakes.append(f"{where}.url: give this or url_file{both}")
    if not redis.url_file:
        return redis
    try:
        url = redis_url(read_secret(redis.url_file, f"{where}.url_file"))
    except ConfigError as error:
        mistakes.append(str(error))
        return redis
    except ValueError as error:
        mistakes.append(f"{where}.url_file: {redis.url_file}: {error}")
        return redis
    return msgspec.structs.replace(redis, url=url)
