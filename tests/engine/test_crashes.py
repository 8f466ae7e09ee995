"""Pure: when a row that crashed is tried again."""

from datetime import timedelta

from wechat_scheduler.engine.crashes import PAUSES, crash_reason, pause_after


def test_the_pauses_grow_and_then_the_row_is_set_aside() -> None:
    pauses = [pause_after(crashes) for crashes in range(1, len(PAUSES) + 3)]

    assert pauses == [*sorted(PAUSES), None, None]
    assert sum(PAUSES, timedelta(0)) > timedelta(minutes=30)


def test_the_reason_does_not_quote_what_crashed() -> None:
    assert "s3cret" not in crash_reason(ValueError("s3cret"))
