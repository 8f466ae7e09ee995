"""Converts values to columns and back: instants, faults, sealed texts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from enum import Enum
from functools import cache, partial
from operator import attrgetter
from typing import Any, Final, TypeVar, cast, get_origin, get_type_hints

import msgspec

from wechat_scheduler.credentials.model import (
    Account,
    ClaimedJob,
    Contest,
    Credential,
    Fault,
    JobKey,
)
from wechat_scheduler.engine.clock import EPOCH
from wechat_scheduler.errors import SealingError
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.storage.checks import COUNTS, checked, counted, is_plain
from wechat_scheduler.storage.database import Row
from wechat_scheduler.storage.sealing import Sealer
from wechat_scheduler.storage.unreadable import UNREADABLE, UNREADABLE_FAULT, report

T = TypeVar("T")

MICROSECOND = timedelta(microseconds=1)


class SealedCredential(msgspec.Struct, array_like=True):
    """The secret part of a credential, sealed in this order."""

    value: str
    answer: str
    refresh_token: str


_json = msgspec.json.Encoder()
_credential_json = msgspec.json.Decoder(SealedCredential)
_fault_json = msgspec.json.Decoder(Fault)
_contest_json = msgspec.json.Decoder(Contest)
_urls_json = msgspec.json.Decoder(tuple[str, ...])


def micros(instant: datetime) -> int:
    return (instant - EPOCH) // MICROSECOND


def micros_or_none(moment: datetime | None) -> int | None:
    return None if moment is None else micros(moment)


def instant(value: int) -> datetime:
    return EPOCH + timedelta(microseconds=value)


def instant_or_none(value: int | None) -> datetime | None:
    return None if value is None else instant(value)


def span(value: int) -> timedelta:
    return timedelta(microseconds=value)


_CONVERSIONS: Final[dict[Any, Callable[[Any], Any]]] = {
    bool: bool,
    datetime: instant,
    datetime | None: instant_or_none,
    timedelta: span,
}
_PLAIN: Final[dict[Any, Any]] = {kind: kind for kind in (int, str, int | None, str | None)}


def record(form: type[T], row: Row, prefix: str = "", **given: Any) -> T:
    """A dataclass from a row: `given`, and each other field from the column of its name, converted to
    the field's type. `prefix` begins the names in the row."""
    wanted = _columns(cast(Any, form), prefix, tuple(given))  # mypy takes a type for unhashable
    for name, column, plain, convert in wanted:
        value = row[column]
        given[name] = value if type(value) is plain else convert(value)
    return form(**given)


@cache
def _columns(
    form: Any, prefix: str, given: Sequence[str]
) -> Sequence[tuple[str, str, Any, Callable[[Any], Any]]]:
    """For each field that is not given: its name, its column, the type whose values are taken as they are, and
    what converts others."""
    hints = get_type_hints(form)
    types = [(one.name, hints[one.name]) for one in fields(form) if one.name not in given]
    return [
        (name, f"{prefix}{name}", kind if is_plain(name, kind) else None, _conversion(name, kind))
        for name, kind in types
    ]


def _conversion(name: str, kind: Any) -> Callable[[Any], Any]:
    if name in COUNTS:
        return partial(counted, name)
    if get_origin(kind) is tuple:
        return msgspec.json.Decoder(kind).decode
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    return _CONVERSIONS.get(kind) or partial(checked, name, _PLAIN.get(kind, object))


def stored(thing: object, names: Iterable[str]) -> tuple[object, ...]:
    """The fields of these names, as columns hold them."""
    values = _fields(tuple(names))(thing)
    return tuple([v if type(v) in _AS_THEY_ARE else _writing(_kind(v))(v) for v in values])


@cache
def _fields(names: Sequence[str]) -> Callable[[object], Sequence[object]]:
    """Takes two names at least."""
    return attrgetter(*names)


