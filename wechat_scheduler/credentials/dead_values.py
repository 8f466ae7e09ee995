"""Decides which values are known to be dead."""

from wechat_scheduler.credentials.model import Fault
from wechat_scheduler.reasons import Reaction


def is_dead(fault: Fault | None, *, suspect: bool) -> bool:
    """Whether a value was reported (`suspect`) and cannot be replaced, so that no caller gets it. While WeChat is merely
    down, or the calls of today are spent, the report may be wrong, and the value is handed out."""
    if fault is None or not suspect or fault.reaction is Reaction.TRANSIENT:
        return False
    return fault.reaction is not Reaction.WAIT_UNTIL or fault.errcode is not None
