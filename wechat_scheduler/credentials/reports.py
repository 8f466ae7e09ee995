"""The outcome of a report that a value is dead."""

import enum


class ReportOutcome(enum.Enum):
    """What followed from a report."""

    OUTDATED = enum.auto()
    """The value is not the current one."""

    BELIEVED = enum.auto()
    """The value is refreshed."""

    KNOWN = enum.auto()
    """The value was reported before, and is being refreshed."""
