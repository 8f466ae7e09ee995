"""Messages and advice of our API become whole sentences, and names in them stay as they are."""

import pytest

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.console.mistakes import Mistakes, sentence, together, told


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("add the IP to the whitelist (设置)", "Add the IP to the whitelist (设置)."),
        ("wx1111 expires soon.", "wx1111 expires soon."),
        ("appsecret: is missing", "appsecret: is missing."),
        ("WeChat is busy", "WeChat is busy."),
        (
            "返回 43004（require subscribe）；须重新关注",
            "返回 43004（require subscribe）；须重新关注。",
        ),
        ("is that clock right?", "Is that clock right?"),
        ("", ""),
    ],
)
def test_a_text_is_shown_as_a_sentence(text: str, shown: str) -> None:
    assert sentence(text) == shown


@pytest.mark.parametrize(
    ("field", "names", "shown"),
    [
        ("networks[0]", ("networks",), "no. 1: is no network."),
        ("appids[1]", ("appids",), "no. 2 (wx!): is no network."),
        ("appids[2]", ("appids",), "no. 3: is no network."),
        ("[0].openid", ("openid", "[0].openid"), "Is no network."),
        ("templates.notice.fields.thing1", ("templates.notice.fields.thing1",), "Is no network."),
        ("name", ("nam",), ""),
        ("", ("name",), ""),
    ],
)
def test_a_mistake_stands_beside_the_field_that_it_is_in(
    field: str, names: tuple[str, ...], shown: str
) -> None:
    error = InvalidRequestError("is no network", field=field)
    mistakes = Mistakes(error, lists={"appids": ["wx1", "wx!"]})

    assert mistakes.at(*names) == shown
    assert bool(mistakes.beside(names)) is not bool(shown)


@pytest.mark.parametrize(
    ("field", "said", "shown"),
    [
        ("tasks[0].notify", "must begin with http://", "Address for notifications: must begin with http://."),
        ("tasks[0].notify", "必须以 http:// 开头", "通知地址：必须以 http:// 开头。"),
        ("appids[1]", "must not be empty", "AppID: must not be empty."),
        ("tasks[0]", "the body has the same task twice", "The body has the same task twice."),
        ("templates.notice.fields.thing1", "is not a keyword", "Is not a keyword."),
        ("limit", "must be a number", "limit: must be a number."),
        ("", "there is no app 7", "There is no app 7."),
    ],
)  # fmt: skip
def test_a_person_sees_the_label_of_a_field_or_none(field: str, said: str, shown: str) -> None:
    error = InvalidRequestError(said, field=field)

    assert told(error, names=("limit",)) == shown


def test_chinese_sentences_follow_one_another_without_blanks() -> None:
    assert together(["It is late.", "Send it.", "太迟了。", "请发送。"]) == (
        "It is late. Send it. 太迟了。请发送。"
    )
