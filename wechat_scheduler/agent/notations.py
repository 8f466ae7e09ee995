"""The notations of the agent's settings, beside those that the daemon's have."""

import re
import shlex

from wechat_scheduler.config.notation import MASK, Notation, listed, strings


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


NAMES = listed("a list of names", _name)
NAME = Notation(wire=str, noun="a name", parse=_name)
VARIABLE = Notation(wire=str, noun="the name of a variable", parse=_variable)
WORD = Notation(wire=str, noun="a string", parse=_word)
TEXT = Notation(wire=str, noun="a string", parse=str)
KIND = KindNotation(wire=str, noun='a type such as "access_token"', parse=_word)
SECRET = Notation(wire=str, noun="a string", parse=_word, show=lambda value: value and MASK)
MODE = Notation(wire=str, noun='a mode such as "0600"', parse=_mode, show="{:04o}".format)
COMMAND = Notation(wire=list, noun="a list of strings", parse=_command, show=shlex.join)
