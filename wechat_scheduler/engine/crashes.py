"""Decides when a row is tried again whose handling crashed, and when it is set aside.

A crash is an error that the code does not expect: a bug. One row that crashes must neither be tried
for ever nor end the loop of all the others.
"""

from datetime import timedelta
from typing import Final

from wechat_scheduler.engine.sentences import Sentence

PAUSES: Final = tuple(timedelta(minutes=minutes) for minutes in (0.5, 2, 8, 30))
"""The pause after each crash in a row. Long enough together for a crash that passes, such as a lack of
memory; after one crash more the row is set aside."""

CRASHED: Final = Sentence(
    "handling it crashed here with {error}: the log says where",
    "处理它时在这里崩溃（{error}）：位置见日志",
)


def pause_after(crashes: int) -> timedelta | None:
    """The pause after the latest of `crashes` crashes in a row; None if the row is to be set aside."""
    return PAUSES[max(crashes, 1) - 1] if crashes <= len(PAUSES) else None


def crash_reason(error: Exception) -> str:
    """What is stored about a crash. Without the error's text, which may quote a secret; the log has the
    traceback."""
    return CRASHED.fill(error=type(error).__name__)
