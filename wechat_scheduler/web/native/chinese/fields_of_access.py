"""The Chinese of the fields of keys, sessions, consumers and the audit."""

from collections.abc import Mapping
from typing import Final

# fmt: off
BOTH: Final[Mapping[str, str]] = {
    "`at` is RFC 3339 in UTC.": "`at` 为 UTC 的 RFC 3339",
    "An entry of reads counts those of one hour, which begins at `at`.": "读取的一条是一个小时的合计，从 `at` 开始",
    "A new key.": "一个新 key",
    "An empty list does not limit the key; an unknown field is refused, since a misspelt limit would not limit it either.":
        "空列表不限制 key；不认识的字段会被拒绝，因为写错的限制起不到限制作用",
    "`expires_in` is in seconds.": "`expires_in` 单位秒",
    "A key without its text.": "一个 key，不含它的文本",
    "`state` is active, expired or revoked; instants are RFC 3339 in UTC.": "`state` 为 active、expired 或 revoked；时间为 UTC 的 RFC 3339",
    "`key` and `signing_secret` are shown only once.": "`key` 和 `signing_secret` 只显示一次",
    "The permitted use of a key; ADMIN includes the others.": "key 的权限；ADMIN 包含其他权限",
    "VIEW shows what READ and PUSH show, but for values of credentials, and changes nothing.":
        "VIEW 能看 READ 和 PUSH 能看的（凭据的值除外），什么也不能更改",
    "An open session.": "一个打开的会话",
    "`key` is the id of the key that it acts as; `address` and `user_agent` are those of the browser that opened it; instants are RFC 3339 in UTC.":
        "`key` 是它所用的 key 的 id；`address` 和 `user_agent` 属于打开它的浏览器；时间为 UTC 的 RFC 3339",
    "A new consumer.": "一个新的使用方",
    "Its name cannot be changed.": "名字不能修改",
    "Settings that are left out stay as they are.": "没有写的设置保持不变",
    "A consumer without its secret.": "一个使用方，不含它的 secret",
    "`state` is active or revoked; instants are RFC 3339 in UTC.": "`state` 为 active 或 revoked；时间为 UTC 的 RFC 3339",
    "`secret` is shown only once.": "`secret` 只显示一次",
    "`caller` is a consumer (`consumer/shop`), or an account's own token (`token/wx1111`).":
        "`caller` 是使用方（`consumer/shop`），或账号自己的 token（`token/wx1111`）",
    "`errors` are the calls that WeChat refused or did not answer.": "`errors` 是微信拒绝或没有回答的调用",
    "`refused` are calls that this daemon refused, which are not among them.": "`refused` 是守护进程拒绝的调用，不包括在前两个数里",
}
