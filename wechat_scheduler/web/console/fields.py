"""Forms of the console and their fields."""

import secrets
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from wechat_scheduler.web.console.session_cookies import CSRF
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Phrase, Words
from wechat_scheduler.web.pages.markup import Html, fill, when
from wechat_scheduler.web.pages.parts import hidden

ONCE = "once"
# The question of a form, and that it was answered.
ASK, SURE = "ask", "sure"


def form(
    visit: Visit,
    action: str,
    body: Html,
    submit: Words,
    *,
    kind: str = "",
    confirm: Words | None = None,
    fields: dict[str, str] | None = None,
    before: Iterable[Html] = (),
    beside: Iterable[Html] = (),
    id: str = "",  # noqa: A002 - the word of HTML
    for_all: bool = False,
    page: str = "",
) -> Html:
    """A form that posts; empty for a key that only looks at the page, unless it is `for_all`.

    `kind` is a class of its button (`main` if empty, `danger`, `plain`); `before` and `beside` are further buttons, and
    Enter in a field presses the first of all. `confirm` is asked first; `fields` are hidden. `page` is the address that
    shows the form, if `action` cannot be opened. `visit.form["once"]` names this form, for `Idempotency-Key`. One that is
    shown again by the page that answers it has the address to which Back leads."""
    if visit.only_looks and not for_all:
        return Html()
    posted = visit.place if visit.is_answer_to(action) else ""
    proof = {CSRF: visit.session.csrf, ONCE: secrets.token_urlsafe(16)}
    asks = {ASK: visit.say(confirm)} if confirm else {}
    return fill(
        '<form method="post" action="{action}"{id}{page}{posted}{confirm}>{hidden}{body}<div class="buttons">'
        '{before}<button class="{kind}">{submit}</button>{beside}</div></form>',
        action=action,
        id=when(id, fill(' id="{id}"', id=id)),
        page=when(page, fill(' data-page="{page}"', page=page)),
        posted=when(posted, fill(' data-posted="{posted}"', posted=posted)),
        confirm=when(asks, fill(' data-confirm="{text}"', text=asks.get(ASK, ""))),
        hidden=hidden({**proof, **asks, **(fields or {})}.items()),
        body=body,
        kind=kind or "main",
        submit=visit.say(submit),
        before=before,
        beside=beside,
    )


def text_field(
    visit: Visit,
    name: str,
    label: Phrase,
    value: str = "",
    *,
    hint: Phrase | None = None,
    error: str = "",
    type: str = "text",  # noqa: A002 - the word of HTML
    required: bool = False,
    **attrs: str | int,
) -> Html:
    control = fill(
        '<input type="{type}" name="{name}" id="field-{name}" value="{value}"{more}>',
        type=type,
        name=name,
        value=value,
        more=_more(name, hint, error, required, attrs),
    )
    return _field(visit, name, label, control, hint, error)


def area_field(
    visit: Visit,
    name: str,
    label: Phrase,
    value: str = "",
    *,
    hint: Phrase | None = None,
    error: str = "",
    required: bool = False,
    **attrs: str | int,
) -> Html:
    control = fill(
        '<textarea name="{name}" id="field-{name}"{more}>\n{value}</textarea>',
        name=name,
        value=value,
        more=_more(name, hint, error, required, attrs),
    )
    return _field(visit, name, label, control, hint, error)


def select_field(
    visit: Visit,
    name: str,
    label: Phrase,
    options: Iterable[tuple[str, Phrase]],
    value: str = "",
    *,
    hint: Phrase | None = None,
    error: str = "",
    required: bool = False,
    **attrs: str | int,
) -> Html:
    """`options` are values with what is shown for each."""
    made = [
        fill(
            '<option value="{value}"{selected}>{shown}</option>',
            value=one,
            selected=when(one == value, fill(" selected")),
            shown=visit.say(shown),
        )
        for one, shown in options
    ]
    control = fill(
        '<select name="{name}" id="field-{name}"{more}>{options}</select>',
        name=name,
        options=made,
        more=_more(name, hint, error, required, attrs),
    )
    return _field(visit, name, label, control, hint, error)


