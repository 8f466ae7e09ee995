"""Writes the log of a daemon or an agent to the standard error stream."""

import sys

from wechat_scheduler.config import loading
from wechat_scheduler.config.settings import LogSettings
from wechat_scheduler.log import setup as log


def log_to_stderr(settings: LogSettings, queue: log.LogQueue) -> None:
    """`queue` is that of the standard error stream. May be called again, with other settings."""
    log.configure(
        level=settings.level,
        format=settings.format,
        stream=sys.stderr,
        journal=loading.journal_stream(),
        queue=queue,
    )
