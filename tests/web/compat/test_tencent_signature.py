"""The signature is Tencent's, byte for byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.compat.games import UNRESERVED, by_the_book
from wechat_scheduler.web.compat.tencent.signature import encode, is_signed, sign, source_of

GET_INFO = "/v3/user/get_info"
LOGIN = {
    "appid": "123456",
    "format": "json",
    "openid": "11111111111111111",
    "openkey": "2222222222222222",
    "pf": "qzone",
    "userip": "112.90.139.30",
}
GOODS = {
    "amt": "4",
    "appid": "600",
    "appmode": "1",
    "format": "json",
    "goodsmeta": "道具*测试描述信息！！！",
    "goodsurl": "http://qzonestyle.gtimg.cn/qzonestyle/act/qzone_app_img/app613_613_75.png",
    "openid": "0000000000000000000000000E111111",
    "openkey": "1111806DC5D1C52150CF405E42222222",
    "payitem": "50005*4*1",
    "pf": "qzone",
    "pfkey": "1B59A5C3D77C7C56D7AFC3E2C823105D",
    "ts": "1333674935",
    "zoneid": "0",
}
WITHOUT_FORMAT = {
    "appid": "1101487272",
    "openid": "B945ABAD65247F4E9CECC04A834879EA",
    "openkey": "8398AD5E588780A8FEEA12C05CAD8D75",
    "pf": "qzone",
}


@pytest.mark.parametrize(
    ("app_key", "path", "params", "sig"),
    [
        (
            "228bf094169a40a3bd188ba37ebe8723",
            GET_INFO,
            LOGIN,
            "FdJkiDYwMj5Aj1UG2RUPc83iokk=",
        ),
        (
            "12345f9a47df4d1eaeb3bad9a7e54321",
            "/v3/pay/buy_goods",
            GOODS,
            "IC0ErTY2gpTbNq8f1hbh0tSu1CM=",
        ),
        ("L6SofXtfJCCufkpr", GET_INFO, WITHOUT_FORMAT, "7fsRJQuq6VyPT9ldcbXH6dsfJ2A="),
    ],
)
def test_it_reproduces_what_tencent_published(
    app_key: str, path: str, params: dict[str, str], sig: str
) -> None:
    assert sign(app_key, "get", path, params) == sig
    assert is_signed(app_key, "GET", path, params | {"sig": sig})
    assert not is_signed(app_key, "POST", path, params | {"sig": sig})


def test_what_is_signed_is_the_documents_own_line() -> None:
    assert source_of("get", GET_INFO, LOGIN | {"sig": "left out"}) == (
        "GET&%2Fv3%2Fuser%2Fget_info&appid%3D123456%26format%3Djson%26"
        "openid%3D11111111111111111%26openkey%3D2222222222222222%26pf%3Dqzone%26"
        "userip%3D112.90.139.30"
    )


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
names = texts.filter(lambda name: name != "sig")


@given(st.dictionaries(names, texts, max_size=8), st.sampled_from(["GET", "POST"]))
def test_whatever_is_signed_by_the_book_is_taken(params: dict[str, str], method: str) -> None:
    sig = by_the_book("0aZ9", method, GET_INFO, params)

    assert is_signed("0aZ9", method, GET_INFO, params | {"sig": sig})
    assert is_signed("0aZ9", method, GET_INFO, params | {"sig": sig.replace("+", " ")})
    assert not is_signed("0aZ8", method, GET_INFO, params | {"sig": sig})
    assert not is_signed("0aZ9", method, GET_INFO, params | {"sig": sig, "more": "1"})


@given(texts)
def test_what_is_encoded_is_letters_digits_and_few_signs(text: str) -> None:
    assert set(encode(text).encode()) <= set(UNRESERVED) | {ord("%")}


def test_an_app_without_a_key_is_signed_for_by_nobody() -> None:
    sig = sign("", "GET", GET_INFO, LOGIN)

    assert not is_signed("", "GET", GET_INFO, LOGIN | {"sig": sig})
    assert not is_signed("0aZ9", "GET", GET_INFO, LOGIN | {"sig": "\udce4ö"})
