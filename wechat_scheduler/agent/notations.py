"""The notations of the agent's settings, beside those that the daemon's have."""

import difflib
import re
import shlex
from collections.abc import Sequence

from wechat_scheduler.agent.redis_urls import redis_url
from wechat_scheduler.config.notation import MASK, Notation, listed, strings

# What the system, shells, loaders and interpreters read: another text in it stops a program or changes it.
_TAKEN = re.compile(
    r"PATH|HOME|SHELL|USER|LOGNAME|PWD|OLDPWD|TMPDIR|TMP|TEMP|TERM|LANG|LANGUAGE|TZ|IFS|ENV|HOSTNAME|DISPLAY|PS[1-4]|_"
    r"|(?:LD|DYLD|LC)_\w+|(?i:(?:HTTP|HTTPS|ALL|NO)_PROXY)|BASH_ENV|BASHOPTS|SHELLOPTS|SSL_CERT_(?:FILE|DIR)"
    r"|PYTHON[A-Z]+|NODE_(?:OPTIONS|PATH|ENV)|JAVA_(?:HOME|OPTS|TOOL_OPTIONS)|CLASSPATH|PERL5?(?:LIB|OPT)|RUBY(?:LIB|OPT)"
    r"|GLIBC_TUNABLES|XDG_\w+_(?:DIRS?|HOME)|(?:NOTIFY|LISTEN)_\w+|CREDENTIALS_DIRECTORY|WECHAT_SCHEDULER_\w+"
)


class KindNotation(Notation):
    """A string, or a whole number in its place: the number of a type."""

    __slots__ = ()

    def read(self, raw: object) -> object:
        return super().read(str(raw) if type(raw) is int else raw)


def _mode(text: str) -> int:
    if not re.fullmatch("0?[0-7]{3}", text):
        raise ValueError(f'{text!r} is not a mode such as "0600"')
    mode = int(text, 8)
    if not mode & 0o400:
        raise ValueError(f"{text!r} does not let even the owner read the file")
    return mode


def _name(text: str) -> str:
    if not re.fullmatch("[A-Za-z][A-Za-z0-9_-]{0,63}", text):
        raise ValueError(f"{text!r} is not a name: a letter, then letters, digits, _ and -")
    return text


def _variable(text: str) -> str:
    if not re.fullmatch("[A-Za-z_][A-Za-z0-9_]{0,127}", text):
        raise ValueError(f"{text!r} is not the name of an environment variable")
    if _TAKEN.fullmatch(text):
        raise ValueError(
            f"{text} has a meaning for programs already; write another, such as WECHAT_SHOP"
        )
    return text


def _word(text: str) -> str:
    if not text or not text.isprintable():
        raise ValueError("is empty, or has a control character")
    return text


def _command(words: list[object]) -> tuple[str, ...]:
    found = tuple(strings(words))
    if not found or not found[0]:
        raise ValueError('names no program; write it like ["systemctl", "reload", "nginx"]')
    if any("\0" in word for word in found):
        raise ValueError("contains a zero byte")
    return found


def nearest(name: str, known: Sequence[str]) -> str:
    """What to write instead, as the end of a sentence about an unknown name."""
    meant = likely(name, known)
    return f"did you mean {meant}?" if meant else f"there are {', '.join(known)}"


def likely(name: str, known: Sequence[str]) -> str:
    """The most similar of `known`; empty if none is similar."""
    return next(iter(difflib.get_close_matches(name, known, n=1)), "")


NAMES = listed("a list of names", _name)
NAME = Notation(wire=str, noun="a name", parse=_name)
VARIABLE = Notation(wire=str, noun="the name of a variable", parse=_variable)
WORD = Notation(wire=str, noun="a string", parse=_word)
TEXT = Notation(wire=str, noun="a string", parse=str)
KIND = KindNotation(wire=str, noun='a type such as "access_token"', parse=_word)
SECRET = Notation(wire=str, noun="a string", parse=_word, show=lambda value: value and MASK)
REDIS_URL = Notation(wire=str, noun="a string", parse=redis_url, show=lambda value: value and MASK)
MODE = Notation(wire=str, noun='a mode such as "0600"', parse=_mode, show="{:04o}".format)
COMMAND = Notation(wire=list, noun="a list of strings", parse=_command, show=shlex.join)
