"""The guarded client sends what it is told, and only that."""

from base64 import b64encode
from ipaddress import ip_address
from pathlib import Path

import pytest

from tests.business import Business, status
from tests.certificates import self_signed
from tests.webhooks.clients import Names, client_of, push
from wechat_scheduler.engine.supervisor import Supervisor, together
from wechat_scheduler.errors import AddressRefusedError, CallError, LastingError
from wechat_scheduler.webhooks.client import GuardedClient

HERE = ip_address("127.0.0.1")


async def test_a_post_arrives_as_json(business: Business, client: GuardedClient) -> None:
    await client.push(
        business.url("/n?a=%2f+b"), b'{"a":1}', headers={"webhook-id": "msg_1"}, what="notify"
    )

    (call,) = business.calls
    assert (call.method, call.target, call.body) == ("POST", "/n?a=%2f+b", b'{"a":1}')
    assert call.headers["Content-Type"] == "application/json"
    assert call.headers["webhook-id"] == "msg_1"
    assert call.headers["User-Agent"] == "wechat-scheduler"


@pytest.mark.parametrize(
    ("user", "credentials"),
    [
        ("me:hunter2", "me:hunter2"),
        ("me", "me:"),
        (":hunter2", ":hunter2"),
        ("m%3Ae:%E5%AF%86%40", "m:e:密@"),
    ],
)
async def test_the_user_of_an_address_goes_out_as_basic_authentication(
    business: Business, client: GuardedClient, user: str, credentials: str
) -> None:
    await push(client, business.url(user=user))

    expected = b64encode(credentials.encode()).decode()
    assert business.calls[0].headers["Authorization"] == f"Basic {expected}"


async def test_cookies_are_not_kept(business: Business) -> None:
    business.script(status(200, Set_Cookie="session=1; Path=/"))
    async with client_of(resolver=Names(shop=[["127.0.0.1"]])) as client:
        await push(client, business.url(host="shop.test"))
        await push(client, business.url(host="shop.test"))

    assert "Cookie" not in business.calls[1].headers


async def test_proxies_of_the_environment_are_not_used(
    business: Business, client: GuardedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Business() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url())

        await push(client, business.url())

        assert (len(business.calls), len(proxy.calls)) == (1, 0)


async def test_one_host_has_half_of_the_connections_and_they_are_used_again(
    business: Business,
) -> None:
    async with client_of(connections=4) as client, Supervisor() as pushes:
        await push(client, business.url())
        business.script(business.hang, times=2)
        for _ in range(6):
            pushes.essential("push", push(client, business.url()))
        await business.called(3)
        business.release()

    assert (len(business.calls), business.busiest) == (7, 2)


async def test_connections_that_a_burst_opened_are_not_used_after_it(business: Business) -> None:
    async with client_of(connections=8) as client:
        kept = client._session.connector
        assert kept is not None
        await together(push(client, business.url()) for _ in range(4))
        after_burst = sorted(at for idle in kept._conns.values() for _, at in idle)

        await push(client, business.url())
        await push(client, business.url())
        now_idle = sorted(at for idle in kept._conns.values() for _, at in idle)

    assert len(after_burst) == 4
    assert now_idle[:-1] == after_burst[:-1]


async def test_a_system_that_restarts_on_the_same_port_is_reached_again(
    business: Business, client: GuardedClient
) -> None:
    await push(client, business.url())
    await business.stop()
    with pytest.raises(CallError):
        await push(client, business.url())
    await business.start()
    await push(client, business.url())

    assert len(business.calls) == 2


async def test_a_system_that_is_down_accepts_no_connection(
    business: Business, client: GuardedClient
) -> None:
    await business.stop()

    with pytest.raises(
        CallError, match=r"^notify of http://127.0.0.1:\d+/ refuses the connection$"
    ):
        await push(client, business.url())


async def test_a_name_that_nobody_knows_is_said_so() -> None:
    async with client_of(resolver=Names()) as client:
        with pytest.raises(CallError, match=r"^notify of http://shop.test/ has a name that does"):
            await push(client, "http://shop.test/")


async def test_plain_http_where_tls_was_expected_is_said_so(
    business: Business, client: GuardedClient
) -> None:
    with pytest.raises(CallError, match="cannot be reached through TLS"):
        await push(client, business.url().replace("http:", "https:"))


async def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    client: GuardedClient, tmp_path: Path
) -> None:
    async with Business(tls=self_signed(tmp_path / "server.pem")) as business:
        with pytest.raises(LastingError, match="shows a certificate that is not trusted"):
            await push(client, business.url())

        assert business.calls == []


async def test_an_address_of_no_known_form_is_refused(client: GuardedClient) -> None:
    with pytest.raises(AddressRefusedError, match=r"^the address of notify must begin with http"):
        await push(client, "gopher://shop.example/")
