"""When people are told, and how often."""

from tests.alerts.samples import DAY, HOUR, MINUTE, NOW, TICKET, Course, condition
from wechat_scheduler.alerts.deciding import HOLD, LONGEST_HOLD, MOST_OPEN, hold
from wechat_scheduler.alerts.model import AlertState, NewsKind, Severity
from wechat_scheduler.engine.records import replace

FIRES, WORSENS = NewsKind.FIRES, NewsKind.WORSENS
REMINDS, CLEARS = NewsKind.REMINDS, NewsKind.CLEARS


def test_a_condition_is_told_once_and_again_after_a_day() -> None:
    course = Course()

    first = course.check(condition())
    within_a_day = course.every_minute(24 * 60 - 1, condition())
    then = course.check(condition(), after=MINUTE)

    assert (first, within_a_day, then) == ([FIRES], [], [REMINDS])


def test_a_condition_that_has_to_last_fires_when_it_did() -> None:
    course = Course()
    brief = condition(lasts=5 * MINUTE)

    before = course.check(brief) + course.every_minute(4, brief)

    assert before == []
    assert course.one().state is AlertState.PENDING
    assert course.check(brief, after=MINUTE) == [FIRES]


def test_a_condition_that_passes_before_it_fires_leaves_nothing() -> None:
    course = Course()
    course.check(condition(lasts=5 * MINUTE))

    told = course.check(after=MINUTE)

    assert told == []
    assert course.alerts == {}


def test_what_is_over_is_told_once_it_was_not_seen_for_a_while() -> None:
    course = Course()
    course.check(condition())

    soon = course.check(after=MINUTE)
    within = course.every_minute(9)
    then = course.check(after=MINUTE)

    assert (soon, within, then) == ([], [], [CLEARS])
    assert course.one().state is AlertState.CLEARED
    assert course.every_minute(60) == []


def test_a_condition_that_comes_and_goes_each_few_minutes_is_told_once() -> None:
    course = Course()

    told = [
        kind
        for _ in range(100)
        for kind in course.every_minute(3, condition()) + course.every_minute(3)
    ]

    assert told == [FIRES]


def test_what_flaps_is_told_ever_more_rarely() -> None:
    course = Course()

    told = [
        kind
        for _ in range(24)
        for kind in course.every_minute(30, condition()) + course.every_minute(30)
    ]

    # 24 times within a day: without the longer pauses there would be 48 messages.
    assert told == [FIRES, CLEARS, FIRES, CLEARS, FIRES]
    assert [each.times for each in course.alerts.values()] == [1, 2, 3]


def test_what_is_over_stays_listed_when_its_cause_is_back_for_a_moment_only() -> None:
    course = Course()
    brief = condition(lasts=5 * MINUTE)
    course.every_minute(6, brief)
    course.every_minute(11)
    over = course.one()

    course.check(brief, after=MINUTE)
    course.check(after=MINUTE)
    after_a_moment = dict(course.alerts)
    course.every_minute(6, brief)

    assert after_a_moment == {over.id: over}
    assert [(each.state, each.times) for each in course.alerts.values()] == [
        (AlertState.CLEARED, 1),
        (AlertState.FIRING, 2),
    ]


def test_the_pause_before_an_all_clear_doubles_up_to_a_limit() -> None:
    assert [hold(times) for times in (1, 2, 3)] == [HOLD, 2 * HOLD, 4 * HOLD]
    assert hold(1000) == LONGEST_HOLD


def test_what_comes_back_days_later_is_another_alert() -> None:
    course = Course()
    course.check(condition())
    course.every_minute(11)
    course.alerts = {}  # the store gives back what ended within a day only

    told = course.check(condition(), after=3 * DAY)

    assert told == [FIRES]
    assert course.one().times == 1


def test_what_gets_worse_is_told_at_once_and_what_gets_better_is_not() -> None:
    course = Course()
    worse = condition(severity=Severity.CRITICAL)
    course.check(condition())

    told = [course.check(each, after=MINUTE) for each in (worse, condition(), worse)]

    assert told == [[WORSENS], [], []]


def test_of_a_muted_alert_the_all_clear_alone_is_told() -> None:
    course = Course()
    course.check(condition())
    course.alerts = {1: replace(course.one(), muted_until=course.now + 3 * DAY)}

    meanwhile = course.check(condition(severity=Severity.CRITICAL), after=2 * DAY)
    over = course.every_minute(11)

    assert (meanwhile, over) == ([], [CLEARS])


def test_a_muted_alert_that_was_never_told_is_told_once_the_mute_ends() -> None:
    course = Course(tells=False)
    course.check(condition())
    course.alerts = {1: replace(course.one(), muted_until=course.now + DAY)}
    course.terms = Course().terms

    meanwhile = course.check(condition(), after=HOUR)
    then = course.check(condition(), after=DAY)

    assert (meanwhile, then) == ([], [FIRES])


def test_where_nobody_is_to_be_told_an_alert_fires_in_silence_until_somebody_is() -> None:
    course = Course(tells=False)

    silent = course.check(condition())
    state = course.one().state
    course.terms = Course().terms
    told = course.check(condition(), after=HOUR)

    assert (silent, state, told) == ([], AlertState.FIRING, [FIRES])


def test_nothing_is_stored_of_an_alert_that_stays_as_it_is() -> None:
    course = Course()
    course.check(condition())
    before = course.one().version

    course.every_minute(30, condition())

    assert course.one().version == before


def test_more_conditions_than_anybody_reads_wait_and_the_worst_come_first() -> None:
    course = Course()
    many = [condition(TICKET._replace(subject=f"wx{number}")) for number in range(MOST_OPEN + 9)]
    worst = replace(many[-1], severity=Severity.CRITICAL)

    told = course.check(*many[:-1], worst)

    assert len(told) == MOST_OPEN
    assert worst.key in {each.key for each in course.alerts.values()}


def test_an_alert_says_what_is_wrong_now_and_when_that_changed() -> None:
    course = Course()
    course.check(condition())
    first = course.one().changed_at

    course.check(condition(), after=MINUTE)
    same = course.one().changed_at
    course.check(condition(text="the secret is wrong"), after=MINUTE)

    assert (first, same) == (None, None)
    assert (course.one().text, course.one().changed_at) == ("the secret is wrong", NOW + 2 * MINUTE)
