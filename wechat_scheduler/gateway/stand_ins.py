"""Stand-in tokens: an `access_token` of ours that only this gateway understands.

A stand-in names its consumer, the consumer's generation, its expiry and the job whose current value the
gateway sends in its place, and proves them with a MAC. It is not stored. It is valid as long as WeChat's
own (7200 s), ends at once with its consumer or the consumer's secret, and WeChat rejects it. Its content
is readable: it holds no secret.

It looks like WeChat's tokens: letters, digits, `-` and `_`, some 150 of them.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.engine.clock import AHEAD, EPOCH
from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.gateway.consumers import ConsumerDesk
from wechat_scheduler.gateway.model import Consumer
from wechat_scheduler.gateway.refused_tokens import TokenRefusal

PREFIX: Final = "ws1_"
LIFETIME: Final = timedelta(seconds=7200)
# Bytes: 192 bits, which base64 writes without padding.
_MAC: Final = 24
_FORM: Final = pattern(r"ws1_([A-Za-z0-9_-]{40,900})")
_PURPOSE: Final = b"stand-in"


class StandInToken(NamedTuple):
    """A valid stand-in: its consumer, which is active, and the job whose value it stands for."""

    consumer: Consumer
    key: JobKey


class StandInTokens:
    """Issues and reads stand-ins. `secret` is random, permanent, and the same for all processes."""

    def __init__(self, secret: bytes, consumers: ConsumerDesk) -> None:
        self._secret = secret
        self._consumers = consumers

    def issue(self, consumer: Consumer, key: JobKey, now: datetime) -> str:
        """A stand-in for the value of that job, valid for LIFETIME."""
        expires = int((now + LIFETIME - EPOCH).total_seconds())
        said = "\n".join((consumer.name, str(consumer.generation), str(expires), *key)).encode()
        return PREFIX + urlsafe_b64encode(self._mac(said) + said).decode().rstrip("=")

    async def read(self, token: str, now: datetime) -> StandInToken | TokenRefusal:
        """The content of a stand-in, or why it is rejected. A token of WeChat's is UNKNOWN. May raise
        StorageError."""
        said = self._proven(token)
        if said is None:
            return TokenRefusal.UNKNOWN
        name, generation, expires, *key = said.decode().split("\n")
        ends = EPOCH + timedelta(seconds=int(expires))
        if not now < ends <= now + LIFETIME + AHEAD:  # a later one was issued by another clock
            return TokenRefusal.EXPIRED
        consumer = await self._consumers.of_generation(name, int(generation))
        if consumer is None:
            return TokenRefusal.ENDED
        job = JobKey(*key)
        if consumer.appids.isdisjoint((job.appid, job.subject)):
            return TokenRefusal.REACH
        return StandInToken(consumer, job)

    def _proven(self, token: str) -> bytes | None:
        found = _FORM.fullmatch(token)
        if found is None or len(found[1]) % 4 == 1:
            return None
        plain = urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4))
        mac, said = plain[:_MAC], plain[_MAC:]
        return said if hmac.compare_digest(mac, self._mac(said)) else None

    def _mac(self, said: bytes) -> bytes:
        mac = hashlib.blake2b(said, key=self._secret, digest_size=_MAC, person=_PURPOSE)
        return mac.digest()
