"""Values survive being shown and read again."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wechat_scheduler.config.notation import BASE_URL, DURATION, HOST, NETWORKS, SIZE


@given(milliseconds=st.integers(min_value=1, max_value=10**13))
def test_duration_reads_as_it_is_shown(milliseconds: int) -> None:
    duration = timedelta(milliseconds=milliseconds)

    assert DURATION.read(DURATION.show(duration)) == duration


@given(size=st.integers(min_value=1, max_value=10**9 - 1))
def test_size_reads_as_it_is_shown(size: int) -> None:
    assert SIZE.read(SIZE.show(size)) == size


@given(text=st.text())
def test_text_that_is_read_at_all_reads_as_it_is_shown(text: str) -> None:
    for notation in (BASE_URL, DURATION, HOST, SIZE):
        with suppress(ValueError):
            value = notation.read(text)
            assert notation.read(notation.show(value)) == value


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("500ms", timedelta(milliseconds=500)),
        ("30s", timedelta(seconds=30)),
        ("5m", timedelta(minutes=5)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        ("7d", timedelta(days=7)),
    ],
)
def test_durations_are_written_with_units(text: str, duration: timedelta) -> None:
    assert DURATION.read(text) == duration


@pytest.mark.parametrize("text", ["", "30", "s", "1.5s", "-1s", "30m1h", "1 h", "1H"])
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        DURATION.read(text)


@pytest.mark.parametrize("text", ["", "64", "0KiB", "64kb", "1.5MiB", "64 KiB"])
def test_sizes_without_a_binary_unit_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a size"):
        SIZE.read(text)


@pytest.mark.parametrize(
    "url", ["https://api.weixin.qq.com", "http://127.0.0.1:9002", "http://[::1]:80/wechat"]
)
def test_base_urls(url: str) -> None:
    assert BASE_URL.read(url) == url


@pytest.mark.parametrize(
    "url",
    ["api.weixin.qq.com", "ftp://h", "https://", "https://h/", "https://h?a=b", "https://u:p@h"],
)
def test_urls_that_cannot_be_a_base_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"expected http\(s\)://HOST"):
        BASE_URL.read(url)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "::1", "localhost", "a-1.example"])
def test_hosts(host: str) -> None:
    assert HOST.read(host) == host


def test_networks_of_both_families_read_as_they_are_shown() -> None:
    text = "10.0.0.0/8,fe80::/10"

    networks = NETWORKS.read(NETWORKS.from_text(text))

    assert NETWORKS.show(networks) == text
