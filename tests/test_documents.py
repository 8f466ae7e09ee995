"""What the documents name exists: commands, routes, settings, files, tests, errors."""

import os
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from tests.documents import (
    CHANGELOG,
    CHINESE,
    DOCUMENTS,
    HTTP_API,
    INDEX,
    OPERATIONS,
    PACKAGE,
    PAGES,
    README,
    ROOT,
    blocks,
    credential_types,
    is_said,
    options,
    own_commands,
    parse,
    parts,
    prose,
    read,
    sentences,
    spans,
    subcommands,
    twin,
)
from wechat_scheduler import __version__
from wechat_scheduler.config.settings import PREFIX, SECTIONS, SETTINGS
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.console.routes import CONSOLE
from wechat_scheduler.web.routes import all_routes
from wechat_scheduler.wechat.errcodes import ERRCODES
from wechat_scheduler.wechat.tokens import TYPES

ROUTE = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE|OPTIONS) (/[\w/{}.-]*)")
# A command without `wechat-scheduler`: with its group, or with a hyphen, which hardly another word has.
ALONE = re.compile(r"(?:([a-z]+) (?=[a-z-]+$))?([a-z]+(?:-[a-z]+)+|(?<= )[a-z]+)")
OF_OTHERS = {
    *("chrony-wait", "max-age", "o-unknown", "pip-audit", "same-site", "sandbox-secret"),
    *("webhook-id", "wechat-api", "wechat-scheduler"),
}
LOGGERS = ("log.", "logger.")
START_ERRORS = ("StartError", "StateError", "SealingError")

FRONT_DOOR = 350
UNCLEAR = ("whoever", "whatever", "whomever", "somebody", "nobody", "everybody", "anybody")

# The whole of a cell, or one of several levels in it.
LEVEL = re.compile(r"(?:^ |, |、)(debug|info|warning|\*\*error\*\*)(?= $|, |、)")

CHINESE_PAGES = [page for page in PAGES if ".zh-CN" in page.name]
INDEXES = (INDEX, INDEX.with_name("index.zh-CN.md"))
REFERENCES = (HTTP_API, HTTP_API.with_name("http-api.zh-CN.md"))


def wrong(find: Callable[[Path], Iterable[object]]) -> dict[str, list[object]]:
    """What is found in each document, by its name."""
    found = {document.name: list(find(document)) for document in DOCUMENTS}
    return {name: things for name, things in found.items() if things}


def test_every_command_line_parses() -> None:
    def mistakes(document: Path) -> Iterator[str]:
        for arguments in own_commands(document):
            try:
                parse(arguments)
            except click.exceptions.NoArgsIsHelpError:
                continue  # a group of commands, named as such
            except click.UsageError as error:
                if not _misses_a_file(error):  # which the reader has
                    yield f"wechat-scheduler {' '.join(arguments)}: {error.format_message()}"

    assert wrong(mistakes) == {}


def _misses_a_file(error: click.UsageError) -> bool:
    return (
        isinstance(error, click.BadParameter)
        and error.param is not None
        and isinstance(error.param.type, click.Path)
    )


def test_every_command_that_stands_alone_exists() -> None:
    def unknown(document: Path) -> Iterator[str]:
        for found in filter(None, map(ALONE.fullmatch, spans(document))):
            group, name = found.groups()
            if group in subcommands():
                yield from [] if name in subcommands(group) else [f"{group} {name}"]
            elif group is None and name not in OF_OTHERS | subcommands():
                yield name

    assert wrong(unknown) == {}


def test_every_option_exists() -> None:
    known = options()

    def unknown(document: Path) -> set[str]:
        return {span.split()[0] for span in spans(document) if span.startswith("--")} - known

    assert wrong(unknown) == {}


def test_every_route_exists() -> None:
    known = {(route.method, route.path) for route in all_routes()}

    assert wrong(lambda document: set(ROUTE.findall(prose(document))) - known) == {}


@pytest.mark.parametrize("reference", REFERENCES, ids=lambda path: path.name)
def test_every_route_is_in_the_reference(reference: Path) -> None:
    named = set(ROUTE.findall(prose(reference)))

    programs = [route for route in all_routes() if route not in CONSOLE]
    assert {(route.method, route.path) for route in programs} == named


def test_every_setting_exists() -> None:
    form = re.compile(rf"(?:{'|'.join(SECTIONS)})\.[a-z_]+")

    def unknown(document: Path) -> Iterator[str]:
        named = {span for span in spans(document) if form.fullmatch(span)}
        return (name for name in named - {*Reason, *SETTINGS} if not _is_logged(name))

    assert wrong(unknown) == {}


def _is_logged(name: str) -> bool:
    return any(form.fullmatch(name) for form in _logged())


@cache
def _logged() -> list[re.Pattern[str]]:
    """The names of events, whose `…` stands for a word."""
    names = {said.text for said in sentences(PACKAGE) if said.call.startswith(LOGGERS)}
    return [re.compile(re.escape(name).replace("…", r"\w+")) for name in names]


