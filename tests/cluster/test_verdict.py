"""The judge of a storm excuses only what a daemon could not help."""

from collections.abc import Sequence

import pytest

from tests.cluster.arena import LEASE, Blow
from tests.cluster.ledger import Claimed, Ledger, Stored
from tests.cluster.verdict import Issued, Verdict, shown

LIFE, APPID = 100.0, "wx1"
KILL = Blow("kill", 0, began=1000.5, ended=1001.0)
CUT = Blow("cut", 0, began=990.0, ended=1050.0)


def verdict(
    *blows: Blow,
    gap: float,
    stored_at: float | None = None,
    given_up: float | None = None,
    claimed: Sequence[Claimed] = (),
) -> Verdict:
    """Of a token of daemon 0 at 1000, and one of daemon 1 that much later."""
    tokens = {APPID: [Issued(1000.0, 0, "one"), Issued(1000.0 + gap, 1, "other")]}
    stored = [Stored(1000.0 + gap - 0.1, 1000.0 + gap + 0.1)]
    if stored_at is not None:
        stored.insert(0, Stored(999.9, stored_at))
    ledger = Ledger(
        {APPID: stored}, {APPID: [] if given_up is None else [given_up]}, {APPID: claimed}
    )
    return Verdict(tokens, blows, LIFE, ledger)


def test_a_token_that_was_lost_with_its_daemon_excuses_the_next() -> None:
    assert verdict(KILL, gap=6.0).twice == {"kill": 1}
    assert verdict(CUT, gap=6.0).twice == {"cut": 1}


def test_a_token_of_which_the_daemon_heard_nothing_excuses_the_next() -> None:
    assert verdict(gap=0.8, given_up=1000.3).twice == {"not heard in time": 1}
    assert verdict(gap=0.8, given_up=1004.0).unexplained


def test_a_token_that_was_stored_late_excuses_only_what_was_claimed_before() -> None:
    assert verdict(CUT, gap=6.0, stored_at=1005.5).twice == {"cut": 1}
    assert verdict(CUT, gap=6.0, stored_at=1006.05).twice == {"cut": 1}
    assert verdict(CUT, gap=6.0 + LEASE, stored_at=1005.5).unexplained


@pytest.mark.parametrize("gap", [0.8, 6.0, 60.0])
def test_a_token_that_was_stored_in_time_excuses_nothing_whatever_befell_its_daemon(
    gap: float,
) -> None:
    assert verdict(KILL, CUT, gap=gap, stored_at=1000.1, given_up=1000.3).unexplained


def test_a_kill_excuses_no_token_of_the_next_daemon_in_its_place() -> None:
    assert verdict(KILL._replace(began=995.0, ended=995.5), gap=0.8).unexplained


def test_a_daemon_that_was_too_slow_for_its_claim_is_told_apart() -> None:
    for stored_at in (None, 1004.5):
        found = verdict(gap=4.2, stored_at=stored_at)
        assert (found.twice, found.unexplained, len(found.slow)) == ({"slow": 1}, [], 1)


def test_a_period_of_full_length_needs_no_excuse() -> None:
    found = verdict(gap=85.0, stored_at=1000.1)
    assert (found.twice, found.unexplained, found.periods) == ({}, [], 1)


CLAIMED = Claimed(0, at=1098.0, until=1103.0)
TAKEN_OVER = Claimed(1, at=1103.1, until=1108.1)


def killed(at: float) -> Blow:
    return Blow("kill", 0, began=at, ended=at + 0.5)


def late(*blows: Blow, claims: Sequence[Claimed], gap: float = 103.2) -> Verdict:
    """Of a value that died at 1100."""
    return verdict(*blows, gap=gap, stored_at=1000.1, claimed=claims)


def test_a_claim_that_was_lost_with_its_daemon_explains_a_late_value() -> None:
    assert late(killed(1098.5), claims=[CLAIMED, TAKEN_OVER]).late == {"kill": 1}


def test_a_daemon_that_asked_when_it_continued_explains_a_late_value() -> None:
    blow = Blow("freeze", 1, began=1097.0, ended=1106.0)

    assert late(blow, claims=[CLAIMED._replace(daemon=1)], gap=106.2).late == {"freeze": 1}


def test_a_daemon_that_asked_long_after_it_continued_was_slow() -> None:
    blow = Blow("freeze", 1, began=1097.0, ended=1099.0)

    assert late(blow, claims=[CLAIMED._replace(daemon=1)], gap=120.0).late == {"slow": 1}


@pytest.mark.parametrize(
    ("blow", "claims"),
    [
        (killed(1098.5), []),
        (killed(1098.5), [TAKEN_OVER]),
        (killed(1097.0), [CLAIMED, TAKEN_OVER]),
        (killed(1104.0), [CLAIMED, TAKEN_OVER]),
        (killed(1098.5)._replace(daemon=1), [CLAIMED, TAKEN_OVER]),
    ],
    ids=["no claim", "none in time", "before the claim", "after the claim", "of another"],
)
def test_no_other_blow_explains_a_late_value(blow: Blow, claims: list[Claimed]) -> None:
    found = late(blow, claims=claims)

    assert (found.late, len(found.unexplained_late)) == ({"unexplained": 1}, 1)


def test_a_takeover_that_began_late_is_told_apart() -> None:
    claims = [CLAIMED, TAKEN_OVER._replace(at=1109.0, until=1114.0)]

    assert late(killed(1098.5), claims=claims, gap=109.2).late == {"slow": 1}


def test_a_database_that_was_away_from_all_explains_a_late_value() -> None:
    blow = Blow("restart", 0, began=1090.0, ended=1095.0)

    assert late(blow, claims=[]).late == {"restart": 1}
    assert late(blow, claims=[], gap=115.0).late == {"unexplained": 1}


def test_no_percentile_is_above_the_longest_time() -> None:
    assert shown([0.001, 0.002, 0.1]) == "2.0 ms p50, 98.0 ms p99, 100 ms at most"
