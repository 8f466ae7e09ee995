"""Says on every page which accounts and types a key with limits sees, and so of what the page tells."""

from collections.abc import Collection, Iterator
from typing import Final

from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

# Names in the sentence; a key may be limited to thousands of accounts.
MOST: Final = 3
ACCOUNTS = W(
    "Your key sees only the {noun} {names}: pages show and count nothing beyond.",
    "当前 key 只能看到{noun} {names}：各页面不显示、不统计其他账号。",
)
TYPES = W(
    "Of credentials and alerts, your key sees only the {noun} {names}.",
    "当前 key 只能看到{noun}为 {names} 的凭据和告警。",
)
# Each as one, and as several.
NOUNS_OF_ACCOUNTS = W("account", "账号"), W("accounts", "账号")
NOUNS_OF_TYPES = W("type", "类型"), W("types", "类型")
AND_MORE = W("{names} and {n} more", "{names} 等（另有 {n} 个）")
NONE_SEEN = W("There is nothing here that your key sees.", "这里没有当前 key 可以看到的内容。")


def limits_of(visit: Visit) -> Html:
    """The limits of the key; empty for one that sees all."""
    told = list(_limits(visit))
    return when(
        told, fill('<p class="faint limits">{told}</p>', told=visit.say(W(" ", "")).join(told))
    )


def _limits(visit: Visit) -> Iterator[str]:
    key = visit.session.key
    for words, (one, several), names in (
        (ACCOUNTS, NOUNS_OF_ACCOUNTS, key.appids),
        (TYPES, NOUNS_OF_TYPES, key.kinds),
    ):
        if names:
            noun = visit.say(one if len(names) == 1 else several)
            yield visit.say(words, noun=noun, names=_named(visit, names))


def _named(visit: Visit, names: Collection[str]) -> str:
    shown = visit.listed(sorted(names)[:MOST])
    more = len(names) - MOST
    return shown if more <= 0 else visit.say(AND_MORE, names=shown, n=more)


def of_accounts(visit: Visit, words: Words, seen: Words = NONE_SEEN) -> Words:
    """`words` about all accounts; `seen` for a key that sees some of them only."""
    return seen if visit.session.key.appids else words


def of_credentials(visit: Visit, words: Words, seen: Words = NONE_SEEN) -> Words:
    """`words` about all credentials and alerts; `seen` for a key that sees some of them only."""
    key = visit.session.key
    return seen if key.appids or key.kinds else words
