"""An error of our API, beside the fields of the form that caused it."""

from collections.abc import Collection

from wechat_scheduler.errors import RequestError


class Mistakes:
    """What is wrong with what was typed; None for a form that was not posted."""

    def __init__(self, error: RequestError | None = None) -> None:
        self._error = error

    @property
    def status(self) -> int:
        return self._error.status if self._error else 200

    def at(self, name: str) -> str:
        """The sentence for the field `name`, which also stands for what lies in it (`networks[0]`); empty if it
        is not meant."""
        return sentence(self._error.sentence) if self._error and self._place() == name else ""

    def beside(self, names: Collection[str]) -> str:
        """The sentence if none of these fields is meant; empty without an error."""
        return sentence(str(self._error)) if self._error and self._place() not in names else ""

    def _place(self) -> str:
        return self._error.field.partition(".")[0].partition("[")[0] if self._error else ""


def sentence(text: str) -> str:
    """An error's message as a whole sentence."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
