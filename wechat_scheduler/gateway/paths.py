"""The paths of WeChat's API that may be called through the gateway."""

import re
from collections.abc import Iterable
from typing import Final

# WeChat's paths have no other characters, and no empty, `.` or `..` segments: what servers read in two
# ways does not pass.
_PATH: Final = re.compile(r"(?:/(?!\.)[A-Za-z0-9_.-]+)+")
RULE: Final = re.compile(r"(?:(GET|POST) )?(/[A-Za-z0-9_./-]*)(\*?)")

# They would replace values that are kept here; this daemon answers them itself.
_TOKENS: Final = (
    "/cgi-bin/token",
    "/cgi-bin/stable_token",
    "/cgi-bin/component/api_component_token",
    "/cgi-bin/component/api_authorizer_token",
)

# Their answers hold tokens and refresh tokens of authorizers.
_OF_AUTHORIZERS: Final = re.compile(
    r"/cgi-bin/component/api_(?:query_auth|get_authorizer_info|get_authorizer_list)", re.IGNORECASE
)


def shows_tokens(path: str) -> bool:
    """Whether WeChat's answer holds tokens, which a consumer with stand-ins must not see."""
    return bool(_OF_AUTHORIZERS.fullmatch(path))


class PathRules:
    """Rules are `/cgi-bin/*`, `/cgi-bin/menu/get` or `POST /cgi-bin/menu/create`; others raise ValueError. A path
    passes if one of `allow` fits it and none of `deny`, in any case of its letters; those that issue tokens never
    pass."""

    def __init__(self, allow: Iterable[str], deny: Iterable[str]) -> None:
        self._allow, self._deny = _pattern(allow), _pattern((*deny, *_TOKENS), re.IGNORECASE)

    def admit(self, method: str, path: str) -> bool:
        """Whether a call may pass. `path` is as it stands in the request."""
        call = f"{method} {path}"
        return bool(
            _PATH.fullmatch(path) and self._allow.fullmatch(call) and not self._deny.fullmatch(call)
        )


def _pattern(rules: Iterable[str], flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    return re.compile("|".join(map(_part, rules)) or r"(?!)", flags)


def _part(rule: str) -> str:
    found = RULE.fullmatch(rule)
    if found is None:
        raise ValueError(f"{rule!r} is not a rule for paths")
    return f"{found[1] or '(?:GET|POST)'} {re.escape(found[2])}{'.*' if found[3] else ''}"
