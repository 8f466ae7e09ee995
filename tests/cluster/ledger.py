"""What the database itself notes in a storm: each claim, each value that was stored, each call that was given up.

Daemons count repeated lines of their logs, so a log does not name each job. A value that was stored and then
asked for again is a fault whatever befell whom; one that was not stored was lost with its daemon, or not heard.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import asyncpg

# The words of a fault whose value WeChat may have issued nevertheless.
GIVEN_UP = "%no answer within%"
MAKE = f"""
    CREATE TABLE storm_stored (appid TEXT, asked FLOAT8, at FLOAT8);
    CREATE TABLE storm_given_up (appid TEXT, at FLOAT8);
    CREATE TABLE storm_claimed (appid TEXT, node TEXT, at FLOAT8, until FLOAT8);
    CREATE FUNCTION storm_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.kind <> 'access_token' THEN
            RETURN NULL;
        END IF;
        IF NEW.version <> OLD.version THEN
            INSERT INTO storm_stored
            VALUES (NEW.appid, NEW.issued_at / 1e6, extract(epoch FROM clock_timestamp()));
        ELSIF NEW.fault IS DISTINCT FROM OLD.fault AND NEW.fault LIKE '{GIVEN_UP}' THEN
            INSERT INTO storm_given_up
            VALUES (NEW.appid, extract(epoch FROM (NEW.fault::json ->> 'at')::timestamptz));
        ELSIF NEW.claimed_by <> '' AND NEW.claimed_by IS DISTINCT FROM OLD.claimed_by THEN
            INSERT INTO storm_claimed VALUES (
                NEW.appid, split_part(NEW.claimed_by, '/', 1), extract(epoch FROM clock_timestamp()), NEW.due_at / 1e6
            );
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER storm_note AFTER UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION storm_note();
"""
STORED = "SELECT appid, asked, at FROM storm_stored ORDER BY appid, asked"
ALL_GIVEN_UP = "SELECT appid, at FROM storm_given_up"
CLAIMED = "SELECT appid, node, at, until FROM storm_claimed WHERE until > at ORDER BY at"
# The daemons' clock is that of the database, as far as an answer tells it.
SKEW = 0.05
# Seconds that a call takes at most: its timeout by SHORT_CLAIMS, and a loop that is late.
CALL = 2.0


class Stored(NamedTuple):
    """A value that was asked for after `asked` was stored `at`."""

    asked: float
    at: float


class Claimed(NamedTuple):
    """A daemon claimed a job `at`, `until` then."""

    daemon: int
    at: float
    until: float


class Ledger(NamedTuple):
    """By appid, in the order of time."""

    stored: Mapping[str, Sequence[Stored]]
    given_up: Mapping[str, Sequence[float]]
    claimed: Mapping[str, Sequence[Claimed]]

    def stored_at(self, appid: str, issued_at: float, next_at: float) -> float | None:
        """When the value that WeChat issued then was stored; None if it was not. `next_at` is the time of the next
        value, whose call may have begun before."""
        values = self.stored.get(appid, ())
        last = bisect_left(values, issued_at + SKEW, key=lambda one: one.asked) - 1
        if last < 0 or issued_at - values[last].asked > CALL:
            return None
        is_of_next = values[last].at > next_at and next_at - values[last].asked < CALL
        return None if is_of_next else values[last].at

    def claims(self, appid: str, after: float, before: float) -> list[Claimed]:
        """Those between two values: `before` is when WeChat issued the second."""
        return [one for one in self.claimed.get(appid, ()) if after < one.at < before + SKEW]

    def was_given_up(self, appid: str, issued_at: float) -> bool:
        return any(-SKEW < at - issued_at < CALL for at in self.given_up.get(appid, ()))


async def open_ledger(pool: asyncpg.Pool) -> None:
    """From now on the database notes."""
    await pool.execute(MAKE)


async def read_ledger(pool: asyncpg.Pool, daemons: Mapping[str, int]) -> Ledger:
    """`daemons` are the numbers of all that ever ran, by name."""
    stored: dict[str, list[Stored]] = defaultdict(list)
    given_up: dict[str, list[float]] = defaultdict(list)
    for row in await pool.fetch(STORED):
        stored[row["appid"]].append(Stored(row["asked"], row["at"]))
    for row in await pool.fetch(ALL_GIVEN_UP):
        given_up[row["appid"]].append(row["at"])
    claimed: dict[str, list[Claimed]] = defaultdict(list)
    for row in await pool.fetch(CLAIMED):
        if row["node"] in daemons:
            claimed[row["appid"]].append(Claimed(daemons[row["node"]], row["at"], row["until"]))
    return Ledger(stored, given_up, claimed)
