"""What is shown of a message before it is sent is what is sent."""

from tests.delivery.samples import (
    DAY,
    HOUR,
    LANDING,
    MINUTE,
    NOW,
    PURCHASE,
    a_message,
    a_person,
    an_app,
)
from wechat_scheduler.audience.model import AccountTemplate
from wechat_scheduler.delivery.filling import filled
from wechat_scheduler.delivery.model import Content, Form, Way
from wechat_scheduler.delivery.notes import (
    FALLS_BACK,
    HOLDS_UNSEEN,
    LONG_AGO,
    LONG_AGO_THEN,
    NOT_IMPORTED,
    TEXT_ALONE,
)
from wechat_scheduler.delivery.previews import preview

APP = an_app(templates={"message": PURCHASE})
CONTENT = Content(title="Parcel", text="at the door")


def test_both_ways_are_shown_in_the_order_in_which_they_are_tried() -> None:
    amy = a_person(heard_at=NOW)

    shown = preview(a_message(CONTENT), APP, amy, NOW, LANDING)

    text, template = shown.ways
    assert (text.way, text.text, text.url) == (Way.TEXT, "Parcel\n\nat the door", "")
    assert {one.name: one.shown for one in template.keywords} == filled(
        a_message(CONTENT), APP, NOW
    ).data
    assert template.url == LANDING
    assert shown.warnings == (NOT_IMPORTED.fill(template_id="T1"), FALLS_BACK.en)
    assert shown.error == ""


def test_a_message_that_does_not_fit_leads_to_its_page() -> None:
    content = Content(title="Sale", text="# 50 %", form=Form.MARKDOWN, landing=True)

    (text,) = preview(a_message(content), an_app(), a_person(heard_at=NOW), NOW, LANDING).ways

    assert (text.text, text.url) == ("Sale", LANDING)


def test_a_message_without_a_way_says_what_to_do() -> None:
    amy = a_person(heard_at=NOW - 3 * DAY)

    shown = preview(a_message(CONTENT), an_app(), amy, NOW, "")

    assert shown.ways == ()
    assert shown.error.endswith(
        "map the purpose message to one of the account's templates, then replay"
    )


def test_a_text_that_is_sent_after_the_48_hours_is_warned_of_or_comes_as_a_template() -> None:
    amy, later = a_person(heard_at=NOW), NOW + 3 * DAY

    now = preview(a_message(CONTENT), an_app(), amy, NOW, "")
    late = preview(a_message(CONTENT, not_before=later), an_app(), amy, NOW, "")
    mapped = preview(a_message(CONTENT, not_before=later), APP, amy, NOW, "")

    assert (now.error, now.warnings) == ("", ())
    assert (late.error, late.warnings) == ("", (LONG_AGO_THEN.en,))
    assert [way.way for way in late.ways] == [Way.TEXT]
    assert [way.way for way in mapped.ways] == [Way.TEMPLATE]
    assert mapped.warnings == (NOT_IMPORTED.fill(template_id="T1"),)


def test_a_text_is_warned_of_by_the_window_that_the_last_act_opened() -> None:
    content, later = Content(title="Hi", way=Way.TEXT), NOW + 2 * MINUTE
    scanned = a_person(heard_at=NOW, texts_until=NOW + MINUTE)
    refused = a_person(heard_at=NOW - HOUR, texts_until=NOW - HOUR)
    # An earlier release does not write `texts_until`.
    earlier = a_person(heard_at=NOW - HOUR, texts_until=NOW - DAY)

    now = preview(a_message(content), APP, scanned, NOW, "")
    late = preview(a_message(content, not_before=later), APP, scanned, NOW, "")

    assert (now.warnings, late.warnings) == ((), (LONG_AGO_THEN.en,))
    assert preview(a_message(content), APP, scanned, later, "").warnings == (LONG_AGO.en,)
    assert preview(a_message(content), APP, refused, NOW, "").warnings == (LONG_AGO.en,)
    assert preview(a_message(content), APP, earlier, NOW, "").warnings == ()


def test_a_template_that_the_account_does_not_have_or_sends_otherwise_is_said_to_be_refused() -> (
    None
):
    listed = {
        name: AccountTemplate(template_id=name, title=name, keywords={}, is_notice=name == "N1")
        for name in ("T1", "N1")
    }
    app = an_app(account_templates=listed)

    def faults(way: Way, template: str) -> list[str]:
        content = Content(way=way, template=template, data={"thing1": "hello"})
        (shown,) = preview(a_message(content), app, a_person(), NOW, "").ways
        return [fault.sentence for fault in shown.faults]

    assert faults(Way.TEMPLATE, "T1") == faults(Way.SUBSCRIBE, "N1") == []
    (unknown,), (notice,) = faults(Way.TEMPLATE, "T9"), faults(Way.AUTO, "N1")
    (template,) = faults(Way.SUBSCRIBE, "T1")
    assert unknown.startswith("the account has no template T9, by the list that was imported")
    assert notice.endswith("send it by the channel subscribe")
    assert template.endswith("send it by the channel template")


def test_a_text_says_that_its_template_is_left_out_and_which_characters_are_not_seen() -> None:
    content = Content(way=Way.TEXT, text="pay\u202e001 now", template="T1")

    shown = preview(a_message(content), APP, a_person(heard_at=NOW), NOW, "")

    assert shown.warnings == (TEXT_ALONE.en, HOLDS_UNSEEN.fill(names="U+202E"))