def check_field(
    visit: Visit,
    name: str,
    label: Phrase,
    value: str = "on",
    *,
    checked: bool = False,
    listed: bool = False,
    hint: Phrase | None = None,
    error: str = "",
) -> Html:
    """A box to tick. Several may share a name with different values (`visit.form_list`). One that is `listed` stands for
    something that comes and goes: after Back a browser would tick another, as it goes by the order."""
    return fill(
        '<label class="check"><input type="checkbox" name="{name}" value="{value}"{checked}{off}> '
        "<span>{label}{hint}</span></label>{error}",
        name=name,
        value=value,
        checked=when(checked, fill(" checked")),
        off=when(listed, fill(' autocomplete="off"')),
        label=visit.say(label),
        hint=when(hint, fill(" <small>{hint}</small>", hint=visit.say(hint) if hint else "")),
        error=when(error, fill('<p class="error">{error}</p>', error=error)),
    )


def boxes_field(
    visit: Visit,
    name: str,
    label: Phrase,
    options: Iterable[tuple[str, Phrase]],
    ticked: Collection[str],
    *,
    listed: bool = False,
    hint: Phrase = "",
    error: str = "",
) -> Html:
    """A box to tick for each of the options, which are values with what is shown for each; `listed` as those of one box."""
    boxes = [
        check_field(visit, name, shown, value, checked=value in ticked, listed=listed)
        for value, shown in options
    ]
    return fill(
        "<fieldset><legend>{label}</legend>{boxes}{hint}{error}</fieldset>",
        label=visit.say(label),
        boxes=boxes,
        hint=when(hint, fill("<small>{hint}</small>", hint=visit.say(hint))),
        error=error_note(name, error),
    )


def datalist(name: str, options: Mapping[str, str]) -> Html:
    """What a field with that `list` offers while one types, each with a remark."""
    made = [
        fill('<option value="{value}">{remark}</option>', value=value, remark=remark)
        for value, remark in options.items()
    ]
    return fill('<datalist id="{name}">{made}</datalist>', name=name, made=made)


def whole_number(within: range) -> dict[str, Any]:
    """The attributes of a field for one of these numbers."""
    return {"type": "number", "min": within[0], "max": within[-1], "inputmode": "numeric"}


def refusal(text: str) -> Html:
    """Why a form was refused, where no field is to blame; nothing for no text."""
    return when(text, fill('<p class="error" role="alert">{text}</p>', text=text))


def _field(
    visit: Visit, name: str, label: Phrase, control: Html, hint: Phrase | None, error: str
) -> Html:
    return fill(
        '<div class="field"><label for="field-{name}">{label}</label>{control}{hint}{error}</div>',
        name=name,
        label=visit.say(label),
        control=control,
        hint=when(
            hint,
            fill(
                '<small id="hint-{name}">{hint}</small>',
                name=name,
                hint=visit.say(hint) if hint else "",
            ),
        ),
        error=error_note(name, error),
    )


def error_note(name: str, error: str) -> Html:
    """What is wrong with the field of that name, or with a group of boxes; nothing for no text."""
    return when(
        error, fill('<p class="error" id="error-{name}">{error}</p>', name=name, error=error)
    )


def _more(
    name: str, hint: Phrase | None, error: str, required: bool, attrs: dict[str, str | int]
) -> list[Html]:
    told = " ".join(f"{kind}-{name}" for kind, given in (("hint", hint), ("error", error)) if given)
    found: dict[str, str | int] = {
        key.rstrip("_").replace("_", "-"): value for key, value in attrs.items()
    }
    found |= {"aria-describedby": told} if told else {}
    found |= {"aria-invalid": "true"} if error else {}
    return [
        *(fill(' {key}="{value}"', key=key, value=value) for key, value in found.items()),
        when(required, fill(" required")),
    ]
