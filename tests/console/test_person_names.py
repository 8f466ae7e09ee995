"""How pages name users and messages."""

from wechat_scheduler.web.console.messages.states import headline
from wechat_scheduler.web.console.person_names import person_name

UID, OPENID = "UID_N1j9ucVwXyZ0123456789", "oABCDEFGHIJKLMNOPQRSTUVWX123"


def test_a_user_without_a_name_is_the_end_of_the_openid_before_the_uid() -> None:
    assert person_name(UID, "小红", OPENID) == "小红"
    assert person_name(UID, "", OPENID) == "…VWX123"
    assert person_name(UID, OPENID) == "…VWX123"
    assert person_name(UID, "") == "UID_N1j9ucVw…"


def test_a_title_does_not_begin_with_the_code_of_a_face() -> None:
    assert headline("/:ok好的，明天提醒你") == "好的，明天提醒你"
    assert headline("/:no没法这样提醒") == "没法这样提醒"
    assert headline("/:oknews") == "/:oknews"
    assert headline("/:ok") == "/:ok"
