"""Capability URLs: links that cannot be guessed. Everyone who has the link may open it.

A link holds the name of its target and a MAC of it, so no link is stored. It may hold a generation as
well; the code that made the link decides which generation is current.
"""

import hmac
from base64 import urlsafe_b64encode
from datetime import timedelta

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.errors import UnavailableError
from wechat_scheduler.reasons import Reason

# Bytes: 128 bits.
PROOF = 16

_LINK = pattern(r"([A-Za-z0-9]{1,64})(?:-([1-9][0-9]{0,8}))?\.([A-Za-z0-9_-]{22})")


class Links:
    """`secret` is random and permanent; `public_url` is the address at which users reach this daemon,
    empty if it is not configured."""

    def __init__(self, secret: bytes, public_url: str) -> None:
        # A copy of it makes the same proof as `hmac.digest`, which releases the GIL on every call.
        self._mac = hmac.new(secret, digestmod="sha256")
        self.public_url = public_url.rstrip("/")

    def capability(self, purpose: str, name: str | int, generation: int = 0) -> str:
        """The part of a path that names `name` and proves it. A proof for one `purpose` is
        invalid for others."""
        named = f"{name}-{generation}" if generation else str(name)
        return f"{named}.{self._proof(purpose, named)}"

    def name_in(self, purpose: str, capability: str) -> str | None:
        """The name in a capability; None if it was not made here for that purpose."""
        found = _LINK.fullmatch(capability)
        named = capability.partition(".")[0]
        if found is None or not hmac.compare_digest(found[3], self._proof(purpose, named)):
            return None
        return found[1]

    @staticmethod
    def generation_in(capability: str) -> int:
        """The generation in a capability that `name_in` accepts; 0 if it has none."""
        found = _LINK.fullmatch(capability)
        return int(found[2] or 0) if found else 0

    def url(self, path: str) -> str:
        """The public URL of `path`. Raises UnavailableError if `server.public_url` is not set."""
        if not self.public_url:
            raise UnavailableError(
                "this needs server.public_url: the address at which users reach this daemon",
                reason=Reason.DAEMON_UNREADY,
                retry_after=timedelta(minutes=1),
            )
        return self.public_url + path

    def url_if_public(self, path: str) -> str:
        """The public URL of `path`; empty if `server.public_url` is not set."""
        return self.public_url and self.public_url + path

    def _proof(self, purpose: str, name: str) -> str:
        mac = self._mac.copy()
        mac.update(f"{purpose}\0{name}".encode())
        return urlsafe_b64encode(mac.digest()[:PROOF]).decode().rstrip("=")
