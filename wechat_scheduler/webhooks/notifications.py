"""Tells business systems that a credential rotated: `notify` of the seed."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import msgspec

from wechat_scheduler.credentials.model import Credential
from wechat_scheduler.credentials.notifications import Notification, NotificationSource
from wechat_scheduler.delivery.model import Delivery, DeliveryState, Sent
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import CallError
from wechat_scheduler.webhooks.client import GuardedClient
from wechat_scheduler.webhooks.signing import webhook_headers
from wechat_scheduler.webhooks.urls import job_url


class CredentialNotifications:
    """The channel of notifications: WeChat's whole answer in a signed POST, the job in the query;
    or, to whom had a value that is dead now, that the account took its authorisation back.

    `type_of` is as in ParamsClient; `subject_fields` gives for a kind the name under which its
    subject is known to business systems (`openid`, `authorizer_appid`).
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
        """With the version that was accepted; CANCELLED if the receiver is gone.

        Raises CallError if it was not accepted, or if the credential has expired: then its
        successor is what the receiver waits for.
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
            subject=notice.subject,
            subject_field=self._subject_fields.get(key.kind, ""),
        )


def _body(notice: Notification, now: datetime) -> bytes:
    if notice.credential is not None:
        return _announcement(notice.credential, now)
    return _farewell(notice, notice.ended.at if notice.ended else now)


def _farewell(notice: Notification, since: datetime) -> bytes:
    """What WeChat answers for such an account, and what it pushes, in one: receivers that look for
    an `errcode` understand it, and those that know the push as well."""
    return msgspec.json.encode(
        {
            "errcode": 61003,
            "errmsg": "component is not authorized by this account",
            "InfoType": "unauthorized",
            "AppId": notice.key.appid,
            "AuthorizerAppid": notice.subject,
            "CreateTime": int(since.timestamp()),
        }
    )


def _announcement(credential: Credential, now: datetime) -> bytes:
    """WeChat's answer, with the lifetime that is left of it; the rest as WeChat wrote it."""
    remaining = credential.expires_at - now
    if remaining <= timedelta(0):
        raise CallError("nothing valid to announce yet")
    fields = msgspec.json.decode(credential.answer, type=dict[str, msgspec.Raw])
    if "expires_in" in fields:
        fields["expires_in"] = msgspec.Raw(b"%d" % (remaining // timedelta(seconds=1)))
    return msgspec.json.encode(fields)
