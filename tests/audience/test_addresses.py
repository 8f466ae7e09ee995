"""An address that is accepted where it is written can be opened wherever it is used."""

from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from wechat_scheduler.audience.addresses import is_web_address

GOOD = [
    "https://a.example",
    "http://a.example:8080/b?c=d&e#/f",
    "https://商店.中国/优惠?词=好",
    "https://a_b.example/%E4%BD%A0",
    "http://127.0.0.1/",
    "http://[::1]:80/",
    "https://localhost",
    "https://a.example./",
]
BAD = [
    "",
    "a.example",
    "//a.example",
    "ftp://a.example",
    "javascript:alert(1)",
    "https://",
    "https:///a",
    "https://?a",
    "https://e\\@evil/",
    "https://e\\.evil/",
    "https://e/\\..",
    "https://e e/",
    "https://e\t/",
    "https://e/\u3000",
    "https://e/\u202e",
    "https://e/\ud800",
    "https://[",
    "https://[e]",
    "https://[::1%25eth0]/",
    "https://e:port/",
    "https://e:99999/",
    "https://e:0/",
    "https://e..e/",
    "https://.e/",
    f"https://{'e' * 64}/",
    f"https://{'e.' * 200}e/",
    "https://%65/",
    'https://e/"',
    "https://e/<script>",
    "https://-\u0300\u0300.e/\n",
]


def test_an_ordinary_address_is_one() -> None:
    assert [text for text in GOOD if not is_web_address(text)] == []


def test_what_programs_read_differently_is_none() -> None:
    assert [text for text in BAD if is_web_address(text)] == []


PIECES = [
    "e",
    ".",
    ":",
    "@",
    "[",
    "]",
    "/",
    "\\",
    "?",
    "#",
    "%",
    "%41",
    "你",
    "1",
    "-",
    "_",
    "\u0300",
    "ß",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=12))
def test_what_is_accepted_can_be_opened(rest: str) -> None:
    text = f"https://{rest}"

    if is_web_address(text):
        opened = str(URL(text).update_query(uid="UID_1"))
        assert opened.startswith("https://")
        assert URL(opened).host
        assert URL(opened).query.getall("uid") == ["UID_1"]
