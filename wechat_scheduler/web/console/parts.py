"""Pieces of HTML that the pages of the console share."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import unescape
from typing import Final, Literal, TypeAlias
from unicodedata import east_asian_width

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console.terms import ACTIONS
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Phrase, Words
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

Kind: TypeAlias = Literal["good", "warn", "bad", "idle"]
Cell: TypeAlias = Html | str

# What a machine names: one word, too long to be read as one.
_ID: Final = re.compile(r"[A-Za-z0-9_-]{12,64}")
_NUMBERS: Final = re.compile(r"[0-9][0-9,.]*(?:(?: of | ?[/:–-] ?)[0-9][0-9,.]*)*%?")
# A cell of so many letters, or of half as many Chinese characters, stays in one line where there is room.
_SHORT: Final = 20
_TAG: Final = re.compile(r"<[^<>]*>")

SEARCH = W("Search", "查找")
SHOWN_ONCE = W(
    "This is shown on this page only. Copy it to where it is needed before you leave the page: it is not shown again after that.",
    "只在这一页显示。请在离开此页之前复制到需要它的地方；离开之后不再显示。",
)
COPY = W("Copy", "复制")
SEARCHED = W("Searched for: {filters}.", "查找的是：{filters}。")
COLON = W(": ", "：")
ASIDE = W("({words})", "（{words}）")


def table(
    visit: Visit,
    caption: Phrase,
    heads: Sequence[Phrase],
    rows: Iterable[Sequence[Cell]],
    *,
    empty: Words,
    kind: str = "",
) -> Html:
    """A table, or the sentence `empty`. Where there is no room for its columns each row is a card, whose cells have
    the heads as labels; `kind` is a class, with cards of its own. A last column of actions is left out where the key has none."""
    rows = [*rows]
    if heads[-1] == ACTIONS and not any(row[-1] for row in rows):
        heads, rows = heads[:-1], [row[:-1] for row in rows]
    labels = [visit.say(head) for head in heads]
    made = [_row(labels, row) for row in rows]
    if not made:
        return fill('<p class="empty">{empty}</p>', empty=visit.say(empty))
    return fill(
        '<div class="table{kind}"><table><caption>{caption}</caption><thead><tr>{heads}</tr></thead>'
        "<tbody>{rows}</tbody></table></div>",
        kind=f" {kind}" if kind else "",
        caption=visit.say(caption),
        heads=map(_head, labels),
        rows=made,
    )


def _head(label: str) -> Html:
    """A column without a name is no head to a screen reader."""
    return fill('<th scope="col">{label}</th>', label=label) if label else fill("<td></td>")


def _row(labels: Sequence[str], cells: Sequence[Cell]) -> Html:
    made = [
        fill(
            '<td data-label="{label}"><div{length}>{cell}</div></td>',
            label=label,
            length=_length(cell),
            cell=cell,
        )
        for label, cell in zip(labels, cells, strict=True)
    ]
    return fill("<tr>{cells}</tr>", cells=made)


def _length(cell: Cell) -> Html:
    """The class of a cell that stays in one line."""
    if not isinstance(cell, Html) and _NUMBERS.fullmatch(cell):
        return fill(' class="number"')
    text = unescape(_TAG.sub("", cell)) if isinstance(cell, Html) else cell
    wide = 0 if text.isascii() else sum(east_asian_width(letter) in "FW" for letter in text)
    return when(len(text) + wide <= _SHORT, fill(' class="short"'))


def none_yet(visit: Visit, none: Words, step: Words, scope: Scope) -> Words:
    """The sentence of an empty list, with the first step for a key that has the scope for it."""
    return Words(f"{none.en} {step.en}", f"{none.zh}{step.zh}") if visit.may(scope) else none


def searched(visit: Visit, none: Words, filters: Iterable[tuple[Phrase, str | None]]) -> Words:
    """The sentence of a list in which nothing fits, with what was searched for; `none` alone without a filter."""
    told = [f"{visit.say(name)}{visit.say(COLON)}{value}" for name, value in filters if value]
    sought = SEARCHED.filled(filters=visit.say(W("; ", "；")).join(told))
    return Words(f"{none.en} {sought.en}", f"{none.zh}{sought.zh}") if told else none


def facts(visit: Visit, pairs: Iterable[tuple[Phrase, Cell | None]]) -> Html:
    """Names with their values; a pair whose value is None or empty has a dash."""
    made = [
        fill("<div><dt>{name}</dt><dd>{value}</dd></div>", name=visit.say(name), value=value or "–")
        for name, value in pairs
    ]
    return fill('<dl class="facts">{pairs}</dl>', pairs=made)


def known_facts(visit: Visit, pairs: Iterable[tuple[Phrase, Cell | None]]) -> Html:
    """Facts without those whose value is None or empty."""
    return facts(visit, [(name, value) for name, value in pairs if value])


def state(visit: Visit, kind: Kind, words: Phrase) -> Html:
    """A badge. Its shape and its text tell what its colour tells."""
    return fill('<span class="state {kind}">{words}</span>', kind=kind, words=visit.say(words))


def section(visit: Visit, heading: Phrase, body: Html, *, id: str = "", live: bool = False) -> Html:  # noqa: A002
    """A section with an `h2`. A live one needs an `id`: it is replaced when something has happened. Any other is left out if
    it is empty."""
    if not (body or live):
        return Html()
    return fill(
        "<section{id}{live}><h2>{heading}</h2>{body}</section>",
        id=when(id, fill(' id="{id}"', id=id)),
        live=when(live, fill(" data-live")),
        heading=visit.say(heading),
        body=body,
    )


def search(visit: Visit, action: str, fields: Html, *, name: Words = SEARCH) -> Html:
    """A form of filters, which stay in the address. Each of a page has a `name` of its own."""
    return fill(
        '<form method="get" action="{action}" class="search" role="search" aria-label="{name}">{fields}'
        '<div class="buttons"><button class="main">{search}</button></div></form>',
        action=action,
        fields=fields,
        name=visit.say(name),
        search=visit.say(SEARCH),
    )


def advice(visit: Visit, text: str) -> Html:
    """A sentence to act on, with the commands in it as code; empty for no text."""
    return when(text, fill('<p class="advice">{text}</p>', text=with_code(visit.sentence(text))))


def bar(visit: Visit, share: float, label: str) -> Html:
    """A share from 0 to 1 as a bar with its text."""
    return fill(
        '<span class="bar"><meter min="0" max="1" value="{share}" aria-label="{label}"></meter> {label}</span>',
        share=f"{min(1.0, max(0.0, share)):.3f}",
        label=label,
    )


def code(text: str) -> Html:
    """Text of a machine. An id stays in one line: a narrow place shows its beginning, and a click selects all of it."""
    if _ID.fullmatch(text):
        return fill('<code class="id" title="{text}">{text}</code>', text=text)
    return fill("<code>{text}</code>", text=broken_path(text))


def broken_path(text: str) -> Html:
    """A path or an address, which a narrow place breaks behind a slash."""
    parts = [fill("{part}/<wbr>", part=part) for part in text.split("/")[:-1]]
    return fill("{parts}{last}", parts=parts, last=text.rpartition("/")[2])


def secret_section(visit: Visit, heading: Words, pairs: Iterable[tuple[Phrase, str]]) -> Html:
    """What is shown on one page only, each with a button that copies it where scripts run."""
    shown = [
        (
            name,
            fill(
                '<code class="secret">{text}</code>'
                '<button type="button" data-copy="{text}">{copy}</button>',
                text=text,
                copy=visit.say(COPY),
            ),
        )
        for name, text in pairs
    ]
    body = fill(
        '<p class="advice">{once}</p><div class="secrets">{facts}</div>',
        once=visit.say(SHOWN_ONCE),
        facts=facts(visit, shown),
    )
    return section(visit, heading, body)


def said_at(visit: Visit, words: Words, at: datetime) -> Html:
    """The phrase with the time, and its date, in the place of its `{at}`."""
    before, _, after = visit.say(words).partition("{at}")
    return fill("{before}{at}{after}", before=before, at=visit.in_words(at), after=after)


def labelled(visit: Visit, label: Cell, value: Cell | None) -> Html:
    """A label and its value in one line of text."""
    return fill("{label}{colon}{value}", label=label, colon=visit.say(COLON), value=value)


def aside(visit: Visit, words: Phrase) -> Html:
    """A remark behind a text, in brackets."""
    return fill(" <small>{words}</small>", words=visit.say(ASIDE, words=visit.say(words)))


def with_code(text: str) -> Html:
    """Text in which each second part between backticks is code."""
    return joined(code(part) if number % 2 else part for number, part in enumerate(text.split("`")))


def joined(parts: Iterable[Cell]) -> Html:
    """Pieces one after the other."""
    return fill("{parts}", parts=[fill("{part}", part=part) for part in parts])


def spaced(*parts: Cell) -> Html:
    """Pieces in one line, with a space between. A Chinese sign at the end of one has room of its own."""
    made = []
    said = [part for part in parts if part]
    for part, following in zip(said, (*said[1:], ""), strict=True):
        ends = _TAG.sub("", part) if isinstance(part, Html) else part
        gap = " " if ends and following and ends[-1] not in "。！？；：" else ""
        made.append(fill("{part}{gap}", part=part, gap=gap))
    return fill("{made}", made=made)
