"""Reads the body of a registration, the original wechat-scheduler's JSON; an error names the field.

The original is a Go program, and so are many of its callers. As Go's `encoding/json` does, this reads
names in any case, `null` as left out, and a task without `type` as type 0.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import islice
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec

from wechat_scheduler.credentials.model import Account, JobKey, Registration, Task
from wechat_scheduler.engine.wrong_fields import WrongFields
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.kit.bodies import convert, decode, nearest
from wechat_scheduler.web.kit.ids import WeChatId, check_appid, check_wechat_id
from wechat_scheduler.web.kit.kinds import CredentialType, KindTable, Type
from wechat_scheduler.web.kit.texts import LONGEST_NAME, check_address, read_name

_LONGEST_SECRET = 256

# Tasks of one body, which one transaction stores. It takes some tens of milliseconds.
MOST_TASKS: Final = 500
# Fields of one object: 80,000 would keep the loop for some tens of milliseconds.
MOST_FIELDS: Final = 100

# Unknown names of one body that are looked at, in about a millisecond, and of which the answer speaks.
_LOOKED_AT: Final = 50
_NOTED: Final = 3
_LONGEST_SHOWN: Final = 64

Secret: TypeAlias = Annotated[
    str, msgspec.Meta(extra_json_schema={"minLength": 1, "maxLength": _LONGEST_SECRET})
]


class TaskBody(msgspec.Struct):
    """A credential to keep. `subject` may also be given by WeChat's name for it: `authorizer_appid` or
    `openid`."""

    type: Type = 0
    notify: str = ""
    params: str = ""
    subject: str = ""
    authorizer_appid: str = ""
    openid: str = ""


class RegistrationBody(msgspec.Struct):
    """An account and its tasks. `access_token_endpoint` chooses where its access_token comes from; empty
    means the daemon's default."""

    appid: WeChatId
    appsecret: Secret
    tasks: Annotated[list[TaskBody], msgspec.Meta(extra_json_schema={"maxItems": MOST_TASKS})] = []
    access_token_endpoint: Literal["", "stable_token", "token"] = ""


class NamedRegistrationBody(RegistrationBody):
    """With `name`, what people call the account, such as the name of the 公众号; an account that has a name keeps it."""

    name: Annotated[str, msgspec.Meta(extra_json_schema={"maxLength": LONGEST_NAME})] = ""


def read_registration(
    body: bytes,
    kinds: KindTable,
    check_url: Callable[[str], None],
    *,
    owner: str,
    form: type[RegistrationBody] = RegistrationBody,
) -> tuple[Registration, str]:
    """The registration, and a note on unknown fields that stand where a known one of the `form` is missing.

    `check_url` raises ValueError for an address that must not be called. Raises InvalidRequestError, which
    tells of each field that is wrong."""
    found = _as_go_reads(decode(body, object), form)
    parsed, wrong = convert(found, form), WrongFields()
    with wrong:
        check_appid(parsed.appid, "appid")
    with wrong:
        _check_secret(parsed.appsecret)
    name = ""
    with wrong:
        name = _name(parsed)
    tasks = _tasks(parsed, kinds, check_url, wrong)
    wrong.check()
    account = Account(
        appid=parsed.appid, secret=parsed.appsecret, endpoint=parsed.access_token_endpoint
    )
    registration = Registration(
        account=account, owner=owner, name=name, tasks=tuple(tasks.values())
    )
    return registration, _note(found, form)


def _tasks(
    parsed: RegistrationBody, kinds: KindTable, check_url: Callable[[str], None], wrong: WrongFields
) -> Mapping[JobKey, Task]:
    """Those whose names are right."""
    tasks: dict[JobKey, Task] = {}
    for number, given in enumerate(parsed.tasks):
        place = f"tasks[{number}]"
        with wrong:
            type_ = kinds.read(given.type, f"{place}.type")
            key = JobKey(parsed.appid, type_.kind, _subject(type_, given, place))
            if key in tasks:
                raise InvalidRequestError("the body has the same task twice", field=place)
            tasks[key] = Task(key=key, notify=given.notify, params=given.params)
        for name, url in (("notify", given.notify), ("params", given.params)):
            with wrong:
                check_address(url, f"{place}.{name}", check_url)
    return tasks


