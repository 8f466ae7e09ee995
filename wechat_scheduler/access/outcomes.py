"""Keeps what a person has done for the page that says so: the address of that page has an id alone.

An outcome may hold what a person undoes by it, so it is stored sealed, in the place of responses, and not for long.
"""

import re
import secrets
from datetime import timedelta
from typing import Final

from wechat_scheduler.access import once
from wechat_scheduler.access.once import Once, StoredResponses
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import SealingError

# A person may come back to the page from a later one.
KEPT: Final = timedelta(hours=1)
_ID: Final = re.compile(r"[A-Za-z0-9_-]{22}")


class Outcomes:
    """Keeps texts for `KEPT`. `scope` names whose they are, and the page. Methods may raise StorageError."""

    def __init__(self, responses: StoredResponses, *, clock: Clock) -> None:
        self._responses = responses
        self._clock = clock

    async def keep(self, scope: str, text: str) -> str:
        """Store the text. Returns its id, which cannot be guessed."""
        key = secrets.token_urlsafe(16)
        # Responses are deleted by their age: this one ends sooner than theirs.
        at = self._clock.now() - once.KEPT + KEPT
        await self._responses.put(Once(scope=_scope(scope), key=key, digest="", response=text), at)
        return key

    async def find(self, scope: str, key: str) -> str | None:
        """The text of that id; None if there is none, or it cannot be opened."""
        if not _ID.fullmatch(key):
            return None
        try:
            return await self._responses.find(_scope(scope), key, "")
        except SealingError:
            return None


def _scope(scope: str) -> str:
    """No request has such a scope."""
    return f"outcome {scope}"
