"""What failures call for: of calls that fetch something, and of messages that are sent."""

import enum


class Reaction(enum.StrEnum):
    """What a failure calls for. Every failure has exactly one."""

    TRANSIENT = "transient"
    """It may pass by itself: back off with jitter, keep serving what is still valid."""

    PARENT_INVALID = "parent_invalid"
    """The credential that was used for the call is bad: refresh that one, then try again."""

    NEEDS_INPUT = "needs_input"
    """Something only the outside can give is missing or was refused: sleep until it arrives."""

    WAIT_UNTIL = "wait_until"
    """It will pass at a known time."""

    OPERATOR = "operator"
    """A person must act: say exactly what to do, probe slowly."""


class Verdict(enum.StrEnum):
    """What a message that was not taken calls for. Every failure to send has exactly one."""

    RETRY = "retry"
    """It was not taken for certain: back off with jitter."""

    AMBIGUOUS = "ambiguous"
    """Nobody knows whether it was taken: the answer was lost."""

    PAUSE = "pause"
    """The whole account has to wait, until a known time."""

    CREDENTIAL = "credential"
    """The account's token is dead or not there yet, and being replaced: says nothing of the message."""

    SLOWER = "slower"
    """Too many to this one receiver: wait for a while."""

    FALL_BACK = "fall_back"
    """Not in this way, perhaps in another."""

    UNREACHABLE = "unreachable"
    """The receiver takes nothing any more."""

    REJECTED = "rejected"
    """This message is never going to be taken: say why."""

    OPERATOR = "operator"
    """A person must act, then it is taken: probe slowly."""
