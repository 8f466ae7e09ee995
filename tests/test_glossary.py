"""The nouns of class names, settings and routes have a line in the glossary."""

import ast
import re
from collections.abc import Iterator

from tests.documents import PACKAGE, ROOT, nodes
from wechat_scheduler.config.settings import SETTINGS
from wechat_scheduler.web.native.routes import NATIVE

GLOSSARY = ROOT / "docs" / "glossary.md"

# Their words are those of foreign APIs, of the calendar and of WeChat.
FOREIGN = ("web/compat/", "reminders/language/", "reminders/recurrence/", "wechat/tokens/")
# The technical end of a name: `JobResult` is about a job.
ENDS = ("Body", "Desk", "Info", "Parts", "Result", "Settings", "Store", "View")
# Names of one word each.
NAMES = {
    "WeChat": "Wechat",
    "QrCode": "Qrcode",
    "QRCode": "Qrcode",
    "OAuth": "Oauth",
    "MiniProgram": "Miniprogram",
}
# Words that mean here what they mean elsewhere.
EVERYDAY = """
    action address api auth body change choice client clock column command condition
    connection content count counter database detail dict dir duration edit entry event
    field file filter font format group health host html level limit link list log message mode
    option order page pair parameter path pattern people period person phone picture place port
    priority query request response row search second secret server setting socket source span
    state statement system text time timeout typeface url user value word writer
"""
# Verbs and adjectives, and the names of other programs and of WeChat's ids.
NO_NOUNS = """
    allow bound by cancel clear claiming creates deny drawn found fresh invalid offline
    parse pause registe register remove restore resume sent shortest spent spoken up written wrote openid
    sqlite systemd wake wechat
"""


def test_every_noun_of_a_class_has_a_line() -> None:
    assert _unknown(_nouns_of_classes()) == []


def test_every_noun_of_a_setting_has_a_line() -> None:
    assert _unknown(_nouns_of_settings()) == []


def test_every_noun_of_a_route_has_a_line() -> None:
    assert _unknown(_nouns_of_routes()) == []


def test_words_without_a_line_are_in_use() -> None:
    nouns = {*_nouns_of_classes(), *_nouns_of_settings(), *_nouns_of_routes()}
    used = nouns | {single for noun in nouns for single in _singular(noun)}

    assert sorted({*EVERYDAY.split(), *NO_NOUNS.split()} - used) == []


def test_a_word_has_one_line() -> None:
    terms = [term for line in _lines() for term in _terms(line)]

    assert sorted(terms) == sorted(set(terms))


def _nouns_of_classes() -> Iterator[str]:
    """The last word of each public name; errors are explained where their reasons are listed."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if str(path.relative_to(PACKAGE)).startswith(FOREIGN):
            continue
        for node in nodes(path):
            if isinstance(node, ast.ClassDef) and not re.search(r"^_|Error$", node.name):
                yield _noun(node.name)


def _nouns_of_settings() -> Iterator[str]:
    return (path.replace(".", "_").split("_")[-1] for path in SETTINGS)


def _nouns_of_routes() -> Iterator[str]:
    return (part for route in NATIVE for part in route.path.split("/") if part.isalpha())


def _noun(name: str) -> str:
    for known, single in NAMES.items():
        name = name.replace(known, single)
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]+", name)
    while len(words) > 1 and words[-1] in ENDS:
        words.pop()
    return str(words[-1]).lower()


def _unknown(nouns: Iterator[str]) -> list[str]:
    """Those without a line. Participles say what was done to a thing, and need none."""
    known = {word for line in _lines() for term in _terms(line) for word in term.split()}
    known |= {*EVERYDAY.split(), *NO_NOUNS.split()}
    named = {noun for noun in nouns if not noun.endswith("ed")}
    return sorted(noun for noun in named if not {noun, *_singular(noun)} & known)


def _singular(noun: str) -> Iterator[str]:
    yield noun.removesuffix("s")
    yield noun.removesuffix("es")
    if noun.endswith("ies"):
        yield f"{noun[:-3]}y"


def _lines() -> list[str]:
    return re.findall(r"(?m)^\* \*\*(.+?)\*\*", GLOSSARY.read_text("utf-8"))


def _terms(line: str) -> list[str]:
    return line.split(", ")
