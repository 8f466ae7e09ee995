"""`params` is asked with the job in the query, and the strings of its response are used."""

import pytest

from tests.business import Business, status
from tests.webhooks.clients import client_of
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.credentials.ports import Params
from wechat_scheduler.errors import CallError
from wechat_scheduler.webhooks.client import GuardedClient
from wechat_scheduler.webhooks.params import ParamsClient

TYPES = {"access_token": "0", "oauth2": "2", "authorizer": "4", "wx_card_ticket": "wx_card_ticket"}
KEY = JobKey("wx1", "access_token")


@pytest.fixture
def params(client: GuardedClient) -> Params:
    return ParamsClient(client, type_of=TYPES.__getitem__)


async def test_appid_and_type_are_added_to_the_query(business: Business, params: Params) -> None:
    business.params = {"access_token": "AT", "note": ""}

    answer = await params.ask(
        business.url("/p?b=%2F&a=1+2"), key=KEY, subject="", subject_field="openid"
    )

    assert answer == {"access_token": "AT", "note": ""}
    assert (business.calls[0].method, business.calls[0].body) == ("GET", b"")
    assert business.calls[0].target == "/p?b=%2F&a=1+2&appid=wx1&type=0"


async def test_unusual_characters_arrive_as_they_were_registered(
    business: Business, params: Params
) -> None:
    query = "a=%2f%2F+&b='\"<>|^`{}[]\\&c;d=%zz&&=e?f/g:h@i"

    await params.ask(business.url(f"?{query}"), key=KEY, subject="", subject_field="")

    assert business.calls[0].target == f"/?{query}&appid=wx1&type=0"


@pytest.mark.parametrize(
    ("kind", "field", "number"),
    [("oauth2", "openid", "2"), ("authorizer", "authorizer_appid", "4")],
)
async def test_a_subject_is_added_under_both_names(
    business: Business, params: Params, kind: str, field: str, number: str
) -> None:
    await params.ask(
        business.url("/p"), key=JobKey("wx1", kind), subject="bound", subject_field=field
    )

    assert business.calls[0].target == f"/p?appid=wx1&type={number}&subject=bound&{field}=bound"


@pytest.mark.parametrize("content_type", ["application/json", "text/html; charset=gbk", ""])
async def test_the_content_type_does_not_matter(
    business: Business, params: Params, content_type: str
) -> None:
    business.script(status(200, b'\xef\xbb\xbf {"ticket": "T"}\n', Content_Type=content_type))

    answer = await params.ask(business.url(), key=KEY, subject="", subject_field="")

    assert answer == {"ticket": "T"}


async def test_what_is_not_a_string_is_left_out(business: Business, params: Params) -> None:
    business.params = {
        "number": 7200,
        "truth": True,
        "nothing": None,
        "list": ["AT"],
        "result": {"access_token": "AT"},
        "data": {"access_token": "AT"},
        "refresh_token": "票据",
    }

    answer = await params.ask(business.url(), key=KEY, subject="", subject_field="")

    assert answer == {"refresh_token": "票据"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b'"AT"',
        b'["AT"]',
        b"access_token=AT",
        b'{"access_token": "AT"',
        b'{"access_token": "AT"} {}',
        b'{"access_token": "\xb0\xa1"}',
        b'{"a":' + b"[" * 9_000,
    ],
)
async def test_an_answer_that_is_no_json_object_is_an_error(
    business: Business, params: Params, body: bytes
) -> None:
    business.script(status(200, body))

    with pytest.raises(CallError) as caught:
        await params.ask(business.url("/p?key=1"), key=KEY, subject="", subject_field="")

    place = business.url("/p")
    assert str(caught.value) == f"params of {place} did not answer with a JSON object"


async def test_an_error_answer_is_one_whatever_its_body(business: Business, params: Params) -> None:
    business.script(status(502, b'{"access_token": "AT"}'))

    with pytest.raises(CallError) as caught:
        await params.ask(business.url("/p"), key=KEY, subject="", subject_field="")

    assert str(caught.value) == f"params of {business.url('/p')} answered 502"


async def test_an_answer_that_is_too_large_is_an_error(business: Business) -> None:
    business.params = {"access_token": "x" * 100}
    async with client_of(answer_limit=100) as client:
        params = ParamsClient(client, type_of=TYPES.__getitem__)
        with pytest.raises(CallError, match="answered more than 100 bytes"):
            await params.ask(business.url(), key=KEY, subject="", subject_field="")


async def test_the_longest_address_that_can_be_registered_can_be_asked(
    business: Business, params: Params
) -> None:
    url = business.url("/").ljust(2048, "x")

    await params.ask(url, key=KEY, subject="", subject_field="")

    assert business.calls[0].query == "appid=wx1&type=0"