def test_every_variable_exists() -> None:
    others = {PREFIX + name for name in ("CONFIG", "URL", "KEY", "KEY_FILE")}
    known = others | {setting.variable for setting in SETTINGS.values()}

    assert wrong(lambda page: set(re.findall(rf"{PREFIX}\w+", read(page))) - known) == {}


def test_every_link_leads_somewhere() -> None:
    def dead(document: Path) -> Iterator[str]:
        for target in re.findall(r"\]\((?!https://)([^)\s]+)\)", prose(document)):
            path, _, anchor = target.partition("#")
            led_to = (document.parent / path).resolve() if path else document
            if not led_to.exists() or (anchor and anchor not in _anchors(led_to)):
                yield target

    assert wrong(dead) == {}


@cache
def _anchors(document: Path) -> set[str]:
    headings = re.findall(r"(?m)^#+ (.*)$", prose(document))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_file_of_ours_exists() -> None:
    form = re.compile(r"[\w.-]+(/[\w.-]+)*(\.py|\.md|\.toml|\.service|(?<=\w)/)")

    def missing(document: Path) -> Iterator[str]:
        typed = {word for block in blocks(document) for word in block.text.split()}
        ours = {word for word in typed if word.startswith(("tests/", "docs/"))}
        named = {span for span in spans(document) if form.fullmatch(span)}
        return (it for it in named | ours if not any((at / it).exists() for at in (ROOT, PACKAGE)))

    assert wrong(missing) == {}


def test_every_test_that_is_named_exists() -> None:
    named = {span for page in DOCUMENTS for span in spans(page) if re.fullmatch(r"test_\w+", span)}
    files = (ROOT / "tests").rglob("*.py") if named else ()
    tests = "".join(path.read_text("utf-8") for path in files)

    assert [name for name in named if f"def {name}(" not in tests] == []


@pytest.mark.parametrize("document", [README, CHINESE, *REFERENCES], ids=lambda path: path.name)
def test_every_credential_type_is_documented_with_its_number(document: Path) -> None:
    assert credential_types(document) == {one.kind: one.number for one in TYPES}


def test_the_test_command_is_the_one_that_the_machine_runs() -> None:
    (ran,) = re.findall(r"(?m)^python3 -m venv.*$", (ROOT / ".ci" / "run").read_text())

    assert ran.replace(" -q ", " ") in [block.text.strip() for block in blocks(README)]


def test_the_rooms_are_those_that_the_contract_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    built = [{room for room in re.findall(r"\w+", layer) if _is_a_room(room)} for layer in layers]
    (drawn,) = [block.text for block in blocks(README) if block.text.startswith("cli ")]

    rooms = [set(re.split(r" {4,}", line)[0].split()) for line in drawn.splitlines()]
    assert rooms == [layer for layer in built if layer]


def _is_a_room(name: str) -> bool:
    found = (PACKAGE / name / "__init__.py").exists() or (PACKAGE / f"{name}.py").exists()
    return found and name != "__main__"


def test_the_newest_version_of_the_changelog_is_this_one() -> None:
    versions = re.findall(r"(?m)^## \[(\d[^\]]*)\]", prose(CHANGELOG))

    assert versions[0] == __version__


def test_a_chinese_page_has_the_same_code() -> None:
    assert [page.name for page in CHINESE_PAGES if blocks(page) != blocks(twin(page))] == []


def test_a_chinese_page_says_as_much() -> None:
    levels = re.compile(r"(?m)^(#+|\d+\.|\*|\|) ")

    for page in CHINESE_PAGES:
        said, its_twins = (levels.findall(prose(each)) for each in (page, twin(page)))
        assert said == its_twins, page.name


def test_a_chinese_page_names_the_same_in_the_rows_of_its_tables() -> None:
    def named(page: Path) -> list[list[str]]:
        rows = [row.split("|")[1:3] for row in prose(page).splitlines() if row.startswith("|")]
        return [sorted(re.findall(r"`([^`]+)`", row[0])) + LEVEL.findall(row[-1]) for row in rows]

    assert [page.name for page in CHINESE_PAGES if named(page) != named(twin(page))] == []


def test_a_chinese_page_names_the_same_under_each_heading() -> None:
    def named(page: Path) -> list[set[str]]:
        sections = re.split(r"(?m)^#+ .*$", prose(page))
        return [set(re.findall(r"`([^`]+)`", re.sub(r"\s+", " ", one))) for one in sections]

    def differences(page: Path) -> Iterator[str]:
        headings = ["", *re.findall(r"(?m)^#+ (.*)$", prose(page))]
        pairs = zip(headings, named(twin(page)), named(page), strict=True)
        return (f"{heading}: {one ^ two}" for heading, one, two in pairs if one != two)

    found = {page.name: list(differences(page)) for page in CHINESE_PAGES}
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_every_page_is_there_in_chinese() -> None:
    english = {page.name for page in PAGES if page not in CHINESE_PAGES}

    twins = {twin(page).name for page in CHINESE_PAGES if page != CHINESE}
    assert english - twins == set()


