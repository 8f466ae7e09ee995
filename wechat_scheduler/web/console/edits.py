"""Forms that change something stored: what a person leaves as it was keeps what another saved meanwhile, and what both
have changed is refused once, with both values."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from wechat_scheduler.engine.records import dataclass, replace
from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words

W = Words

# The hidden fields with what a form showed at first, in its fields and beside them.
SHOWN, WAS = "shown_", "was_"
MEANWHILE = W(
    "Another person changed this meanwhile, to: {text}. Save again to overwrite it.",
    "这一项刚被别处改成：{text}。要覆盖它，请再保存一次。",
)
EMPTIED = W(
    "Another person emptied this meanwhile. Save again to overwrite that.",
    "这一项刚被别处清空。要覆盖，请再保存一次。",
)


class MeanwhileError(RequestError):
    """Another person has saved another value of the field since the form was shown."""

    status = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class FormEdit:
    """`visit` has the form with what is to be saved: what the person changed, and of all else what is stored.
    `changed` are the names of the fields that differ from what is `stored`. `clashes` have what is stored of fields
    that another person has changed too."""

    visit: Visit
    changed: Collection[str]
    clashes: Mapping[str, str]
    stored: Mapping[str, str]

    def check(self) -> None:
        """Raises MeanwhileError, which tells of all fields that another person has changed too."""
        if self.clashes:
            raise self.error()

    def error(self) -> MeanwhileError:
        """Of an edit with clashes."""
        first, *others = [MeanwhileError(self.told(name), field=name) for name in self.clashes]
        first.further = tuple(others)
        return first

    def told(self, name: str) -> str:
        """What is said beside that field."""
        return _said(self.visit, self.clashes[name])

    def only(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """What of the body of a request is to be changed: also what the form does not show as it is stored."""
        return {
            name: it for name, it in body.items() if name in self.changed or name not in self.stored
        }


def shown_fields(now: Mapping[str, str]) -> dict[str, str]:
    """The hidden fields of a form that shows what is stored `now`."""
    return {f"{SHOWN}{name}": text for name, text in now.items()}


def edit_of(
    visit: Visit, now: Mapping[str, str] | None, *, boxes: Collection[str] = ()
) -> FormEdit:
    """`now` are the fields of the form as they would show what is stored; None if nothing is. A box that is not ticked
    has no field."""
    if now is None:
        return FormEdit(visit=visit, changed=visit.form, clashes={}, stored={})
    form, merged = visit.form, dict(visit.form)
    changed, clashes = set[str](), dict[str, str]()
    for name in _names(form, now):
        stored = now.get(name, "")
        shown, written = form.get(f"{SHOWN}{name}"), form.get(name, "")
        if shown is None:  # the form did not have it
            shown, written = stored, form.get(name, stored)
        is_mine = _plain(written) != _plain(shown)
        merged[name] = given = _plain(written) if is_mine else stored
        if _plain(given) != _plain(stored):
            changed.add(name)
            if _plain(shown) != _plain(stored):
                clashes[name] = stored
    for name in boxes:
        if not merged.get(name):
            merged.pop(name, None)
    return FormEdit(visit=replace(visit, form=merged), changed=changed, clashes=clashes, stored=now)


def check_replaced(visit: Visit, name: str, stored: str) -> None:
    """Of a field that is empty unless it replaces what is stored, since a part of that is not shown. Raises
    MeanwhileError."""
    if _plain(visit.form.get(f"{WAS}{name}", stored)) != _plain(stored):
        raise MeanwhileError(_said(visit, stored), field=name)


def _said(visit: Visit, stored: str) -> str:
    text = stored.strip()
    return visit.say(MEANWHILE, text=text) if text else visit.say(EMPTIED)


def _names(form: Mapping[str, str], now: Mapping[str, str]) -> Iterable[str]:
    shown = (name.removeprefix(SHOWN) for name in form if name.startswith(SHOWN))
    return dict.fromkeys((*now, *shown))


def _plain(text: str) -> str:
    """As a browser sends it and the page reads it."""
    return text.replace("\r\n", "\n").strip()
