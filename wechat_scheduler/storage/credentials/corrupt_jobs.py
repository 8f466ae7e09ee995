"""The script for a job whose row cannot be read: it fails with the reason, and is tried again later."""

from datetime import datetime, timedelta
from typing import Final

from wechat_scheduler.credentials.model import Fault, JobKey
from wechat_scheduler.engine.sentences import Sentence
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.storage.credentials.registrations import list_params
from wechat_scheduler.storage.database import Script, Statement
from wechat_scheduler.storage.rows import Vault, fault_text, micros

# The claim counted a call that is not made.
SPOIL = """
    UPDATE jobs SET fault = $5, attempts = attempts + 1, calls = calls - 1, claimed_by = NULL,
        due_at = $6
    WHERE appid = $1 AND kind = $2 AND subject = $3 AND claimed_by = $4
    RETURNING attempts
"""
ADVICE: Final = Sentence(
    "register the account again with its AppSecret; if that does not help, remove the task and register it again",
    "请用账号的 AppSecret 重新登记它；如果没有用，请移除 task 后重新登记",
)
# A registration makes it due at once.
RETRY = timedelta(minutes=15)


def spoil(vault: Vault, key: JobKey, claim: str, reason: str, now: datetime) -> Script[bool]:
    """Store that a claimed job cannot be read, and list its `params` again from the registrations. Returns whether
    its last attempt did not fail."""
    fault = Fault(at=now, reaction=Reaction.OPERATOR, message=reason, advice=ADVICE.en)
    spoilt = yield Statement(SPOIL, (*key, claim, fault_text(fault), micros(now + RETRY)))
    yield from list_params(vault, key)
    return any(row["attempts"] == 1 for row in spoilt)
