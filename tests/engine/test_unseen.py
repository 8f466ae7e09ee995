"""Characters that are not seen and change how the others are read."""

import pytest

from wechat_scheduler.engine.unseen import unseen


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("pay\u202e001", ["U+202E"]),
        ("\u2067a\u2069\u2067", ["U+2067", "U+2069"]),
        ("bo\u200bb\ufeff", ["U+200B", "U+FEFF"]),
        ("a\u200db\u3164", ["U+200D", "U+3164"]),
        ("bell\x07 and \U000e0041", ["U+0007", "U+E0041"]),
    ],
)
def test_they_are_named(text: str, names: list[str]) -> None:
    assert unseen(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "小红🌸", "two\r\n\tlines", "family 👨‍👩‍👧 and ❤️‍🔥", "می‌خواهم", "क्‍ष", "שלום", "flag 🏴󠁧󠁢󠁥󠁮󠁧󠁿 of England",
    ],
)  # fmt: skip
def test_joined_emoji_and_writings_with_joiners_are_as_they_should_be(text: str) -> None:
    assert unseen(text) == []
