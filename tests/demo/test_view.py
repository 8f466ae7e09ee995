"""The screen, as the text that a terminal would show."""

import io
from dataclasses import replace

import pytest
from rich.console import Console, RenderableType

from tests.demo.scenes import PLACES, event, pending, row, snapshot
from wechat_scheduler.credentials.policy import Freshness
from wechat_scheduler.demo.journal import EventKind
from wechat_scheduler.demo.setup import CREDENTIALS
from wechat_scheduler.demo.view import HAPPENED, credentials, view


def text(renderable: RenderableType, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    with console.capture() as capture:
        console.print(renderable)
    return [line.rstrip() for line in capture.get().splitlines()]


def colored(renderable: RenderableType) -> str:
    console = Console(file=io.StringIO(), width=80, force_terminal=True, color_system="standard")
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()


def words_of(line: str) -> list[str]:
    return line.replace("━", "").replace("╸", "").split()


def test_a_credential_is_one_line() -> None:
    one = snapshot(row(CREDENTIALS[5], state=Freshness.STALE, age=16.5, version=3, notified=2))

    line = text(credentials(one, width=80), 80)[1]

    assert words_of(line) == [
        "authorizer_access_token", "wx_rice", "93_Q…VfO", "stale", "3", "s", "3", "16", "s",
        "ago", "2",
    ]  # fmt: skip


def test_more_of_a_value_is_shown_where_there_is_room() -> None:
    line = text(credentials(snapshot(row()), width=120), 120)[1]

    assert "93_Qyv…GVfO" in line


def test_a_credential_that_was_never_issued_has_no_times() -> None:
    line = text(credentials(snapshot(pending()), width=80), 80)[1]

    assert words_of(line) == ["access_token", "wx_tea", "pending", "-", "-", "-"]


def test_the_bar_is_the_share_of_the_lifetime_that_is_left() -> None:
    lines = text(credentials(snapshot(row(age=0), row(age=10), row(age=25)), width=80), 80)

    full, half, none = (line.count("━") + line.count("╸") / 2 for line in lines[1:])

    assert full == 2 * half
    assert none == 0


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (Freshness.FRESH, "32"),
        (Freshness.STALE, "33"),
        (Freshness.EXPIRED, "31"),
        (Freshness.PENDING, "2"),
    ],
)
def test_each_state_has_its_color(state: Freshness, code: str) -> None:
    assert f"\x1b[{code}m{state.value}" in colored(
        credentials(snapshot(row(state=state)), width=80)
    )


def test_a_new_value_is_bright_for_a_moment() -> None:
    new, old = snapshot(row(age=0.5)), snapshot(row(age=5))

    assert "\x1b[1m93_Q…VfO" in colored(credentials(new, width=80))
    assert "\x1b[2m93_Q…VfO" in colored(credentials(old, width=80))


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40), (200, 60)])
def test_a_screen_has_exactly_its_height_and_at_most_its_width(width: int, height: int) -> None:
    many = tuple(event(number, "x" * 150) for number in range(1, 100))

    lines = text(view(snapshot(events=many), width=width, height=height), width)

    assert len(lines) == height
    assert max(map(len, lines)) <= width


def test_a_screen_without_events_has_its_height() -> None:
    assert len(text(view(snapshot(), width=80, height=24), 80)) == 24


def test_nothing_is_cut_off_at_80_columns() -> None:
    one = event(1, "access_token of wx_tea, version 2")

    screen = text(view(snapshot(events=(one,)), width=80, height=24), 80)

    assert [line for line in screen[:-1] if "…" in line.replace("93_Q…VfO", "")] == []
    assert screen[1].endswith("a WeChat: tokens of 20 s, 1234 tickets pushed")
    assert words_of(screen[8]) == [
        "credential", "of", "value", "state", "left", "ver", "rotated", "notified",
    ]  # fmt: skip


def test_a_small_screen_has_whole_addresses_and_states_and_the_phone() -> None:
    wrote = event(1, "10秒后提醒我喝茶", EventKind.WROTE, at=2)
    rows = [row(key, state=Freshness.STALE) for key in CREDENTIALS]
    small = replace(snapshot(*rows, events=(wrote,)), on_phone=(wrote,))

    screen = text(view(small, width=60, height=20), 60)

    assert len(screen) <= 20
    assert screen[2].split()[:2] == ["daemon", PLACES.daemon]
    assert words_of(screen[11])[:3] == ["authorizer_access_token", "wx_rice", "stale"]
    assert "10秒后提醒我喝茶" in screen[15]
    assert screen[-1].endswith("Ctrl-C ends it")
    assert not [line for line in screen if "curl" in line]


def test_one_ticket_is_no_tickets() -> None:
    screen = text(view(replace(snapshot(), tickets=1), width=80, height=24), 80)

    assert screen[1].endswith(", 1 ticket pushed")


def test_the_screen_has_the_urls() -> None:
    screen = "\n".join(text(view(snapshot(), width=80, height=24), 80))

    for url in (PLACES.sandbox, PLACES.daemon, PLACES.business):
        assert url in screen


def test_the_newest_events_are_shown_with_the_second_they_happened_in() -> None:
    events = tuple(event(number, f"number {number}", at=60 + number) for number in range(1, 9))

    screen = text(view(snapshot(events=events), width=80, height=25), 80)

    assert screen[22:24] == [f" 1:0{number}  rotated   number {number}" for number in range(7, 9)]


def test_the_phone_shows_what_will_happen_until_it_happens() -> None:
    wrote = event(1, "10秒后提醒我喝茶", EventKind.WROTE, at=2)

    screen = text(view(snapshot(events=(wrote,), on_phone=(wrote,)), width=80, height=24), 80)

    assert screen[17].startswith("the phone of o_alice ─")
    assert screen[18] == " 0:02  wrote     10秒后提醒我喝茶"
    assert [line.strip(" ─") for line in screen[19:23]] == [
        "the daemon understands it and stores a reminder",
        "the reminder falls due and reaches the phone",
        HAPPENED,
        "",
    ]


@pytest.mark.parametrize("height", [24, 40])
def test_what_happened_to_the_credentials_is_a_list_of_its_own(height: int) -> None:
    reminded = event(1, "tea", EventKind.REMINDED, at=12)
    notified = event(2, "access_token of wx_tea", EventKind.NOTIFIED, at=0)
    both = replace(
        snapshot(*[row(key) for key in CREDENTIALS], events=(reminded, notified)),
        on_phone=(reminded,),
    )

    lines = text(view(both, width=80, height=height), 80)

    at = next(place for place, line in enumerate(lines) if "notified  access" in line)
    assert lines[at - 1].startswith(HAPPENED)
    assert "reminded  tea" in lines[at - 2]


def test_the_screen_says_what_stale_means() -> None:
    screen = text(view(snapshot(), width=80, height=24), 80)

    assert screen[7].startswith("stale: valid and served, while its successor is fetched ─")


def test_the_last_line_has_the_counts_and_says_how_to_end_the_demo() -> None:
    last = text(view(snapshot(), width=80, height=24), 80)[-1]

    assert last.startswith("8 credentials, 23 rotations, 21 notifications, 0 failures")
    assert last.endswith("Ctrl-C ends it")


def test_a_failure_is_red() -> None:
    failed = event(1, "access_token of wx_tea: system busy", EventKind.FAILED)

    assert "31mfailed" in colored(view(snapshot(events=(failed,)), width=80, height=24))
