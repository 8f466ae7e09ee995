"""Asks business systems for the inputs of a credential: the `params` address of a job."""

from collections.abc import Callable, Mapping

import msgspec

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.errors import CallError
from wechat_scheduler.webhooks.client import GuardedClient
from wechat_scheduler.webhooks.sentences import NO_OBJECT
from wechat_scheduler.webhooks.urls import job_url, shown

# Some PHP frameworks write it in front of JSON, against RFC 8259.
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class ParamsClient:
    """GETs the address with the job in the query; the response is a JSON object of strings.

    `type_of` gives the number of a kind, or its name if it has none.
    """

    def __init__(self, client: GuardedClient, *, type_of: Callable[[str], str]) -> None:
        self._client = client
        self._type_of = type_of

    async def ask(
        self, url: str, *, key: JobKey, subject: str, subject_field: str
    ) -> Mapping[str, str]:
        """The strings in the response; other values are left out. Raises CallError."""
        target = job_url(
            url,
            appid=key.appid,
            kind=self._type_of(key.kind),
            subject=subject,
            subject_field=subject_field,
        )
        body = await self._client.fetch(target, what="params")
        return _strings(body, self.place(url))

    def place(self, url: str) -> str:
        return f"params of {shown(url)}"


def _strings(body: bytes, place: str) -> dict[str, str]:
    try:
        fields = msgspec.json.decode(body.removeprefix(_BYTE_ORDER_MARK), type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CallError(NO_OBJECT.fill(place=place)) from error
    return {name: value for name, value in fields.items() if isinstance(value, str)}
