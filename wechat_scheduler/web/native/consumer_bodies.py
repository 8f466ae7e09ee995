"""The bodies and results of consumers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from wechat_scheduler.engine.wrong_fields import WrongFields
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.gateway.model import NAME, Consumer
from wechat_scheduler.gateway.paths import RULE, issues_tokens
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.ids import WeChatId, read_appids, schema_of
from wechat_scheduler.web.kit.texts import read_networks

# A larger number would limit nothing: WeChat allows fewer calls.
MOST_CALLS: Final = 100_000_000

MOST_RULES: Final = 100

Calls = Annotated[int, msgspec.Meta(ge=0, le=MOST_CALLS)]
PathRule = Annotated[str, msgspec.Meta(extra_json_schema=schema_of(RULE))]
Appids = Annotated[list[WeChatId], msgspec.Meta(extra_json_schema={"minItems": 1})]


class ConsumerSettings(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Settings that may be left out, and changed later. An empty `networks` or `allow_paths` and a limit of 0 do
    not limit it; limits to paths and numbers of calls need `stand_in`."""

    networks: list[str] | UnsetType = UNSET
    per_minute: Calls | UnsetType = UNSET
    per_day: Calls | UnsetType = UNSET
    allow_paths: list[PathRule] | UnsetType = UNSET
    deny_paths: list[PathRule] | UnsetType = UNSET
    stand_in: bool | UnsetType = UNSET


class ConsumerBody(ConsumerSettings, kw_only=True, forbid_unknown_fields=True):
    """A new consumer. Its name cannot be changed."""

    name: Annotated[str, msgspec.Meta(extra_json_schema=schema_of(NAME))]
    appids: Appids


class ConsumerChange(ConsumerSettings, kw_only=True, forbid_unknown_fields=True):
    """Settings that are left out stay as they are."""

    appids: Appids | UnsetType = UNSET


class ConsumerResult(msgspec.Struct, kw_only=True):
    """A consumer without its secret. `state` is active or revoked; instants are RFC 3339 in UTC."""

    name: str
    appids: list[str]
    networks: list[str]
    per_minute: int
    per_day: int
    allow_paths: list[str]
    deny_paths: list[str]
    stand_in: bool
    state: str
    created_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


class MadeConsumerResult(ConsumerResult, kw_only=True):
    """`secret` is shown only once."""

    secret: str


_NEED_STAND_INS: Final = ("allow_paths", "deny_paths", "per_minute", "per_day")


def read_consumer(body: bytes, *, now: datetime) -> Consumer:
    """Raises InvalidRequestError, which tells of all fields that are wrong."""
    parsed, wrong = decode(body, ConsumerBody), WrongFields()
    with wrong:
        if not NAME.fullmatch(parsed.name):
            raise InvalidRequestError(
                "must be 1 to 32 lower-case letters, digits and '-' between them, such as shop-1",
                field="name",
            )
    given = dict(_settings(parsed, wrong))
    wrong.check()
    return _checked(Consumer(name=parsed.name, created_at=now, **given))


def read_change(consumer: Consumer, body: bytes) -> Consumer:
    """The changed consumer. Raises InvalidRequestError, which tells of all fields that are wrong."""
    return _checked(replace(consumer, **read_settings(body)))


def read_settings(body: bytes) -> dict[str, Any]:
    """What a change gives, by the names of the model. Raises InvalidRequestError, which tells of all fields that are
    wrong."""
    wrong = WrongFields()
    given = dict(_settings(decode(body, ConsumerChange), wrong))
    wrong.check()
    return given


def consumer_result(consumer: Consumer) -> ConsumerResult:
    return envelope.result_of(
        ConsumerResult,
        consumer,
        appids=sorted(consumer.appids),
        networks=[str(network) for network in consumer.networks],
        allow_paths=list(consumer.allow_paths),
        deny_paths=list(consumer.deny_paths),
        state="active" if consumer.revoked_at is None else "revoked",
    )


def made_consumer_result(consumer: Consumer, secret: str) -> MadeConsumerResult:
    shown = msgspec.structs.asdict(consumer_result(consumer))
    return MadeConsumerResult(**shown, secret=secret)


def _settings(
    given: ConsumerBody | ConsumerChange, wrong: WrongFields
) -> Iterator[tuple[str, Any]]:
    """Each given setting that is right, as the model's value."""
    for name in ConsumerChange.__struct_fields__:
        value = getattr(given, name)
        if value is UNSET:
            continue
        with wrong:
            yield name, _setting(name, value)


def _setting(name: str, value: Any) -> Any:
    match name:
        case "appids":
            return _appids(value)
        case "networks":
            return tuple(dict.fromkeys(read_networks(value)))
        case "allow_paths" | "deny_paths":
            return tuple(_rules(value, name))
        case _:
            return value


def _checked(consumer: Consumer) -> Consumer:
    limits = [name for name in _NEED_STAND_INS if getattr(consumer, name)]
    if limits and not consumer.stand_in:
        raise InvalidRequestError(
            "is needed for a limit to paths or to a number of calls, since a token of WeChat's does not identify the "
            f"caller: keep it, or end {', '.join(limits)} (0 ends a number, none or an empty list ends paths)",
            field="stand_in",
        )
    return consumer


def _appids(given: list[str]) -> frozenset[str]:
    if not given:
        raise InvalidRequestError("name the accounts that it may use", field="appids")
    return read_appids(given)


def _rules(given: list[str], field: str) -> Iterator[str]:
    if len(given) > MOST_RULES:
        raise InvalidRequestError(f"takes at most {MOST_RULES} rules", field=field)
    for number, rule in enumerate(given):
        if not RULE.fullmatch(rule):
            raise InvalidRequestError(
                "must be a path such as /cgi-bin/menu/* or GET /cgi-bin/menu/get",
                field=f"{field}[{number}]",
            )
        if issues_tokens(rule):
            raise InvalidRequestError(
                "names a path that issues tokens: no list keeps these from a consumer, but its revocation does",
                field=f"{field}[{number}]",
            )
        yield rule
