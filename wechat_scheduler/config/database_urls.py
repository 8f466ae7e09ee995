"""The notation of databases."""

import re

from wechat_scheduler.config.notation import MASK, Notation


def _database(text: str) -> str:
    """Its errors quote no part of `text`, which may hold a password."""
    scheme, _, rest = text.partition("://")
    if scheme == "sqlite" and rest.startswith("/"):
        return text
    if scheme not in ("postgresql", "postgres"):
        raise ValueError("expected sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME")
    if "@" in "".join(re.split(r"[/?#]", rest, maxsplit=1)[1:]):
        raise ValueError("write / ? # @ in a user or password as %2F %3F %23 %40")
    return text


def _show_database(url: str) -> str:
    bare = re.sub(r"^(\w+://[^:/?#@]*:)[^/?#]*@", rf"\1{MASK}@", url)
    return re.sub(r"(?i)(pass[a-z]*=)[^&]*", rf"\1{MASK}", bare)


DATABASE = Notation(wire=str, noun="a URL", parse=_database, show=_show_database)


def _listen_database(text: str) -> str:
    if text and not text.startswith(("postgresql://", "postgres://")):
        raise ValueError("expected postgresql://HOST:PORT/NAME, or nothing")
    return text and _database(text)


LISTEN_DATABASE = Notation(wire=str, noun="a URL", parse=_listen_database, show=_show_database)
