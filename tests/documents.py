"""The documents and the code as the tests of the documents read them."""

import ast
import re
import shlex
from collections.abc import Iterator
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
_OPERATORS = re.compile(r"&&|\|\|?|;|[<>]+")


class Block(NamedTuple):
    """A fenced code block."""

    language: str
    text: str


def blocks(document: Path, *, section: str = "") -> list[Block]:
    """The blocks of the document, or of the section with that heading."""
    text = document.read_text("utf-8")
    if section:
        (text,) = re.findall(rf"(?ms)^## {re.escape(section)}\n(.*?)(?=^## |\Z)", text)
    return [Block(language, dedent(code)) for _, language, code in _BLOCK.findall(text)]


def prose(document: Path) -> str:
    """The document without its code blocks."""
    return _BLOCK.sub("", document.read_text("utf-8"))


def credential_types(document: Path) -> dict[str, int | None]:
    """The number of each type in the document's table of types; None for one without a number."""
    rows = re.findall(r"(?m)^\| (?:(\d+) )?\| `(\w+)` \|", prose(document))
    return {kind: int(number) if number else None for number, kind in rows}


def twin(document: Path) -> Path:
    """The English page of a Chinese one."""
    if document == CHINESE:
        return README
    return document.with_name(document.name.replace(".zh-CN", ""))


def spans(document: Path) -> list[str]:
    """What stands between backticks, in prose."""
    return _SPAN.findall(prose(document))


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
    for text in typed + [span for span in spans(document) if span.startswith(f"{NAME} ")]:
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


def options() -> set[str]:
    """Every option of every command."""
    return {option for command in _commands(program) for option in _options(command)}


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
    return ast.parse(path.read_text("utf-8"), str(path))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All parts of the code of a file: a walk takes several times as long as a look at each part."""
    return tuple(ast.walk(parsed(path)))


@cache
def sentences(folder: Path) -> list[Sentence]:
    """Every string in the code of a folder."""
    return [
        found for path in sorted(folder.rglob("*.py")) for found in _sentences(parsed(path), "")
    ]


def _sentences(node: ast.AST, call: str) -> Iterator[Sentence]:
    if isinstance(node, ast.Call):
        call = dotted(node.func)
    text = _template(node)
    if text:
        yield Sentence(call, text)
    for child in ast.iter_child_nodes(node):
        yield from _sentences(child, call)


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
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(
                str(part.value) if isinstance(part, ast.Constant) else "…" for part in values
            )
        case _:
            return ""


def parts(sentence: str) -> list[str]:
    """What is always the same in a sentence whose other parts are `…`."""
    return [part for found in sentence.split("…") if (part := found.strip(" :;`"))]


def is_said(sentence: str, by: list[Sentence]) -> bool:
    """Whether the code has a sentence with all parts of this one."""
    return any(all(part in known.text for part in parts(sentence)) for known in by)
