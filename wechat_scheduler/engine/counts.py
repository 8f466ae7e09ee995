"""Counts what is under way."""

from collections import Counter
from typing import TypeVar

T = TypeVar("T")


def release(counts: Counter[T], name: T) -> None:
    """Count one less. A name of which none is left takes no memory."""
    counts[name] -= 1
    if not counts[name]:
        del counts[name]
