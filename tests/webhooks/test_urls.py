"""A registration names addresses that can be called, and the job is added to their query."""

from contextlib import suppress
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wechat_scheduler.webhooks.urls import check_url, job_url, parse, shown

VISIBLE = st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="#")
WECHAT_ID = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", min_size=1)
OURS = {"appid": "wx1", "type": "4", "subject": "wx2", "authorizer_appid": "wx2"}


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/notify",
        "https://shop.example:8443/a/b?x=1&y=%E4%BD%A0",
        "HTTP://shop.example",
        "http://user:p%40ss@shop.example/",
        "http://192.0.2.7:8080/",
        "http://[2001:db8::1]:8080/",
        "http://xn--fsqu00a.xn--0zwm56d/",
        "http://my_shop.example./",
        "http://shop.example/" + "x" * (2048 - 20),
    ],
)
def test_addresses_that_can_be_called_are_accepted(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "must begin with http"),
        ("/notify", "must begin with http"),
        ("//shop.example/notify", "must begin with http"),
        ("ftp://shop.example/", "must begin with http"),
        ("file:///etc/passwd", "must begin with http"),
        ("http:///notify", "must begin with http"),
        ("http:shop.example", "must begin with http"),
        ("http://:8080/", "must begin with http"),
        ("http://shop.example/a b", "visible ASCII"),
        (" http://shop.example/", "visible ASCII"),
        ("http://shop.example/\r\nHost: other", "visible ASCII"),
        ("http://shop.example/\t", "visible ASCII"),
        ("http://shop.example/通知", "visible ASCII"),
        ("http://商店.example/", "visible ASCII"),
        ("http://shop.example:65536/", "not a valid URL"),
        ("http://shop.example:http/", "not a valid URL"),
        ("http://[::1/", "not a valid URL"),
        ("http://[]@/", "not a valid URL"),
        ("http://shop.example\\@other.example/", "not a valid URL"),
        ("http://shop.example:0/", "port 0"),
        ("http://shop.example/#/notify", "fragment"),
        ("http://shop.example/#", "fragment"),
        ("http://%31%32%37.0.0.1/", "neither a name nor"),
        ("http://[::zz]/", "neither a name nor"),
        ("http://[fe80::1%25eth0]/", "neither a name nor"),
        ("http://shop..example/", "neither a name nor"),
        ("http://" + "x" * 64 + ".example/", "neither a name nor"),
        ("http://" + "x." * 127 + "example/", "neither a name nor"),
        ("http://shop.example/" + "x" * (2049 - 20), "longer than 2048"),
    ],
)
def test_addresses_that_cannot_be_called_are_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        check_url(url)


@given(st.text() | st.text("htps:/@.#?%[]\\0:1x").map("http://{}".format))
def test_no_text_fails_in_another_way(text: str) -> None:
    with suppress(ValueError):
        check_url(text)


def test_a_refusal_repeats_nothing_of_the_address() -> None:
    with pytest.raises(ValueError, match="not a valid URL") as caught:
        check_url("http://user:hunter2@shop.example:99999/?key=hunter2")

    assert "hunter2" not in str(caught.value)


def test_what_is_shown_of_an_address_has_no_user_and_no_query() -> None:
    url = "https://user:hunter2@shop.example:8443/a%2Fb/notify?key=hunter2"

    assert shown(url) == "https://shop.example:8443/a%2Fb/notify"


@given(query=st.text(VISIBLE) | st.text("?&=%+;a"), appid=WECHAT_ID, subject=WECHAT_ID)
def test_the_query_of_an_address_stays_as_it_is_and_ours_comes_last(
    query: str, appid: str, subject: str
) -> None:
    url = f"http://shop.example/notify?{query}"
    assume(not {"appid", "type", "subject", "openid"} & dict(parse_qsl(query)).keys())

    composed = job_url(url, appid=appid, kind="2", subject=subject, subject_field="openid")

    assert composed.startswith(url)
    assert parse_qsl(composed.partition("?")[2])[-4:] == [
        ("appid", appid),
        ("type", "2"),
        ("subject", subject),
        ("openid", subject),
    ]


@given(
    pairs=st.lists(st.tuples(st.sampled_from([*OURS, "a", "Type", "appid2"]), st.text("ab&=%+ ")))
)
def test_no_name_of_ours_stands_twice_in_a_query(pairs: list[tuple[str, str]]) -> None:
    theirs = [(name, value) for name, value in pairs if name not in OURS]

    composed = job_url(
        f"http://shop.example/n?{urlencode(pairs)}",
        appid="wx1", kind="4", subject="wx2", subject_field="authorizer_appid",
    )  # fmt: skip

    found = parse_qsl(composed.partition("?")[2], keep_blank_values=True)
    assert [pair for pair in found if pair[0] not in OURS] == theirs
    assert sorted(pair for pair in found if pair[0] in OURS) == sorted(OURS.items())


@given(query=st.text(VISIBLE, min_size=1))
def test_the_query_is_sent_as_it_was_registered(query: str) -> None:
    url = parse(f"http://me:secret@shop.example/n?{query}").with_user(None)

    assert url.raw_path_qs == f"/n?{query}"


@given(text=st.text(min_size=1))
def test_whatever_stands_in_our_pairs_survives_the_journey(text: str) -> None:
    composed = job_url(
        "http://shop.example/", appid=text, kind=text, subject=text, subject_field="openid"
    )

    check_url(composed[:2048])
    assert [value for _, value in parse_qsl(composed.partition("?")[2])] == [text] * 4


@pytest.mark.parametrize(
    ("url", "composed"),
    [
        ("http://shop.example", "http://shop.example?appid=wx1&type=0"),
        ("http://shop.example/n", "http://shop.example/n?appid=wx1&type=0"),
        ("http://shop.example/n?", "http://shop.example/n?appid=wx1&type=0"),
        ("http://shop.example/n?a=%2f+b", "http://shop.example/n?a=%2f+b&appid=wx1&type=0"),
        ("http://shop.example/n?a&", "http://shop.example/n?a&appid=wx1&type=0"),
        ("http://shop.example/n??", "http://shop.example/n??&appid=wx1&type=0"),
        ("http://shop.example/n#top", "http://shop.example/n?appid=wx1&type=0"),
        ("http://shop.example/n?appid=&type=", "http://shop.example/n?appid=wx1&type=0"),
        ("http://shop.example/n?type=&a=b&appid=", "http://shop.example/n?type=0&a=b&appid=wx1"),
        ("http://shop.example/n?a=b&appid", "http://shop.example/n?a=b&appid=wx1&type=0"),
        ("http://shop.example/n?type={type}&&a", "http://shop.example/n?type=0&&a&appid=wx1"),
        ("http://shop.example/n?appid=1&appid=2", "http://shop.example/n?appid=wx1&type=0"),
        ("http://shop.example/n?%61ppid=&a", "http://shop.example/n?appid=wx1&a&type=0"),
        (
            "http://shop.example/n?subject=mine",
            "http://shop.example/n?subject=mine&appid=wx1&type=0",
        ),
    ],
)
def test_a_job_without_subject_adds_appid_and_type(url: str, composed: str) -> None:
    assert job_url(url, appid="wx1", kind="0", subject="", subject_field="openid") == composed


def test_a_subject_without_a_name_of_its_own_is_the_subject() -> None:
    composed = job_url("http://h/", appid="wx1", kind="1", subject="wx2", subject_field="")

    assert composed == "http://h/?appid=wx1&type=1&subject=wx2"
