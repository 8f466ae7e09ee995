"""The nouns of the outbox."""

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias


class State(enum.StrEnum):
    """Where a delivery stands. A claimed one is still pending."""

    PENDING = "pending"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message to one receiver, claimed for sending.

    `id` is a random 52-bit integer and stays the same through all attempts; `channel` names who can
    send it and `target` is that channel's own address of the receiver; `attempts` counts those that
    failed; `claim` identifies this very claim.
    """

    id: int
    channel: str
    target: str
    attempts: int
    claim: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """No further attempt: the receiver accepted it, or there is nothing to deliver any more."""

    delivery: Delivery
    state: State
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred:
    """The attempt failed; the next is at `due_at`. `error` is free of secrets."""

    delivery: Delivery
    due_at: datetime
    error: str


Outcome: TypeAlias = Settled | Deferred
