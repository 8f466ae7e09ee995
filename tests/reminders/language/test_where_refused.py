"""docs/architecture.md says where each reason to refuse a sentence is decided."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reminders.language.sentences import NOW, ZONE
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders import language
from wechat_scheduler.reminders.language.parse import parse
from wechat_scheduler.reminders.language.refused_sentences import LanguageError

LANGUAGE = Path(language.__path__[0])
DOCS = LANGUAGE.parents[2] / "docs"
WORDS = LANGUAGE / "refused_sentences.py"

_ROW = re.compile(r"^\| `(sentence\.\w+)` \| (.*) \|$", re.MULTILINE)
# Of a row, the sentence in brackets.
_EXAMPLE = re.compile(r"^\| `(sentence\.\w+)` \| 422 \| .*[(（]`([^`]+)`[)）]", re.MULTILINE)
_MODULE = re.compile(r"`(\w+)`")


def reasons() -> dict[str, set[str]]:
    """By the name of a function or class of refused_sentences.py, the reasons that it gives."""
    tree = ast.parse(WORDS.read_text())
    return {
        node.name: {
            str(Reason[name].value) for name in re.findall(r"Reason\.(\w+)", ast.unparse(node))
        }
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.endswith(WORDS.stem):
            yield from (alias.name for alias in node.names)


def decided() -> dict[str, set[str]]:
    given, found = reasons(), defaultdict(set)
    for file in (*LANGUAGE.glob("*.py"), *(LANGUAGE.parent / "bot").glob("*.py")):
        calls = file.read_text()
        for name in imported(file):
            if f"{name}(" in calls:
                for reason in given[name]:
                    found[reason].add(file.stem)
    return found


def test_each_reason_has_its_modules() -> None:
    found = decided()

    for page in ("architecture.md", "architecture.zh-CN.md"):
        rows = _ROW.findall((DOCS / page).read_text())

        told = {reason: set(_MODULE.findall(modules)) for reason, modules in rows}
        assert (page, told) == (page, found)


@pytest.mark.parametrize("page", ["errors.md", "errors.zh-CN.md"])
def test_each_example_is_refused_for_its_reason(page: str) -> None:
    examples = _EXAMPLE.findall((DOCS / page).read_text())

    assert len(examples) >= 2
    for reason, text in examples:
        with pytest.raises(LanguageError) as refused:
            parse(text, now=NOW, zone=ZONE)
        assert (text, refused.value.reason) == (text, reason)
