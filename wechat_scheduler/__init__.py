"""Keeps every WeChat credential of a business fresh, and delivers what it has to say on time."""

__version__ = "0.1.0"

MEDIA_TYPE = "application/vnd.wechat-scheduler+json"
"""Accepted by clients that want native responses from a daemon with `compat.original_answers`."""
