"""The fields of one form, each with what was typed into it and with what is wrong with that."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.fields import (
    area_field,
    boxes_field,
    check_field,
    refusal,
    select_field,
    text_field,
)
from wechat_scheduler.web.console.mistakes import Mistakes, together
from wechat_scheduler.web.console.parts import joined
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Phrase, Words
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

LOST = W(
    "Secrets are not kept on this page. Type these again: {names}.",
    "本页不保留密钥类内容，请重新输入：{names}。",
)
# Of filters, and of a form that was not posted.
NOTHING_WRONG: Final = Mistakes()


class FormFields:
    """Makes the fields of a form. `given` has what was typed into each, by its name. `more` is what the function for
    such a field takes."""

    def __init__(
        self, visit: Visit, given: Mapping[str, str], wrong: Mistakes = NOTHING_WRONG
    ) -> None:
        self._visit = visit
        self._given = given
        self._wrong = wrong
        self._names: list[str] = []
        self._lost: list[str] = []

    def text(self, name: str, label: Phrase, *, default: str = "", **more: Any) -> Html:
        value, error = self._given.get(name, default), self.error(name)
        return text_field(self._visit, name, label, value, error=error, **more)

    def secret(self, name: str, label: Phrase, *, hint: Words, **more: Any) -> Html:
        """A field that is empty again if the form was refused, and says so: no page shows a secret that was typed."""
        lost, error = self._wrong.status >= 400 and self._given.get(name), self.error(name)
        told = [self._visit.say(hint)]
        if lost:
            self._lost.append(self._visit.say(label))
            told.append(self._visit.say(terms.TYPE_AGAIN))
        more |= {"hint": together(told), "error": error, "autocomplete": "off", "data_secret": ""}
        return text_field(self._visit, name, label, **more)

    def area(self, name: str, label: Phrase, *, default: str = "", **more: Any) -> Html:
        value, error = self._given.get(name, default), self.error(name)
        return area_field(self._visit, name, label, value, error=error, **more)

    def select(
        self, name: str, label: Phrase, options: Iterable[tuple[str, Phrase]], **more: Any
    ) -> Html:
        value, error = self._given.get(name, ""), self.error(name)
        return select_field(self._visit, name, label, options, value, error=error, **more)

    def check(self, name: str, label: Phrase) -> Html:
        """A box that is ticked if it was."""
        ticked, error = name in self._given, self.error(name)
        return check_field(self._visit, name, label, checked=ticked, error=error)

    def boxes(
        self,
        name: str,
        label: Phrase,
        options: Iterable[tuple[str, Phrase]],
        *,
        before: Collection[str] = (),
        **more: Any,
    ) -> Html:
        """Boxes of which those are ticked that were; in a form that was not posted, those `before`."""
        ticked = self._visit.form_list(name) if self._visit.form else before
        error = self.error(name)
        return boxes_field(self._visit, name, label, options, ticked, error=error, **more)

    def error(self, name: str) -> str:
        """What is wrong with the field of that name, which the form has."""
        self._names.append(name)
        return self._wrong.at(name)

    def refusal(self) -> Html:
        """What is wrong with none of the fields that were made before."""
        return refusal(self._wrong.beside(self._names))

    def below_refusal(self, fields: Iterable[Html]) -> Html:
        """The fields, below what is wrong with none of them, and which of them are to be typed again."""
        made = [*fields]
        return joined([self.refusal(), lost_secrets(self._visit, self._lost), *made])


def lost_secrets(visit: Visit, labels: Collection[str]) -> Html:
    """Says above a form that was refused which of its fields are empty again; nothing without any."""
    told = visit.say(LOST, names=visit.listed(labels))
    return when(labels, fill('<p class="advice">{told}</p>', told=told))
