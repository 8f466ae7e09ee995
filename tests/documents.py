"""The documents and the code as the tests of the documents read them."""

import ast
import re
import shlex
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

import click

from wechat_scheduler.cli.lazy_commands import LazyCommand
from wechat_scheduler.cli.main import NAME, program

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "wechat_scheduler"
README = ROOT / "README.md"
CHINESE = ROOT / "docs" / "README.zh-CN.md"
INDEX = ROOT / "docs" / "index.md"
INTEGRATING = ROOT / "docs" / "integrating.md"
SANDBOX = ROOT / "docs" / "sandbox.md"
GATEWAY = ROOT / "docs" / "gateway.md"
HTTP_API = ROOT / "docs" / "http-api.md"
OPERATIONS = ROOT / "docs" / "operations.md"
CHANGELOG = ROOT / "CHANGELOG.md"
UNIT = ROOT / "wechat-scheduler.service"
CONTRIB = ROOT / "contrib" / "README.md"
PAGES = tuple(sorted((ROOT / "docs").glob("*.md")))
DOCUMENTS = (README, CHANGELOG, CONTRIB, *PAGES)

_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_VARIABLE = re.compile(r"\$[A-Z]+")
_SPAN = re.compile(r"`([^`\n]+)`")
# Fields of nodes that have no nodes, but for those that say whether a name is read.
_TEXTS = ("arg", "asname", "attr", "ctx", "id", "kind", "type_comment")
_OPERATORS = re.compile(r"&&|\|\|?|;|[<>]+")


class Block(NamedTuple):
    """A fenced code block."""

    language: str
    text: str


@cache
def read(document: Path) -> str:
    return document.read_text("utf-8")


def blocks(document: Path, *, section: str = "") -> list[Block]:
    """The blocks of the document, or of the section with that heading."""
    text = read(document)
    if section:
        (text,) = re.findall(rf"(?ms)^## {re.escape(section)}\n(.*?)(?=^## |\Z)", text)
    return [Block(language, dedent(code)) for _, language, code in _BLOCK.findall(text)]


@cache
def prose(document: Path) -> str:
    """The document without its code blocks."""
    return _BLOCK.sub("", read(document))


def credential_types(document: Path) -> dict[str, int | None]:
    """The number of each type in the document's table of types; None for one without a number."""
    rows = re.findall(r"(?m)^\| (?:(\d+) )?\| `(\w+)` \|", prose(document))
    return {kind: int(number) if number else None for number, kind in rows}


def twin(document: Path) -> Path:
    """The English page of a Chinese one."""
    if document == CHINESE:
        return README
    return document.with_name(document.name.replace(".zh-CN", ""))


@cache
def spans(document: Path) -> tuple[str, ...]:
    """What stands between backticks, in prose."""
    return tuple(_SPAN.findall(prose(document)))


def commands(text: str) -> Iterator[list[str]]:
    """The words of each command of a shell block, one that goes on over several lines included."""
    pending = ""
    for line in text.replace("\\\n", "").splitlines():
        pending += f"{line}\n"
        try:
            words = shlex.split(pending, comments=True)
        except ValueError:  # a quotation is still open
            continue
        pending = ""
        yield from _single(words)


def _single(words: list[str]) -> Iterator[list[str]]:
    command: list[str] = []
    for word in words:
        if _OPERATORS.fullmatch(word):
            yield command
            command = []
        else:
            command.append(word)
    if command:
        yield command


def own_commands(document: Path) -> Iterator[list[str]]:
    """The arguments of every `wechat-scheduler …` that the document tells somebody to type."""
    typed = [block.text for block in blocks(document) if block.language == "sh"]
    for text in (*typed, *(span for span in spans(document) if span.startswith(f"{NAME} "))):
        for words in commands(text):
            if words and Path(words[0]).name == NAME:
                yield words[1:]


def parse(arguments: list[str]) -> click.Context:
    """What click makes of a command line. Raises click.UsageError; runs nothing."""
    known = [_VARIABLE.sub("1", argument) for argument in arguments]
    context = program.make_context(NAME, known)
    while isinstance(context.command, click.Group) and context._protected_args:
        rest = [*context._protected_args, *context.args]
        name, command, rest = context.command.resolve_command(context, rest)
        assert command is not None
        context = command.make_context(name, rest, parent=context)
    return context


@cache
def options() -> set[str]:
    """Every option of every command."""
    return {option for command in _commands(program) for option in _options(command)}


@cache
def subcommands(group: str | None = None) -> set[str]:
    """The names of the commands of a group, by default of the program. Empty if it is none."""
    command = program if group is None else _loaded(program.commands[group])
    return set(command.commands) if isinstance(command, click.Group) else set()


def _loaded(command: click.Command) -> click.Command:
    return command.load() if isinstance(command, LazyCommand) else command


def _commands(command: click.Command) -> Iterator[click.Command]:
    command = _loaded(command)
    yield command
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from _commands(inner)


def _options(command: click.Command) -> Iterator[str]:
    yield "--help"
    for parameter in command.params:
        yield from getattr(parameter, "spellings", parameter.opts)


class Sentence(NamedTuple):
    """A string of the code, `…` for what is filled in, and the call that it is an argument of."""

    call: str
    text: str


@cache
def parsed(path: Path) -> ast.Module:
    """The code of a file."""
    return ast.parse(read(path), str(path))


def parts_of(node: ast.AST) -> list[ast.AST]:
    """The nodes right below a node, but for those that say only whether a name is read: half of all. What `ast`
    has for this takes several times as long, and the tests look at half a million nodes."""
    found: list[ast.AST] = []
    for field in _fields(node.__class__):
        value = getattr(node, field, None)
        if value.__class__ is list:
            found += [each for each in value if isinstance(each, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


@cache
def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a node that may have nodes: the commonest kinds have none."""
    return () if kind is ast.Constant else tuple(one for one in kind._fields if one not in _TEXTS)


@cache
def _walked(path: Path) -> tuple[list[ast.AST], list[ast.Call | None]]:
    """All parts of the code of a file, and the call that each is in."""
    found: list[ast.AST] = [parsed(path)]
    calls: list[ast.Call | None] = [None]
    for node, call in zip(found, calls, strict=False):  # they grow meanwhile
        below = parts_of(node)
        found += below
        calls += [node if isinstance(node, ast.Call) else call] * len(below)
    return found, calls


def nodes(path: Path) -> Sequence[ast.AST]:
    """All parts of the code of a file: a walk takes several times as long as a look at each part."""
    return _walked(path)[0]


@cache
def sentences(folder: Path) -> list[Sentence]:
    """Every string in the code of a folder."""
    return [
        Sentence(dotted(call.func) if call else "", text)
        for path in sorted(folder.rglob("*.py"))
        for node, call in zip(*_walked(path), strict=True)
        if isinstance(node, ast.Constant | ast.JoinedStr) and (text := _template(node))
    ]


def dotted(function: ast.expr) -> str:
    """As it is written. `ast.unparse` writes anything, and takes seconds for all calls."""
    match function:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{dotted(value)}.{name}"
        case _:
            return ast.unparse(function)


def _template(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values
        )
    return ""


def parts(sentence: str) -> list[str]:
    """What is always the same in a sentence whose other parts are `…`."""
    return [part for found in sentence.split("…") if (part := found.strip(" :;`"))]


def is_said(sentence: str, by: list[Sentence]) -> bool:
    """Whether the code has a sentence with all parts of this one."""
    first, *others = sorted(parts(sentence), key=len, reverse=True) or [""]
    return any(all(other in text for other in others) for _, text in by if first in text)
