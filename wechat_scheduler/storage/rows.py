"""Converts values to columns and back: instants, faults, sealed texts."""

from datetime import datetime, timedelta

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
from wechat_scheduler.storage.database import Row
from wechat_scheduler.storage.sealing import Sealer

MICROSECOND = timedelta(microseconds=1)


class SealedCredential(msgspec.Struct, array_like=True):
    """The secret part of a credential, sealed in this order."""

    value: str
    answer: str
    refresh_token: str


_seal_json = msgspec.json.Encoder()
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

    def seal_credential(self, key: JobKey, credential: Credential) -> str:
        plain = SealedCredential(credential.value, credential.answer, credential.refresh_token)
        return self.seal(_seal_json.encode(plain).decode(), f"job:{key}")

    def credential(self, row: Row) -> Credential | None:
        if row["credential"] is None:
            return None
        plain = _credential_json.decode(self.open(row["credential"], f"job:{key_of(row)}"))
        return Credential(
            value=plain.value,
            answer=plain.answer,
            refresh_token=plain.refresh_token,
            version=row["version"],
            issued_at=instant(row["issued_at"]),
            expires_at=instant(row["expires_at"]),
            renew_at=instant(row["renew_at"]),
        )

    def seal_urls(self, key: JobKey, urls: list[str]) -> str:
        return self.seal(_seal_json.encode(urls).decode() if urls else "", f"params:{key}")

    def urls(self, row: Row) -> tuple[str, ...]:
        sealed = row["params"]
        return _urls_json.decode(self.open(sealed, f"params:{key_of(row)}")) if sealed else ()

    def claimed_job(self, row: Row) -> ClaimedJob:
        secret = self.open(row["secret"], f"account:{row['appid']}")
        return ClaimedJob(
            key=key_of(row),
            claim=row["claimed_by"],
            account=Account(appid=row["appid"], secret=secret, endpoint=row["endpoint"]),
            credential=self.credential(row),
            subject=row["bound"],
            version=row["version"],
            longest=timedelta(microseconds=row["longest"]),
            attempts=row["attempts"],
            calls=row["calls"],
            forces=row["forces"],
            forced_at=instant_or_none(row["forced_at"]),
            fault=fault_of(row),
            contest=contest_of(row),
            waits_on=row["waits_on"],
            revision=row["revision"],
            suspect=bool(row["suspect"]),
            asks_params=bool(row["asks_params"]),
            params=self.urls(row),
        )


def fault_of(row: Row) -> Fault | None:
    return None if row["fault"] is None else _fault_json.decode(row["fault"])


def fault_text(fault: Fault) -> str:
    return _seal_json.encode(fault).decode()


def contest_of(row: Row) -> Contest | None:
    return None if row["contest"] is None else _contest_json.decode(row["contest"])


def contest_text(contest: Contest | None) -> str | None:
    return None if contest is None else _seal_json.encode(contest).decode()


def registration_place(key: JobKey, owner: str) -> str:
    """The context that the addresses of a registration are sealed with."""
    return f"registration:{key}:{owner}"
