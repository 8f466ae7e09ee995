"""Checks the addresses that business systems register, and adds the job to them."""

from collections.abc import Mapping
from ipaddress import IPv6Address
from typing import Final
from urllib.parse import unquote_plus, urlencode

from yarl import URL

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.engine.sentences import Sentence

LONGEST = 2048

INVISIBLE: Final = Sentence(
    "must be visible ASCII: percent-encode spaces and other characters",
    "必须是可见的 ASCII：空格和其他字符请用百分号编码",
)
NO_URL: Final = Sentence("is not a valid URL", "不是有效的 URL")
NO_SCHEME: Final = Sentence(
    "must begin with http:// or https:// and name a host",
    "必须以 http:// 或 https:// 开头并写明主机",
)
NO_NAME: Final = Sentence(
    "has a host that is neither a name nor an IP address", "主机既不是名字也不是 IP 地址"
)
NO_PORT: Final = Sentence(
    "has port 0, on which no server listens", "端口是 0，没有服务器在上面监听"
)
FRAGMENT: Final = Sentence(
    "must not have a fragment (#…): it is never sent", "不能带片段（#…）：它不会被发送"
)

_VISIBLE_ASCII = pattern(r"[!-~]*")

# A host name without percent signs and without empty or overlong labels, at which resolvers fail.
# Numbers such as 0x7f.1 pass: the guard checks the address that they resolve to.
_NAME = pattern(r"(?=.{1,254}\Z)(?:[A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}\.?")


def check_url(text: str) -> None:
    """Raise ValueError unless `text` is an address that can be called.

    The message continues the name of a field ("must begin with …") and repeats nothing of `text`.
    """
    if len(text) > LONGEST:
        raise ValueError(f"is longer than {LONGEST} characters")
    parse(text)


def parse(text: str) -> URL:
    """`text`, of any length, as a URL without re-encoding. Raises ValueError like `check_url`."""
    if not _VISIBLE_ASCII.fullmatch(text):
        raise ValueError(INVISIBLE.en)
    try:
        url = URL(text, encoded=True)
        port = url.port  # raises ValueError if it is not a number
    except (ValueError, IndexError) as error:  # yarl raises IndexError for http://[]@/
        raise ValueError(NO_URL.en) from error
    if url.scheme not in ("http", "https") or not url.raw_host:
        raise ValueError(NO_SCHEME.en)
    if not _is_host(url.raw_host):
        raise ValueError(NO_NAME.en)
    if port == 0:
        raise ValueError(NO_PORT.en)
    if "#" in text:
        raise ValueError(FRAGMENT.en)
    return url


def shown(text: str) -> str:
    """The parts of an address that may be shown: scheme, host, port and path."""
    url = parse(text).with_user(None)
    return f"{url.scheme}://{url.raw_authority}{url.raw_path}"


def job_url(url: str, *, appid: str, kind: str, subject: str, subject_field: str) -> str:
    """`url` with the job in its query: `appid`, `type` (here `kind`, a number where there is one), and
    the subject if it has one.

    A name that the query has already (`?appid=&type=`, as the original took its URLs) is filled where
    it stands, and stands there once. The rest of the query stays as it is, byte for byte.
    """
    ours = {"appid": appid, "type": kind}
    if subject:
        ours |= {"subject": subject} | ({subject_field: subject} if subject_field else {})
    return _with_query(url, ours)


def _with_query(url: str, ours: Mapping[str, str]) -> str:
    head, _, query = url.partition("#")[0].partition("?")
    missing = dict(ours)
    parts: list[str] = []
    for part in query.removesuffix("&").split("&") if query else ():
        name = unquote_plus(part.partition("=")[0])
        if name not in ours:
            parts.append(part)
        elif name in missing:
            parts.append(urlencode({name: missing.pop(name)}))
    return f"{head}?{'&'.join([*parts, *([urlencode(missing)] if missing else [])])}"


def _is_host(host: str) -> bool:
    if ":" not in host:
        return _NAME.fullmatch(host) is not None
    try:
        # A scope after a percent sign has a meaning on one machine only.
        return IPv6Address(host).scope_id is None
    except ValueError:
        return False
