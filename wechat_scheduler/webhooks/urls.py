"""The addresses that business systems register: which are accepted, and what we add to them."""

import re
from ipaddress import IPv6Address
from urllib.parse import urlencode

from yarl import URL

LONGEST = 2048

_VISIBLE_ASCII = re.compile(r"[!-~]*")

# What a name looks like on the wire. It keeps percent signs and empty or overlong labels, at which
# resolvers stumble, out of look-ups. Numbers in disguise (0x7f.1) pass: the guard sees what they
# lead to.
_NAME = re.compile(r"(?=.{1,254}\Z)(?:[A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}\.?")


def check_url(text: str) -> None:
    """Raise ValueError unless `text` is an address that can be called.

    The message goes on where the name of a field stops ("must begin with …") and repeats nothing
    of `text`.
    """
    if len(text) > LONGEST:
        raise ValueError(f"is longer than {LONGEST} characters")
    parse(text)


def parse(text: str) -> URL:
    """`text`, of any length, as a URL with nothing re-encoded. Raises ValueError like `check_url`."""
    if not _VISIBLE_ASCII.fullmatch(text):
        raise ValueError("must be visible ASCII: percent-encode spaces and other characters")
    try:
        url = URL(text, encoded=True)
        port = url.port  # read only now, and only now found to be no number
    except (ValueError, IndexError) as error:  # yarl meets http://[]@/ with an IndexError
        raise ValueError("is not a valid URL") from error
    if url.scheme not in ("http", "https") or not url.raw_host:
        raise ValueError("must begin with http:// or https:// and name a host")
    if not _is_host(url.raw_host):
        raise ValueError("has a host that is neither a name nor an IP address")
    if port == 0:
        raise ValueError("has port 0, which nobody listens on")
    if "#" in text:
        raise ValueError("must not have a fragment (#…): it is never sent")
    return url


def shown(text: str) -> str:
    """What of an address may be shown: scheme, host, port and path."""
    url = parse(text).with_user(None)
    return f"{url.scheme}://{url.raw_authority}{url.raw_path}"


def job_url(url: str, *, appid: str, kind: str, subject: str, subject_field: str) -> str:
    """`url` with the job that a call is about, as the business system knows it: `appid` and `type`
    (here `kind`, already a number where there is one), and its subject where it has one.

    The query that `url` has stays as it is, byte for byte, and comes first.
    """
    pairs = [("appid", appid), ("type", kind)]
    if subject:
        pairs.append(("subject", subject))
        if subject_field:
            pairs.append((subject_field, subject))
    return _with_query(url, pairs)


def _with_query(url: str, pairs: list[tuple[str, str]]) -> str:
    head, _, query = url.partition("#")[0].partition("?")
    joint = "&" if query and not query.endswith("&") else ""
    return f"{head}?{query}{joint}{urlencode(pairs)}"


def _is_host(host: str) -> bool:
    if ":" not in host:
        return _NAME.fullmatch(host) is not None
    try:
        # An interface after a percent sign means something on one machine only.
        return IPv6Address(host).scope_id is None
    except ValueError:
        return False
