"""What reminders' lists take for the end of all ids."""

from wechat_scheduler.storage.reminders.reminder_lists import _LAST


def test_the_bound_behind_all_ids_is_a_letter_because_some_collations_put_signs_before_digits() -> (
    None
):
    assert _LAST.isalpha()
    assert max("0123456789abcdef") < _LAST
