"""The paths of WeChat's API that may be called through the gateway."""

import enum
import re
from collections.abc import Iterable
from typing import Final

from wechat_scheduler.engine.patterns import pattern

# WeChat's paths have no other characters, and no empty, `.` or `..` segments: what servers read in two
# ways does not pass.
_PATH: Final = pattern(r"(?:/(?!\.)[A-Za-z0-9_.-]+)+")
RULE: Final = pattern(r"(?:(GET|POST) )?(/[A-Za-z0-9_./-]*)(\*?)")

# They would replace values that are kept here; this daemon answers them itself.
_TOKENS: Final = (
    "/cgi-bin/token",
    "/cgi-bin/stable_token",
    "/cgi-bin/component/api_component_token",
    "/cgi-bin/component/api_authorizer_token",
)

# WeChat's record of a refused call holds its token, and its secret, which was put in on the way.
_RECORDS: Final = "/cgi-bin/openapi/rid/get"

# Their answers hold tokens and refresh tokens of authorizers.
_OF_AUTHORIZERS: Final = pattern(
    r"/cgi-bin/component/api_(?:query_auth|get_authorizer_info|get_authorizer_list)", re.IGNORECASE
)


def issues_tokens(rule: str) -> bool:
    """Whether a rule fits nothing but a path that issues tokens, which this daemon answers itself."""
    return rule.rpartition(" ")[2].lower() in _TOKENS


def shows_tokens(path: str) -> bool:
    """Whether WeChat's answer holds tokens, which a consumer with stand-ins must not see."""
    return bool(_OF_AUTHORIZERS.fullmatch(path))


class PathRefusal(enum.Enum):
    """Why a call may not pass: what no rule can permit, and the list that does not."""

    METHOD = enum.auto()
    FORM = enum.auto()
    ISSUES = enum.auto()
    RECORDS = enum.auto()
    NOT_ALLOWED = enum.auto()
    DENIED = enum.auto()


class PathRules:
    """Rules are `/cgi-bin/*`, `/cgi-bin/menu/get` or `POST /cgi-bin/menu/create`; others raise ValueError. A path
    passes if one of `allow` fits it and none of `deny`, in any case of its letters; those that issue or record tokens
    never pass."""

    def __init__(self, allow: Iterable[str], deny: Iterable[str]) -> None:
        allow = tuple(allow)
        self._allowed = [_read(rule) for rule in allow]
        self._allow, self._deny = _pattern(allow), _pattern(deny, re.IGNORECASE)

    def touches(self, rule: str) -> bool:
        """Whether `allow` names a path that this rule fits, too, with any method."""
        _, path, is_begun = _read(rule)
        return any(
            path == other
            or (is_begun and other.startswith(path))
            or (begins and path.startswith(other))
            for _, other, begins in self._allowed
        )

    def refusal(self, method: str, path: str) -> PathRefusal | None:
        """Why a call may not pass; None if it may. `path` is as it stands in the request."""
        call = f"{method} {path}"
        if method not in ("GET", "POST"):
            return PathRefusal.METHOD
        if not _PATH.fullmatch(path):
            return PathRefusal.FORM
        if path.lower() in _TOKENS:
            return PathRefusal.ISSUES
        if path.lower() == _RECORDS:
            return PathRefusal.RECORDS
        if not self._allow.fullmatch(call):
            return PathRefusal.NOT_ALLOWED
        return PathRefusal.DENIED if self._deny.fullmatch(call) else None


def _pattern(rules: Iterable[str], flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    return re.compile("|".join(map(_part, rules)) or r"(?!)", flags)


def _part(rule: str) -> str:
    method, path, star = _read(rule)
    return f"{method or '(?:GET|POST)'} {re.escape(path)}{'.*' if star else ''}"


def _read(rule: str) -> tuple[str, str, bool]:
    """The method, empty for both, the path, and whether others that begin so fit, too. Raises ValueError."""
    found = RULE.fullmatch(rule)
    if found is None:
        raise ValueError(f"{rule!r} is not a rule for paths")
    return found[1] or "", found[2], bool(found[3])
