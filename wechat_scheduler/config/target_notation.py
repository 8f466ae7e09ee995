"""The notation of the receivers of alerts: a list of tables, each with what its form needs."""

import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import msgspec

from wechat_scheduler.config.alert_targets import (
    CHINESE,
    SERVER,
    AlertForm,
    AlertLanguage,
    AlertTarget,
)
from wechat_scheduler.config.notation import MASK, Notation, sort_of
from wechat_scheduler.config.secret_files import read_secret
from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.errors import ConfigError

# Each message makes a call to each of them.
MOST_TARGETS: Final = 20

NAME: Final = pattern(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")
_URL: Final = pattern(r"https?://[!-\"$-~]{3,2000}")
_MAIL: Final = pattern(r"[^@\s<>,;\"]{1,64}@[A-Za-z0-9.-]{1,255}")

# What each form needs, and what it may have beside `name` and `kind`.
_NEEDS: Final[Mapping[AlertForm, tuple[str, ...]]] = {
    AlertForm.FOLLOWER: ("app", "to"),
    AlertForm.WEBHOOK: ("url",),
    AlertForm.WECOM: ("url",),
    AlertForm.DINGTALK: ("url",),
    AlertForm.FEISHU: ("url",),
    AlertForm.EMAIL: ("server", "from", "to"),
}
_MAY: Final[Mapping[AlertForm, tuple[str, ...]]] = {
    AlertForm.WEBHOOK: ("secret",),
    AlertForm.DINGTALK: ("secret",),
    AlertForm.FEISHU: ("secret",),
    AlertForm.EMAIL: ("user", "password"),
}
# These can be in a file, which is named by the field with `_file` behind it.
_SECRET: Final = ("url", "secret", "password")


def _targets(items: list[object]) -> tuple[AlertTarget, ...]:
    if len(items) > MOST_TARGETS:
        raise ValueError(f"has {len(items)} targets: at most {MOST_TARGETS} are allowed")
    found: list[AlertTarget] = []
    for number, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            raise ValueError(f"number {number} is {sort_of(item)}: write [[alerts.targets]]")  # noqa: TRY004
        target = _target(item, number)
        if any(each.name == target.name for each in found):
            raise ValueError(f"two targets have the name {target.name}")
        found.append(target)
    return tuple(found)


def _target(item: Mapping[str, object], number: int) -> AlertTarget:
    name = item.get("name")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ValueError(
            f"number {number} needs a name of up to 32 small letters, digits and -, without - at its ends"
        )
    where = f"target {name}"
    kind = item.get("kind")
    if kind not in list(AlertForm):
        raise ValueError(f"{where}: kind must be one of {', '.join(AlertForm)}")
    form = AlertForm(str(kind))
    given = _opened({key: item[key] for key in item if key not in ("name", "kind")}, form, where)
    language = AlertLanguage.ZH if form in CHINESE else AlertLanguage.EN
    values: dict[str, Any] = {"name": name, "kind": form, "language": language}
    for key, value in given.items():
        values["sender" if key == "from" else key] = _READ[key](value, f"{where}: {key}")
    target = AlertTarget(**values)
    _check(target, where)
    return target


def _opened(item: Mapping[str, object], form: AlertForm, where: str) -> dict[str, object]:
    """The fields, with those that are in files; none is unknown or missing. Raises ValueError."""
    needs, allowed = _NEEDS[form], (*_NEEDS[form], *_MAY.get(form, ()), "language")
    files = [f"{key}_file" for key in allowed if key in _SECRET]
    given: dict[str, object] = {}
    for key, value in item.items():
        plain = key.removesuffix("_file") if key in files else key
        if plain not in allowed:
            near = get_close_matches(key, (*allowed, *files), n=1)
            hint = f"did you mean {near[0]}?" if near else f"{form} takes {', '.join(allowed)}"
            raise ValueError(f"{where}: {key} is not known; {hint}")
        if plain in given:
            raise ValueError(f"{where}: give {plain} or {plain}_file, not both")
        given[plain] = value if plain == key else _secret_in(value, f"{where}: {key}")
    for key in needs:
        if key not in given:
            raise ValueError(
                f"{where}: {form} needs {key}{f' or {key}_file' if key in _SECRET else ''}"
            )
    return given


def _secret_in(file: object, where: str) -> str:
    if not isinstance(file, str) or not Path(file).is_absolute():
        raise ValueError(f"{where} must be an absolute path")
    try:
        return read_secret(Path(file), where)
    except ConfigError as error:
        raise ValueError(str(error)) from None


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError(f"{where} must be a string of one line, and not empty")
    return value.strip()


def _url(value: object, where: str) -> str:
    if not _URL.fullmatch(_text(value, where)):
        raise ValueError(
            f"{where} must begin with http:// or https:// and be visible ASCII without #"
        )
    return _text(value, where)


def _app(value: object, where: str) -> int:
    text = str(value)
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,16}", text):
        raise ValueError(f"{where} must be the id of an app: GET /v1/apps lists them")
    return int(text)


def _language(value: object, where: str) -> AlertLanguage:
    if value not in list(AlertLanguage):
        raise ValueError(f"{where} must be one of {', '.join(AlertLanguage)}")
    return AlertLanguage(str(value))


def _to(value: object, where: str) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    if not items:
        raise ValueError(f"{where} must name at least one receiver")
    return tuple(_text(item, where) for item in items)


_READ: Final = {
    "app": _app, "to": _to, "url": _url, "secret": _text, "server": _text, "from": _text, "user": _text,
    "password": _text, "language": _language,
}  # fmt: skip


def _check(target: AlertTarget, where: str) -> None:
    """What the form of a target demands beyond the types of its fields. Raises ValueError."""
    if target.kind is AlertForm.WEBHOOK and target.secret:
        _check_signing_secret(target.secret, where)
    if target.kind is not AlertForm.EMAIL:
        return
    if not SERVER.fullmatch(target.server):
        raise ValueError(
            f"{where}: server must be smtps://HOST:PORT, or smtp://HOST:PORT for STARTTLS"
        )
    for address in (target.sender, *target.to):
        if not _MAIL.fullmatch(address):
            raise ValueError(f"{where}: {address!r} is not a mail address")
    if bool(target.user) != bool(target.password):
        raise ValueError(f"{where}: give user and password, or neither")


def _check_signing_secret(secret: str, where: str) -> None:
    try:
        known = secret.startswith("whsec_") and b64decode(secret[6:], validate=True)
    except ValueError:
        known = False
    if not known:
        raise ValueError(f"{where}: secret must be whsec_ and base64, as in Standard Webhooks")


def _from_text(text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise ValueError("expected a JSON list of targets") from error


def _show(targets: Sequence[AlertTarget]) -> str:
    return msgspec.json.encode([_shown(target) for target in targets]).decode()


def _shown(target: AlertTarget) -> dict[str, object]:
    keys = ("name", "kind", "language", *_NEEDS[target.kind], *_MAY.get(target.kind, ()))
    values = {key: getattr(target, "sender" if key == "from" else key) for key in keys}
    return {key: _masked(key, value) for key, value in values.items() if value}


def _masked(key: str, value: Any) -> object:
    """Of an address the host is shown: the rest is secret."""
    if key == "url":
        scheme, _, rest = str(value).partition("://")
        host = re.split(r"[/?]", rest, maxsplit=1)[0].rpartition("@")[2]
        return f"{scheme}://{host}/{MASK}"
    return MASK if key in _SECRET else str(value) if key == "app" else value


TARGETS: Final = Notation(
    wire=list, noun="a list of tables", parse=_targets, from_text=_from_text, show=_show
)
