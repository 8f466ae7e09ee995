"""Asks the daemon for values, again and again."""

import re
from datetime import datetime, timedelta

from wechat_scheduler.agent.values import KeptValue, WantedCredential
from wechat_scheduler.client.answers import DaemonResponse, result
from wechat_scheduler.client.checks import task_path
from wechat_scheduler.client.client import Client
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import CallError

NOT_MODIFIED = 304
# A daemon that says nothing is asked again after this.
PAUSE = timedelta(seconds=10)
_MAX_AGE = re.compile(r"max-age=(\d{1,9})\b")


class PollingClient(Client):
    """A client whose answers come with version and expiry."""

    def __init__(self, url: str, key: str, *, clock: Clock) -> None:
        """Raises ValueError as Client does."""
        super().__init__(url, key, clock=clock)

    async def next(self, wanted: WantedCredential, known: KeptValue | None) -> KeptValue:
        """See `ports.ValueSource`."""
        while True:
            asked = self._clock.boottime()
            etag = {} if known is None else {"If-None-Match": f'"{known.version}"'}
            path = task_path(wanted.appid, wanted.kind, wanted.subject)
            response = await self._driver.call("GET", *path, headers=etag)
            if response.status != NOT_MODIFIED:
                return self._value(wanted, response, asked)
            await self._clock.sleep(_age(response))

    def _value(self, wanted: WantedCredential, response: DaemonResponse, asked: float) -> KeptValue:
        value = result(response, str)
        try:
            expires_at = datetime.fromisoformat(response.headers["X-Credential-Expires"])
            version = int(response.headers["ETag"].strip('"'))
            left = (expires_at - self._clock.now()).total_seconds()
        except (KeyError, ValueError, TypeError) as error:  # a proxy removed or changed them
            sentence = f"{response.url} answered without the version and expiry of the value"
            raise CallError(sentence) from error
        return KeptValue(
            wanted=wanted, value=value, version=version, expires_at=expires_at, until=asked + left
        )


def _age(response: DaemonResponse) -> timedelta:
    age = _MAX_AGE.search(response.headers.get("Cache-Control", ""))
    return timedelta(seconds=int(age[1])) if age else PAUSE
