"""Ids as callers write them, in paths, queries and bodies."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, Final, TypeAlias

import msgspec

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.engine.sentences import Sentence
from wechat_scheduler.errors import InvalidRequestError

ID: Final = pattern(r"[0-9]{1,16}")
REMINDER_ID: Final = pattern(r"[0-9a-f]{32}")
NO_REMINDER_ID: Final = Sentence(
    "must be an id of 32 hexadecimal digits", "必须是 32 位十六进制数字的 id"
)
ORIGINAL_ID: Final = Sentence(
    "is the original id of an account: give its appid, which begins with wx and stands beside the AppSecret on WeChat's "
    "page of developer settings",
    "这是账号的原始 ID：请填它的 appid（以 wx 开头，在微信后台的开发设置里，和 AppSecret 在同一页）",
)
_ORIGINAL: Final = "gh_"
# WeChat's appids and openids are letters, digits, `-` and `_`.
WECHAT_ID: Final = pattern(r"[A-Za-z0-9_-]{1,128}")
# Random ids have 52 bits: as JSON numbers they are exact in every language.
LARGEST_ID: Final = (1 << 53) - 1


def schema_of(form: re.Pattern[str]) -> dict[str, Any]:
    """The JSON schema of a text of that form; handlers check it, with a sentence of their own."""
    return {"type": "string", "pattern": f"^{form.pattern}$"}


Id: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_ID)]
ReminderId: TypeAlias = Annotated[str, msgspec.Meta(pattern=f"^{REMINDER_ID.pattern}$")]
WeChatId: TypeAlias = Annotated[str, msgspec.Meta(extra_json_schema=schema_of(WECHAT_ID))]


def check_wechat_id(value: str, field: str) -> None:
    """An appid or openid. Raises InvalidRequestError."""
    if not value:
        raise InvalidRequestError("must not be empty", field=field)
    if not WECHAT_ID.fullmatch(value):
        raise InvalidRequestError(
            "must be letters, digits, '-' and '_', 128 at the most", field=field
        )


def check_appid(value: str, field: str) -> None:
    """An appid, which is no original id of an account. Raises InvalidRequestError."""
    check_wechat_id(value, field)
    if value.startswith(_ORIGINAL):
        raise InvalidRequestError(ORIGINAL_ID.en, field=field)


def read_appids(given: Sequence[str]) -> frozenset[str]:
    """Those of the field `appids`. Raises InvalidRequestError, which names the wrong one."""
    for number, appid in enumerate(given):
        check_appid(appid, f"appids[{number}]")
    return frozenset(given)
