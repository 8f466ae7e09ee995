"""Messages and advice of our API become whole sentences, and names in them stay as they are."""

import pytest

from wechat_scheduler.web.console.mistakes import sentence


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
