"""The pauses between retries."""

import random
from datetime import timedelta
from typing import Final

FIRST_RETRY: Final = timedelta(seconds=1)

# Enough doublings to reach every cap, too few for a timedelta to overflow.
DOUBLINGS: Final = 20


def backoff(first: timedelta, attempts: int, *, cap: timedelta) -> timedelta:
    """`first` after one failed attempt, doubled with each further one, at most `cap`. Numbers below one count as
    one."""
    return min(first * 2.0 ** max(0, min(attempts - 1, DOUBLINGS)), cap)


def jittered(pause: timedelta, rng: random.Random) -> timedelta:
    """Between half of `pause` and all of it."""
    return pause * rng.uniform(0.5, 1.0)
