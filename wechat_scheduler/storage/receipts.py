"""WeChat's word on template messages: TEMPLATESENDJOBFINISH."""

from datetime import timedelta

from wechat_scheduler.storage.database import Script, Statement

# A receipt without its delivery belongs to somebody else's message, sent through the same account.
KEPT = timedelta(days=1) // timedelta(microseconds=1)

# That a reference is not empty tells the planner that the index holds it.
APPLY = """
    UPDATE deliveries SET state = CASE WHEN $3 = '' THEN 'delivered' ELSE 'dead' END,
        error = $3, settled_at = $4
    WHERE appid = $1 AND reference = $2 AND reference <> '' AND state = 'accepted' RETURNING id
"""
KEEP = """
    INSERT INTO receipts (appid, msgid, failure, at) VALUES ($1, $2, $3, $4)
    ON CONFLICT DO NOTHING
"""
TAKE = "DELETE FROM receipts WHERE appid = $1 AND msgid = $2 RETURNING failure"
# Each new one takes two old ones along.
FORGET = """
    DELETE FROM receipts WHERE (appid, msgid) IN (
        SELECT appid, msgid FROM receipts WHERE at < $1 ORDER BY at LIMIT 2
    )
"""


def put_receipt(appid: str, msgid: str, failure: str, now: int) -> Script[bool]:
    """Whether a delivery was waiting for it; else it is kept for one."""
    found = yield Statement(APPLY, (appid, msgid, failure, now))
    if not found:
        yield Statement(FORGET, (now - KEPT,))
        yield Statement(KEEP, (appid, msgid, failure, now))
    return bool(found)


def apply_receipt(appid: str, msgid: str, now: int) -> Script[None]:
    """The one that came before its delivery was known to be accepted, if there was one."""
    for row in (yield Statement(TAKE, (appid, msgid))):
        yield Statement(APPLY, (appid, msgid, row["failure"], now))
