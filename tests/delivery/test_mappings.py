"""An app's templates are checked when they are written."""

import pytest

from wechat_scheduler.audience.model import AccountTemplate, Template
from wechat_scheduler.delivery.mappings import mapping_doubts, mapping_faults

PARCEL = AccountTemplate(
    template_id="P1",
    title="快递到达",
    keywords={"first": (), "character_string1": (), "thing2": (), "phrase3": ("待取", "已取")},
)
HAS = "P1 has first, character_string1, thing2, phrase3"
WHOLE = {"character_string1": "{number}", "thing2": "{title}", "phrase3": "待取"}


@pytest.mark.parametrize(
    ("purpose", "fields", "imported", "faults"),
    [
        ("parcel", WHOLE, True, {}),
        ("message", WHOLE, True, {}),
        ("parcel", {"anything": "{title}"}, False, {}),
        # An alias may leave the rest to the data of its messages.
        ("parcel", {"thing2": "{title}"}, True, {}),
        ("parcel", {}, True, {}),
        ("message", {"thing2": "{title}"}, True, {"character_string1": f"is needed too: {HAS}"}),
        ("parcel", {"thing9": "{title}"}, True, {"thing9": f"is not a keyword of the template: {HAS}"}),
        ("parcel", {"phrase3": "丢了"}, True, {"phrase3": "is one of 待取, 已取"}),
        ("reminder", {"thing2": "{number}"}, False, {
            "thing2": "a reminder has no data to fill {number} with: write {title}, {content}, "
            "{time}, {app}"}),
        ("parcel", {"thing1": "{{title.DATA}}"}, False, {
            "thing1": "write a name in one pair of braces, such as {title}"}),
        ("parcel", {"thing1": "{title"}, False, {
            "thing1": "write a name in one pair of braces, such as {title}"}),
        ("parcel", {"amount1": "free"}, False, {
            "amount1": "takes an amount of at most 10 digits such as ¥12.50 or 12元"}),
        ("parcel", {"thing1": " "}, False, {"thing1": "is empty"}),
        ("parcel", {"thing2": " "}, True, {"thing2": "is empty"}),
    ],
)  # fmt: skip
def test_what_wechat_would_refuse_in_every_message_is_a_fault(
    purpose: str, fields: dict[str, str], imported: bool, faults: dict[str, str]
) -> None:
    template = Template(template_id="P1", fields=fields)

    found = mapping_faults(purpose, template, {"P1": PARCEL} if imported else {})

    assert [(fault.keyword, fault.sentence) for fault in found] == [*faults.items()]


def test_a_template_that_the_account_does_not_have_is_a_fault_once_some_were_imported() -> None:
    template = Template(template_id="P2", fields={})

    (fault,) = mapping_faults("parcel", template, {"P1": PARCEL})

    assert fault.place("parcel") == "templates.parcel.template_id"
    assert "is not among the account's templates" in fault.sentence


@pytest.mark.parametrize(
    ("fields", "doubted"),
    [
        (WHOLE, []),
        ({"thing2": "{title} {content} {time}", "time3": "{time}"}, []),
        ({"character_string1": "{title}", "thing2": "{title}"}, ["character_string1"]),
        ({"character_string1": "{time}"}, ["character_string1"]),
        ({"character_string1": "{app}", "phrase4": "{app}"}, ["phrase4"]),
        ({"number1": "{content}", "time2": "{title}"}, ["number1", "time2"]),
        ({"phrase3": "{title}"}, ["phrase3"]),
        ({"number1": "{amount}", "keyword1": "{title}"}, []),
    ],
)
def test_a_keyword_is_in_doubt_if_what_every_message_has_may_not_fit(
    fields: dict[str, str], doubted: list[str]
) -> None:
    template = Template(template_id="P1", fields=fields)

    found = list(mapping_doubts(template, "shop", {"P1": PARCEL}))

    assert [one.keyword for one in found] == doubted


def test_a_doubt_says_what_the_keyword_takes_and_what_to_write() -> None:
    template = Template(template_id="P1", fields={"character_string1": "No. {title}"})

    (doubt,) = mapping_doubts(template, "shop", {})

    assert doubt.sentence == (
        "takes at most 32 letters, digits and signs, without Chinese: a message whose {title} is anything else is "
        "not sent; if it may be, write a name of the message's data there"
    )
