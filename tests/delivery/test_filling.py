"""A template of WeChat's, filled with a message."""

import pytest

from tests.delivery.samples import NOW, PURCHASE, a_message, an_app
from wechat_scheduler.audience.model import AccountTemplate, App, Template
from wechat_scheduler.delivery.filling import FilledTemplate, filled, filling
from wechat_scheduler.delivery.keywords import KeywordFault
from wechat_scheduler.delivery.model import Content, Form
from wechat_scheduler.errors import SendError
from wechat_scheduler.reasons import Verdict

PARCEL = Template(
    template_id="P1",
    fields={"character_string1": "{number}", "thing2": "{title}", "time3": "{time}"},
)
MAPPED = an_app(templates={"message": PURCHASE, "parcel": PARCEL})
NOTICE = Content(template="T9", data={"k": "v"})
PARCEL_OF_ACCOUNT = AccountTemplate(
    template_id="P1",
    title="快递到达",
    keywords={"character_string1": (), "thing2": (), "time3": (), "phrase4": ("待取", "已取")},
)
IMPORTED = an_app(templates={"parcel": PARCEL}, account_templates={"P1": PARCEL_OF_ACCOUNT})


def fill(content: Content, app: App = MAPPED) -> FilledTemplate:
    found = filling(content, app, NOW)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("content", "template_id", "data"),
    [
        (Content(title="A", text="B"), "T1", {"keyword1": "A", "keyword2": "B"}),
        (Content(text="B"), "T1", {"keyword1": "B", "keyword2": "B"}),
        (Content(title="<p>", text="<p>", form=Form.HTML), "T1",
         {"keyword1": "<p>", "keyword2": "<p>"}),
        (Content(text="<style>b{}</style>", form=Form.HTML), "T1",
         {"keyword1": "[消息]", "keyword2": "[消息]"}),
        (Content(title="长" * 21, text="B"), "T1",
         {"keyword1": "长" * 19 + "…", "keyword2": "B"}),
        # What a user writes is no place to be filled.
        (Content(title="{content} {app}", text="B"), "T1",
         {"keyword1": "{content} {app}", "keyword2": "B"}),
        (NOTICE, "T9", {"k": "v"}),
        (Content(template="message", title="A", text="B"), "T1",
         {"keyword1": "A", "keyword2": "B"}),
        (Content(template="parcel", title="到货", data={"number": "SF1234567890123456789012"}),
         "P1", {"character_string1": "SF1234567890123456789012", "thing2": "到货",
                "time3": "2026年11月18日 10:30"}),
        # Data with the name of a keyword are its text.
        (Content(template="parcel", data={"number": "17", "thing2": "B", "time3": "15:01"}), "P1",
         {"character_string1": "17", "thing2": "B", "time3": "15:01"}),
        (Content(template="message", data={"keyword1": "A", "first": "B", "x": "y"}), "T1",
         {"keyword1": "A", "first": "B", "keyword2": ""}),
        (Content(template="T9", data={"thing1": "长" * 21, "keyword2": "长" * 21}), "T9",
         {"thing1": "长" * 19 + "…", "keyword2": "长" * 21}),
    ],
)  # fmt: skip
def test_what_stands_in_the_template(
    content: Content, template_id: str, data: dict[str, str]
) -> None:
    found = filled(a_message(content), MAPPED, NOW)

    assert (found.template_id, dict(found.data)) == (template_id, data)


@pytest.mark.parametrize(
    ("content", "app", "faults"),
    [
        (Content(template="parcel", title="A"), MAPPED,
         ["character_string1 needs {number} in data"]),
        (Content(template="parcel", data={"number": "订单17", "time3": "later"}), MAPPED,
         ["character_string1 takes at most 32 letters, digits and signs, without Chinese",
          "thing2 is empty",
          "time3 takes a time such as 15:01, 2019年10月1日 or 2019年10月1日 15:01, or two of them "
          "with ~ between"]),
        (Content(template="P1", title="A"), MAPPED, ["data has no keyword for it"]),
        (Content(template="P1", data={"thing2": "A", "thng3": "B"}), IMPORTED,
         ["it also has the keywords character_string1 and time3 and phrase4, and has no thng3"]),
        (Content(template="parcel", title="A", data={"number": "17"}), IMPORTED,
         ["it also has the keywords phrase4"]),
        (Content(template="parcel", title="A", data={"number": "17", "phrase4": "丢了"}), IMPORTED,
         ["phrase4 is one of 待取, 已取"]),
    ],
)  # fmt: skip
def test_what_wechat_would_refuse_is_named_and_not_sent(
    content: Content, app: App, faults: list[str]
) -> None:
    with pytest.raises(SendError) as caught:
        filled(a_message(content), app, NOW)

    assert [fault.sentence for fault in fill(content, app).faults] == faults
    assert caught.value.verdict is Verdict.REJECTED
    assert str(caught.value) == f"the template P1 is not filled: {'; '.join(faults)}"


def test_an_older_template_may_be_left_blank_in_part() -> None:
    older = AccountTemplate(template_id="T9", title="", keywords={"first": (), "keyword1": ()})
    notice = AccountTemplate(
        template_id="T9", title="", keywords={"date": (), "thing1": ()}, is_notice=True
    )
    content = Content(template="T9", data={"thing1": "A"})

    faults = [
        fill(content, an_app(account_templates={"T9": template})).faults
        for template in (older, notice)
    ]

    assert faults == [[], [KeywordFault("date", "it also has the keywords date")]]


def test_the_sender_learns_which_keywords_are_shown_in_part() -> None:
    data = {"thing1": "长" * 21, "keyword2": "长" * 21, "first": "长" * 21, "thing3": "长" * 20}

    assert fill(Content(template="T9", data=data)).shortened == ["thing1", "keyword2"]


def test_without_a_template_for_the_purpose_it_is_said_what_to_map() -> None:
    with pytest.raises(SendError, match="no template for the purpose offer"):
        filled(a_message(Content(purpose="offer")), MAPPED, NOW)
