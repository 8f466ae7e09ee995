"""A notification carries WeChat's answer, and is accepted with a 2xx."""

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.business import Business, Call, drop, status
from tests.clock import START, FakeClock
from wechat_scheduler.credentials.model import Credential, JobKey
from wechat_scheduler.credentials.ports import Notification
from wechat_scheduler.delivery.model import Delivery, DeliveryState
from wechat_scheduler.delivery.ports import Channel
from wechat_scheduler.errors import CallError
from wechat_scheduler.webhooks.client import GuardedClient
from wechat_scheduler.webhooks.notifications import CredentialNotifications
from wechat_scheduler.webhooks.signing import webhook_headers

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TYPES = {"access_token": "0", "oauth2": "2", "authorizer": "4", "wx_card_ticket": "wx_card_ticket"}
SUBJECTS = {"oauth2": "openid", "authorizer": "authorizer_appid"}

DELIVERY = Delivery(id=42, channel="credential", target="7", attempts=0, claim="c")
CREDENTIAL = Credential(
    value="AT",
    answer='{"access_token":"A\\/T","expires_in":7200,"scope":"snsapi_base","x":1.10}',
    version=5,
    issued_at=START,
    expires_at=START + timedelta(seconds=7200),
    renew_at=START + timedelta(seconds=6600),
)


class Receivers:
    """Notices by target."""

    def __init__(self, **notices: Notification) -> None:
        self.notices = {target.removeprefix("_"): notice for target, notice in notices.items()}

    async def notification(self, target: str) -> Notification | None:
        return self.notices.get(target)


def verify(call: Call, secret: str) -> bool:
    """What a receiver does by the specification: the key is the base64 after `whsec_`, the content
    is id, timestamp and raw body joined by full stops, the header a list of versioned signatures."""
    key = base64.b64decode(secret[len("whsec_") :], validate=True)
    content = b".".join(
        [
            call.headers["webhook-id"].encode("ascii"),
            call.headers["webhook-timestamp"].encode("ascii"),
            call.body,
        ]
    )
    wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode("ascii")
    versions = [entry.split(",", 1) for entry in call.headers["webhook-signature"].split(" ")]
    return any(name == "v1" and hmac.compare_digest(value, wanted) for name, value in versions)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def receivers(business: Business) -> Receivers:
    return Receivers(
        _7=Notification(
            url=business.url("/n?b=%2F&a=1"),
            key=JobKey("wx1", "access_token"),
            credential=CREDENTIAL,
            secret=SECRET,
        )
    )


@pytest.fixture
def notices(client: GuardedClient, receivers: Receivers, clock: FakeClock) -> Channel:
    return CredentialNotifications(
        client, receivers, clock=clock, type_of=TYPES.__getitem__, subject_fields=SUBJECTS
    )


async def test_the_answer_of_wechat_is_posted_with_what_is_left_of_its_life(
    business: Business, notices: Channel, clock: FakeClock
) -> None:
    clock.advance(timedelta(seconds=200.5))

    sent = await notices.send(DELIVERY)

    (call,) = business.calls
    assert sent.version == 5
    assert (call.method, call.target) == ("POST", "/n?b=%2F&a=1&appid=wx1&type=0")
    assert call.headers["Content-Type"] == "application/json"
    assert call.body == (
        b'{"access_token":"A\\/T","expires_in":6999,"scope":"snsapi_base","x":1.10}'
    )


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("oauth2", "appid=wx1&type=2&subject=bound&openid=bound"),
        ("authorizer", "appid=wx1&type=4&subject=bound&authorizer_appid=bound"),
        ("wx_card_ticket", "appid=wx1&type=wx_card_ticket&subject=bound"),
    ],
)
async def test_a_subject_is_named_as_the_receiver_knows_it(
    business: Business, notices: Channel, receivers: Receivers, kind: str, query: str
) -> None:
    key = JobKey("wx1", kind, "bound")
    receivers.notices["7"] = replace(receivers.notices["7"], url=business.url("/n"), key=key)

    await notices.send(DELIVERY)

    assert business.calls[0].query == query


async def test_a_receiver_can_verify_the_signature(business: Business, notices: Channel) -> None:
    await notices.send(DELIVERY)

    (call,) = business.calls
    assert call.headers["webhook-id"] == "msg_42"
    assert call.headers["webhook-timestamp"] == str(int(START.timestamp()))
    assert verify(call, SECRET)
    assert not verify(replace(call, body=call.body + b" "), SECRET)
    assert not verify(call, "whsec_" + base64.b64encode(b"another key").decode())


def test_the_signature_is_the_one_of_the_published_example() -> None:
    headers = webhook_headers(
        message="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=START.fromtimestamp(1614265330, START.tzinfo),
        body=b'{"test": 2432232314}',
        secret=SECRET,
    )

    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


async def test_a_repeat_carries_the_same_id_and_the_time_of_its_own(
    business: Business, notices: Channel, clock: FakeClock
) -> None:
    business.script(drop)

    with pytest.raises(CallError):
        await notices.send(DELIVERY)
    clock.advance(timedelta(seconds=2))
    await notices.send(replace(DELIVERY, attempts=1, claim="d"))

    first, second = business.calls
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == "msg_42"
    assert second.headers["webhook-timestamp"] == str(int(START.timestamp()) + 2)
    assert verify(second, SECRET)


async def test_without_a_secret_nothing_is_signed(
    business: Business, notices: Channel, receivers: Receivers
) -> None:
    receivers.notices["7"] = replace(receivers.notices["7"], secret="")

    await notices.send(DELIVERY)

    assert business.calls[0].headers["webhook-id"] == "msg_42"
    assert "webhook-signature" not in business.calls[0].headers


async def test_a_receiver_that_is_gone_is_nothing_to_deliver(
    business: Business, notices: Channel
) -> None:
    sent = await notices.send(replace(DELIVERY, target="8"))

    assert sent.state is DeliveryState.CANCELLED
    assert business.calls == []


async def test_an_expired_credential_is_not_announced(
    business: Business, notices: Channel, clock: FakeClock
) -> None:
    clock.advance(timedelta(seconds=7200))

    with pytest.raises(CallError, match=r"^nothing valid to announce yet$"):
        await notices.send(DELIVERY)

    assert business.calls == []


async def test_in_its_last_second_a_credential_has_none_left(
    business: Business, notices: Channel, clock: FakeClock
) -> None:
    clock.advance(timedelta(seconds=7199.5))

    await notices.send(DELIVERY)

    assert business.calls[0].json["expires_in"] == 0


async def test_an_answer_without_a_lifetime_stays_as_it_is(
    business: Business, notices: Channel, receivers: Receivers
) -> None:
    credential = replace(CREDENTIAL, answer='{"ticket":"T","errcode":0}')
    receivers.notices["7"] = replace(receivers.notices["7"], credential=credential)

    await notices.send(DELIVERY)

    assert business.calls[0].body == b'{"ticket":"T","errcode":0}'


async def test_a_receiver_that_refuses_was_not_told(business: Business, notices: Channel) -> None:
    business.script(status(503, b"AT"))

    with pytest.raises(CallError) as caught:
        await notices.send(DELIVERY)

    assert str(caught.value) == f"notify of {business.url('/n')} answered 503"


def test_notices_show_no_secret(receivers: Receivers) -> None:
    shown = repr(receivers.notices["7"])

    assert "whsec_" not in shown
    assert "http" not in shown
    assert "AT" not in shown
