"""Places for ids: random ids that begin with the same one lie near to each other in an index."""

import secrets
from itertools import count
from typing import Final

# So many that are made one after the other share a place.
NEIGHBOURS: Final = 16
# As many as 16 bits or four hex digits say. After the last comes the first again.
PLACES: Final = 1 << 16

# The other bits of an id of 52.
BEHIND: Final = 36


class IdPlaces:
    """Gives places to what one process makes, in its order; 0 is none of them."""

    def __init__(self) -> None:
        self._made = count(secrets.randbelow(NEIGHBOURS * PLACES))

    def next(self) -> int:
        return 1 + next(self._made) // NEIGHBOURS % (PLACES - 1)
