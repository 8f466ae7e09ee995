"""The channel that notifies business systems of new credentials: the `notify` address of a job."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import msgspec

from wechat_scheduler.credentials.model import Credential
from wechat_scheduler.credentials.ports import Notification, NotificationSource
from wechat_scheduler.delivery.model import Delivery, DeliveryState, Sent
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import CallError
from wechat_scheduler.webhooks.client import GuardedClient
from wechat_scheduler.webhooks.sentences import NOTHING_VALID
from wechat_scheduler.webhooks.signing import webhook_headers
from wechat_scheduler.webhooks.urls import job_url


class CredentialNotifications:
    """Posts WeChat's whole answer, signed, with the job in the query; or that the account withdrew
    its authorisation, so that the value is dead.

    `type_of` is as in ParamsClient. `subject_fields` gives for each kind the name of its subject in
    the query (`openid`, `authorizer_appid`).
    """

    name = "credential"

    def __init__(
        self,
        client: GuardedClient,
        source: NotificationSource,
        *,
        clock: Clock,
        type_of: Callable[[str], str],
        subject_fields: Mapping[str, str],
    ) -> None:
        self._client = client
        self._source = source
        self._clock = clock
        self._type_of = type_of
        self._subject_fields = subject_fields

    async def send(self, delivery: Delivery) -> Sent:
        """Returns the version that was accepted, or CANCELLED if the receiver is gone.

        Raises CallError if it was not accepted, or if the credential has expired: the receiver waits
        for its successor.
        """
        notice = await self._source.notification(delivery.target)
        if notice is None:
            return Sent(state=DeliveryState.CANCELLED)
        now = self._clock.now()
        body = _body(notice, now)
        headers = webhook_headers(
            message=f"msg_{delivery.id}", at=now, body=body, secret=notice.secret
        )
        await self._client.push(self._url(notice), body, headers=headers, what="notify")
        return Sent(version=notice.credential.version if notice.credential else 0)

    def _url(self, notice: Notification) -> str:
        key = notice.key
        return job_url(
            notice.url,
            appid=key.appid,
            kind=self._type_of(key.kind),
            subject=key.subject,
            subject_field=self._subject_fields.get(key.kind, ""),
        )


def _body(notice: Notification, now: datetime) -> bytes:
    if notice.credential is not None:
        return _announcement(notice.credential, now)
    return _farewell(notice, notice.ended.at if notice.ended else now)


def _farewell(notice: Notification, since: datetime) -> bytes:
    """The fields of WeChat's answer for such an account and of its push, in one body: receivers that
    look for an `errcode` understand it, and receivers that know the push."""
    return msgspec.json.encode(
        {
            "errcode": 61003,
            "errmsg": "component is not authorized by this account",
            "InfoType": "unauthorized",
            "AppId": notice.key.appid,
            "AuthorizerAppid": notice.key.subject,
            "CreateTime": int(since.timestamp()),
        }
    )


def _announcement(credential: Credential, now: datetime) -> bytes:
    """WeChat's answer with the remaining lifetime in `expires_in`."""
    remaining = credential.expires_at - now
    if remaining <= timedelta(0):
        raise CallError(NOTHING_VALID.en)
    fields = msgspec.json.decode(credential.answer, type=dict[str, msgspec.Raw])
    if "expires_in" in fields:
        fields["expires_in"] = msgspec.Raw(b"%d" % (remaining // timedelta(seconds=1)))
    return msgspec.json.encode(fields)
