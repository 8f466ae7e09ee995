"""The states of jobs as SQL expressions."""

from datetime import timedelta
from typing import Final

from wechat_scheduler.credentials.model import AUTHORIZATION
from wechat_scheduler.engine.clock import AHEAD
from wechat_scheduler.reasons import Reaction

# The same rule as `dead_values.is_dead`: JSON escapes the quotes of a message. SQLite computes both sides of an AND that
# is a value, and to look through the faults takes long.
IS_DEAD: Final = """
    CASE WHEN suspect = 1 THEN coalesce(
        fault LIKE '%"reaction":"operator"%' OR fault LIKE '%"reaction":"needs_input"%'
        OR fault LIKE '%"reaction":"parent_invalid"%'
        OR (fault LIKE '%"reaction":"wait_until"%' AND fault NOT LIKE '%"errcode":null%'),
        false) ELSE false END
"""
_FAILED_BY: Final = " ".join(
    f"""WHEN fault LIKE '%"reaction":"{reaction}"%' THEN '{reaction}'"""
    for reaction in sorted(
        Reaction, key=lambda one: one is not Reaction.OPERATOR
    )  # the frequent one
    if reaction is not Reaction.TRANSIENT
)
# The same rule as `rows.fault_of`: a fault that cannot be read is a transient one.
REACTION: Final = f"CASE WHEN fault IS NULL THEN '' {_FAILED_BY} ELSE '{Reaction.TRANSIENT}' END"


def state_at(instant: str) -> str:
    """The same rule as `policy.freshness`. `instant` is a place, in microseconds."""
    ahead = f"{instant} + {AHEAD // timedelta(microseconds=1)}"
    return f"""
        CASE WHEN waits_on = '{AUTHORIZATION}' THEN 'revoked' WHEN expires_at IS NULL THEN 'pending'
            WHEN expires_at <= {instant} OR issued_at > {ahead} OR {IS_DEAD} THEN 'expired'
            WHEN renew_at <= {instant} THEN 'stale' ELSE 'fresh' END
    """


def is_simply_fresh(instant: str) -> str:
    """Whether it is fresh, has neither a fault nor a contest, and waits for nothing. Not all that are fresh are so."""
    ahead = f"{instant} + {AHEAD // timedelta(microseconds=1)}"
    return f"""coalesce(waits_on = '' AND fault IS NULL AND contest IS NULL AND suspect = 0
        AND expires_at > {instant} AND renew_at > {instant} AND issued_at <= {ahead}, false)"""


def contested_since(instant: str) -> str:
    """Whether a contest was found since then. `instant` is a place, with the first 19 letters of RFC 3339 in UTC."""
    return f"coalesce(substr(contest, 8, 19) >= {instant}, false)"
