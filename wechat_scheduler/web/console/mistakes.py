"""Errors of our API, beside the fields of the form that caused them."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.words import Phrase, Words

# The place in a list.
_NUMBER: Final = re.compile(r"\[([0-9]{1,9})\]")
_WIDE_ENDS: Final = ("。", "？", "！")
_ENDS: Final = (".", "?", "!", *_WIDE_ENDS)
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_ENGLISH: Final = re.compile("[a-z] [a-z]")
# What a Chinese sentence quotes.
_QUOTED: Final = re.compile("（[^（）]*）")
# What people call fields of our API, by the last part of their paths.
LABELS: Final[Mapping[str, Phrase]] = {
    "app": terms.APP,
    "appid": "AppID",
    "appids": "AppID",
    "appsecret": "AppSecret",
    "authorizer_appid": "AppID",
    "callback": terms.CALLBACK,
    "channel": terms.CHANNEL,
    "data": terms.KEYWORDS,
    "name": terms.NAME,
    "networks": Words("Networks", "网段"),
    "notify": Words("Address for notifications", "通知地址"),
    "params": Words("Address for inputs", "输入地址"),
    "templates": terms.TEMPLATES,
    "template_id": terms.TEMPLATE,
    "text": terms.TEXT,
    "time": Words("Time", "时间"),
    "title": terms.TITLE,
    "to": terms.TO,
    "type": terms.TYPE,
    "url": terms.LINK,
    "zone": terms.ZONE,
}
_FIRST_WORD: Final = re.compile(r"^[a-z]+(?=[ ,;'])")
NO_LISTS: Final[Mapping[str, Sequence[str]]] = MappingProxyType({})


class Mistakes:
    """What is wrong with what was typed; None for a form that was not posted. `place` names the form's field for a
    field of the API, and `say` the sentence for an error, where a form has words of its own. `lists` are what was typed into
    fields for several, by name."""

    def __init__(
        self,
        error: RequestError | None = None,
        *,
        place: Callable[[str], str] = str,
        say: Callable[[RequestError], str] | None = None,
        lists: Mapping[str, Sequence[str]] = NO_LISTS,
    ) -> None:
        self.status = error.status if error else 200
        self._errors = [
            (place(one.field), one) for one in ((error, *error.further) if error else ())
        ]
        self._say = say
        self._lists = lists

    def at(self, *names: str) -> str:
        """The sentences for the field of one of these names, which also stand for what lies in them (`networks[0]`);
        empty if none is meant."""
        said = dict[str, str]()
        for field, one in self._errors:
            name = next((name for name in names if _means(field, name)), "")
            if name and field not in said:
                said[field] = self._said(one, name, field[len(name) :])
        return together(said.values())

    def beside(self, names: Collection[str]) -> str:
        """What is wrong with none of these fields; empty without an error."""
        return together(
            self._say(one) if self._say else told(one)
            for field, one in self._errors
            if not any(_means(field, name) for name in names)
        )

    def _said(self, error: RequestError, name: str, rest: str) -> str:
        if self._say:
            return self._say(error)
        which, said = _NUMBER.match(rest), error.sentence
        if which is None:
            return sentence(said)
        number, typed = int(which[1]) + 1, self._typed(name, int(which[1]))
        if _is_chinese(said):
            return sentence(f"第 {number} 项{f'（{typed}）' if typed else ''}：{said}")
        return sentence(f"no. {number}{f' ({typed})' if typed else ''}: {said}")

    def _typed(self, name: str, place: int) -> str:
        """What was typed there; empty if that is not known."""
        return next(iter(self._lists.get(name, ())[place : place + 1]), "")


def told(error: RequestError, *, names: Collection[str] = ()) -> str:
    """The error as a sentence, with the label of its field, if it has one. People see fields of these `names`, which
    are their own labels."""
    leaf = _NUMBER.sub("", error.field).rpartition(".")[2]
    label = LABELS.get(leaf) or (leaf if leaf in names else "")
    if not label:
        return sentence(error.sentence)
    en, zh = label if isinstance(label, Words) else (label, label)
    is_chinese = _is_chinese(error.sentence)
    return sentence(f"{zh}：{error.sentence}" if is_chinese else f"{en}: {error.sentence}")


def together(sentences: Iterable[str]) -> str:
    """Sentences one after the other; behind a Chinese one is no blank."""
    whole_text = ""
    for one in sentences:
        is_apart = whole_text and not whole_text.endswith(_WIDE_ENDS)
        whole_text += f" {one}" if is_apart else one
    return whole_text


def _means(field: str, name: str) -> bool:
    """Whether the field is the one of that name, or lies in it."""
    return bool(field) and (field == name or field.startswith((f"{name}.", f"{name}[")))


def sentence(text: str) -> str:
    """A message or an advice of our API as a whole sentence. A name at its beginning stays as it is; empty for an
    empty one."""
    begun = _FIRST_WORD.sub(lambda found: found[0].capitalize(), text)
    return whole(begun, stop="。" if _is_chinese(text) else ".")


def _is_chinese(text: str) -> bool:
    """English sentences have words side by side, beside the Chinese names in them."""
    return bool(_HAN.search(text)) and not _ENGLISH.search(_QUOTED.sub("", text))


def whole(text: str, *, stop: str) -> str:
    """The text with the full stop at its end, unless it is empty or has an end."""
    return text if not text or text.endswith(_ENDS) else f"{text}{stop}"