def test_a_page_and_its_chinese_one_lead_to_each_other_at_the_top() -> None:
    for page in CHINESE_PAGES:
        for one, other in ((page, twin(page)), (twin(page), page)):
            link = os.path.relpath(other, one.parent)
            assert f"]({link})" in read(one).partition("\n## ")[0], one.name


def test_a_chinese_page_leads_to_chinese_pages() -> None:
    chinese = {twin(page): page.name for page in CHINESE_PAGES}

    def english(page: Path) -> Iterator[str]:
        for text, target in re.findall(r"\[([^\]]*)\]\((?!https://)([^)\s#]+)", prose(page)):
            led_to = (page.parent / target).resolve()
            if led_to in chinese.keys() - {twin(page)} and text != "English":
                yield f"{target}: {chinese[led_to]}"

    found = {page.name: list(english(page)) for page in CHINESE_PAGES}
    assert {name: links for name, links in found.items() if links} == {}


@pytest.mark.parametrize("readme", [README, CHINESE], ids=lambda path: path.name)
def test_the_readme_is_a_front_door(readme: Path) -> None:
    assert len(readme.read_text("utf-8").splitlines()) <= FRONT_DOOR


@pytest.mark.parametrize("index", INDEXES, ids=lambda path: path.name)
def test_the_index_has_a_line_for_every_page(index: Path) -> None:
    rows = [row for row in prose(index).splitlines() if row.startswith("| [")]
    listed = [index.parent / link for row in rows for link in re.findall(r"\]\((.*?)\)", row)]

    assert sorted(listed) == sorted([index.parent / "../README.md", *set(PAGES) - {*INDEXES}])


def test_a_document_names_who_acts() -> None:
    unclear = re.compile(rf"\b(?:{'|'.join(UNCLEAR)})\b", re.IGNORECASE)

    assert wrong(lambda page: unclear.findall(re.sub(r"`[^`]*`", "", prose(page)))) == {}


def test_a_document_says_nothing_twice() -> None:
    def repeated(document: Path) -> Iterator[str]:
        paragraphs = re.split(r"\n\s*\n|\n(?=\||\* |\d+\. )", prose(document))
        said = Counter(
            " ".join(sentence.split())
            for paragraph in paragraphs
            if not paragraph.startswith("|")
            for sentence in re.split(r"[.:;]\s|。", paragraph)
        )
        return (it for it, times in said.items() if len(it) > 40 and times > 1)

    assert wrong(repeated) == {}


def test_no_line_and_no_row_of_a_document_is_there_twice() -> None:
    """As after a merge that kept both versions of a line: they begin alike."""

    def repeated(document: Path) -> Iterator[str]:
        lines = [re.sub(r"`[^`]*`", "", line) for line in prose(document).splitlines()]
        begun = Counter(line[:36] for line in lines if len(line) > 36 and line[0] not in "|*#-")
        yield from (begins for begins, times in begun.items() if times > 1)
        for table in re.findall(r"(?m)(?:^\|.*\n)+", prose(document)):
            rows = Counter("|".join(row.split("|")[1:3]) for row in table.splitlines())
            yield from (row for row, times in rows.items() if times > 1)

    assert wrong(repeated) == {}


def _table(head: str) -> list[str]:
    """The first cells of the tables in the operator's page that have this head."""
    tables = re.findall(rf"(?m)^\| {head} \|.*\n((?:\|.*\n)+)", prose(OPERATIONS))
    assert tables, head
    return [row.split("|")[1] for table in tables for row in table.splitlines()[1:]]


def test_every_sentence_of_an_error_is_one_that_is_said() -> None:
    said = [one for one in sentences(PACKAGE) if " " in one.text]

    for cell in _table("sentence"):
        for sentence in re.findall(r"`([^`]+)`", cell):
            assert is_said(sentence, said), sentence


@pytest.mark.parametrize("folder", ["config", "daemon", "storage", "upkeep"])
def test_every_sentence_with_which_a_start_ends_is_explained(folder: str) -> None:
    raised = [said for said in sentences(PACKAGE / folder) if said.call in START_ERRORS]
    explained = "\n".join(_table("sentence"))

    assert raised
    for sentence in raised:
        assert all(part in explained for part in parts(sentence.text)), sentence.text


def test_every_errcode_is_known() -> None:
    for code in re.findall(r"\d{5}", "".join(_table("errcode"))):
        assert "not in the table" not in ERRCODES.read("/cgi-bin/token", int(code), "").advice


def test_every_log_event_is_one_that_is_logged() -> None:
    events = re.findall(r"`([a-z_.]+)`", "".join(_table("event")))

    for event in events:
        assert _is_logged(event), event
