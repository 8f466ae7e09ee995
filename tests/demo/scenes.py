"""Snapshots for the tests of the screen."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.credentials.policy import Freshness
from wechat_scheduler.demo.journal import EventKind, JournalEntry
from wechat_scheduler.demo.setup import CREDENTIALS
from wechat_scheduler.demo.snapshot import CredentialRow, DemoSnapshot, Places

NOW = datetime(2026, 11, 18, 2, 30, 42, tzinfo=UTC)
STARTED = NOW - timedelta(seconds=42)

PLACES = Places(
    sandbox="http://127.0.0.1:40001",
    daemon="http://127.0.0.1:40002",
    business="http://127.0.0.1:40003",
    key_file=Path("/tmp/wechat-demo-q7x1zk2f/admin.key"),
    token_lifetime=timedelta(seconds=20),
)


def row(
    key: JobKey = CREDENTIALS[0],
    *,
    state: Freshness = Freshness.FRESH,
    age: float = 3,
    lifetime: float = 20,
    version: int = 12,
    value: str = "93_QyvABCDEFGHIJKLMNOPGVfO",
    notified: int = 11,
) -> CredentialRow:
    """A credential that was issued `age` seconds ago."""
    issued_at = NOW - timedelta(seconds=age)
    return CredentialRow(
        key=key,
        state=state,
        version=version,
        issued_at=issued_at,
        expires_at=issued_at + timedelta(seconds=lifetime),
        value=value,
        notified=notified,
    )


def pending(key: JobKey = CREDENTIALS[0]) -> CredentialRow:
    return CredentialRow(
        key=key,
        state=Freshness.PENDING,
        version=0,
        issued_at=None,
        expires_at=None,
        value="",
        notified=0,
    )


def event(
    number: int, text: str, kind: EventKind = EventKind.ROTATED, at: float = 5
) -> JournalEntry:
    """An event `at` seconds after the start."""
    return JournalEntry(number=number, at=STARTED + timedelta(seconds=at), kind=kind, text=text)


def snapshot(
    *rows: CredentialRow,
    events: tuple[JournalEntry, ...] = (),
    on_phone: tuple[JournalEntry, ...] = (),
    failures: int = 0,
    now: datetime = NOW,
) -> DemoSnapshot:
    """All eight are fresh unless rows are given."""
    return DemoSnapshot(
        places=PLACES,
        started_at=STARTED,
        now=now,
        rows=rows or tuple(row(key) for key in CREDENTIALS),
        events=events,
        on_phone=on_phone,
        tickets=1234,
        rotations=23,
        notifications=21,
        failures=failures,
        never_fresh=(),
    )