@cache
def _writing(kind: Any) -> Callable[[Any], object]:
    """Makes a column's value of one of that type."""
    if issubclass(kind, datetime):
        return micros
    if issubclass(kind, timedelta):
        return lambda value: value // MICROSECOND
    if issubclass(kind, Enum):
        return attrgetter("value")
    if issubclass(kind, bool):
        return int
    if issubclass(kind, tuple):
        return lambda value: _json.encode(value).decode()
    return lambda value: value


_kind: Final[Callable[[object], Any]] = type  # mypy takes a type for unhashable
_AS_THEY_ARE: Final = frozenset((str, int, type(None)))


def columns(table: str, names: str, prefix: str = "") -> str:
    """A SELECT list of `names`; `table` is an alias, and `prefix` begins the names in the row."""
    return ", ".join(f"{table}.{name} AS {prefix}{name}" for name in names.split())


def key_of(row: Row) -> JobKey:
    return JobKey(row["appid"], row["kind"], row["subject"])


class Vault:
    """Seals and opens the secret texts of rows. The context of a text is its place: a text that was moved
    to another row does not open."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def seal(self, text: str, place: str) -> str:
        """An empty text stays empty, so that SQL can test for it."""
        return self._sealer.seal(text, context=place) if text else ""

    def open(self, sealed: str, place: str) -> str:
        return self._sealer.open(sealed, context=place) if sealed else ""

    def open_or(self, sealed: str, place: str, *, otherwise: T) -> str | T:
        """Like `open`; `otherwise` if the text cannot be opened."""
        try:
            return self.open(sealed, place)
        except SealingError:
            return otherwise

    def seal_credential(self, key: JobKey, credential: Credential) -> str:
        plain = SealedCredential(credential.value, credential.answer, credential.refresh_token)
        return self.seal(_json.encode(plain).decode(), f"job:{key}")

    def credential(self, row: Row) -> Credential | None:
        if row["credential"] is None:
            return None
        plain = _credential_json.decode(self.open(row["credential"], f"job:{key_of(row)}"))
        return record(
            Credential,
            row,
            value=plain.value,
            answer=plain.answer,
            refresh_token=plain.refresh_token,
        )

    def readable_credential(self, row: Row) -> Credential | None:
        """Like `credential`; None, with an error in the log, if it cannot be read: a new one replaces it."""
        try:
            return self.credential(row)
        except UNREADABLE as error:
            report("jobs", key_of(row), error)
            return None

    def seal_urls(self, key: JobKey, urls: list[str]) -> str:
        return self.seal(_json.encode(urls).decode() if urls else "", f"params:{key}")

    def urls(self, row: Row) -> tuple[str, ...]:
        sealed = row["params"]
        return _urls_json.decode(self.open(sealed, f"params:{key_of(row)}")) if sealed else ()

    def claimed_job(self, row: Row) -> ClaimedJob:
        secret = self.open(row["secret"], f"account:{row['appid']}")
        return record(
            ClaimedJob,
            row,
            key=key_of(row),
            claim=row["claimed_by"],
            account=record(Account, row, secret=secret),
            credential=self.readable_credential(row),
            fault=fault_of(row),
            contest=contest_of(row),
            params=self.urls(row),
        )


def fault_of(row: Row) -> Fault | None:
    """One that cannot be read is still a fault."""
    if row["fault"] is None:
        return None
    try:
        return _fault_json.decode(row["fault"])
    except msgspec.MsgspecError:
        return Fault(at=EPOCH, reaction=Reaction.TRANSIENT, message=UNREADABLE_FAULT.en)


def fault_text(fault: Fault) -> str:
    return _json.encode(fault).decode()


def contest_of(row: Row) -> Contest | None:
    """None if it cannot be read: the next sign of a contest replaces it."""
    try:
        return None if row["contest"] is None else _contest_json.decode(row["contest"])
    except msgspec.MsgspecError:
        return None


def contest_text(contest: Contest | None) -> str | None:
    return None if contest is None else _json.encode(contest).decode()


def registration_place(key: JobKey, owner: str) -> str:
    """The context that the addresses of a registration are sealed with."""
    return f"registration:{key}:{owner}"
