"""Messages and advice of our API become whole sentences, and names in them stay as they are."""

import pytest

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.console.mistakes import Mistakes, sentence


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("add the IP to the whitelist (设置)", "Add the IP to the whitelist (设置)."),
        ("wx1111 expires soon.", "wx1111 expires soon."),
        ("appsecret: is missing", "appsecret: is missing."),
        ("WeChat is busy", "WeChat is busy."),
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
        ("[0].openid", ("openid", "[0].openid"), "Is no network."),
        ("templates.notice.fields.thing1", ("templates.notice.fields.thing1",), "Is no network."),
        ("name", ("nam",), ""),
        ("", ("name",), ""),
    ],
)
def test_a_mistake_stands_beside_the_field_that_it_is_in(
    field: str, names: tuple[str, ...], shown: str
) -> None:
    mistakes = Mistakes(InvalidRequestError("is no network", field=field))

    assert mistakes.at(*names) == shown
    assert bool(mistakes.beside(names)) is not bool(shown)