def _as_go_reads(found: Any, form: type[RegistrationBody]) -> Any:
    """The object, and those in its `tasks`, with known names in small letters and without nulls."""
    names = frozenset((*form.__struct_fields__, *TaskBody.__struct_fields__))
    account = _fields(found, names)
    tasks = account.get("tasks") if isinstance(account, dict) else None
    if not isinstance(tasks, list):
        return account
    if len(tasks) > MOST_TASKS:
        raise InvalidRequestError(
            f"has {len(tasks)} tasks, more than {MOST_TASKS}: register them with several requests, "
            "each with the appid and a part of the tasks",
            field="tasks",
        )
    return account | {
        "tasks": [_fields(one, names, f"tasks[{number}].") for number, one in enumerate(tasks)]
    }


def _fields(found: Any, names: Collection[str], place: str = "") -> Any:
    if not isinstance(found, dict):
        return found
    if len(found) > MOST_FIELDS:
        raise InvalidRequestError(
            f"has {len(found)} fields, more than {MOST_FIELDS}: send those of the documentation",
            field=place.rstrip(".") or "body",
        )
    fields, spelt = dict[str, Any](), dict[str, str]()
    for name, value in found.items():
        if value is None:
            continue
        small = name.lower() if name.lower() in names else name
        if small in fields and fields[small] != value:
            raise InvalidRequestError(f"differs from {spelt[small]}", field=f"{place}{name}")
        fields[small], spelt[small] = value, name
    return fields


def _note(found: dict[str, Any], form: type[RegistrationBody]) -> str:
    note = " ".join(islice(_notes(found, form), _NOTED))
    return f"no task is registered: {note}" if note and not found.get("tasks") else note


def _notes(found: dict[str, Any], form: type[RegistrationBody]) -> Iterator[str]:
    for place, name, missing in islice(_unknown(found, form), _LOOKED_AT):
        meant = nearest(name, missing)
        if meant or "tasks" in missing:
            hint = f"; did you mean {meant}?" if meant else "."
            yield f"{place}{name[:_LONGEST_SHOWN]} is not known here, and is ignored{hint}"


def _unknown(
    found: dict[str, Any], form: type[RegistrationBody]
) -> Iterator[tuple[str, str, list[str]]]:
    """The place and name of each unknown field, and the known ones that are missing beside it."""
    yield from _unknown_of(found, form.__struct_fields__, "")
    for number, task in enumerate(found.get("tasks", ())):
        yield from _unknown_of(task, TaskBody.__struct_fields__, f"tasks[{number}].")


def _unknown_of(
    given: Mapping[str, Any], known: tuple[str, ...], place: str
) -> Iterator[tuple[str, str, list[str]]]:
    if given.keys() <= set(known):
        return
    missing = [name for name in known if name not in given]
    for name in given:
        if name not in known:
            yield place, name, missing


def _subject(type_: CredentialType, body: TaskBody, path: str) -> str:
    named = {
        name: value
        for name in ("subject", "authorizer_appid", "openid")
        if (value := getattr(body, name))
    }
    for name, value in named.items():
        if name not in ("subject", type_.subject_field) or not type_.subject_field:
            what = f"goes by {type_.subject_field}" if type_.subject_field else "has no subject"
            raise InvalidRequestError(f"{type_.kind} {what}", field=f"{path}.{name}")
        check = check_appid if name == "authorizer_appid" else check_wechat_id
        check(value, f"{path}.{name}")
    if len(set(named.values())) > 1:
        raise InvalidRequestError("differs from subject", field=f"{path}.{type_.subject_field}")
    if type_.needs_subject and not named and not body.params:
        raise InvalidRequestError(
            f"name the {type_.subject_field}, or give a params URL that returns it",
            field=f"{path}.{type_.subject_field}",
        )
    return next(iter(named.values()), "")


def _name(parsed: RegistrationBody) -> str:
    """Empty if the body has none. Raises InvalidRequestError."""
    given = parsed.name.strip() if isinstance(parsed, NamedRegistrationBody) else ""
    return read_name(given, "name") if given else ""


def _check_secret(secret: str) -> None:
    if not secret:
        raise InvalidRequestError("must not be empty", field="appsecret")
    if len(secret) > _LONGEST_SECRET or not secret.isprintable() or " " in secret:
        raise InvalidRequestError("is not a secret that WeChat gives out", field="appsecret")
