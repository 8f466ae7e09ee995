"""What the documents name exists: commands, routes, settings, files, tests, errors."""

import re
import tomllib
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
    sentences,
    spans,
    subcommands,
    twin,
)
from wechat_scheduler import __version__
from wechat_scheduler.config.settings import PREFIX, SECTIONS, SETTINGS
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.app import all_routes
from wechat_scheduler.web.console.routes import CONSOLE
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

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
each_chinese_page = pytest.mark.parametrize(
    "page", [page for page in PAGES if ".zh-CN" in page.name], ids=lambda path: path.name
)


@each_document
def test_every_command_line_parses(document: Path) -> None:
    for arguments in own_commands(document):
        try:
            parse(arguments)
        except click.exceptions.NoArgsIsHelpError:
            continue  # a group of commands, named as such
        except click.UsageError as error:
            if _misses_a_file(error):
                continue  # which the reader has
            pytest.fail(f"wechat-scheduler {' '.join(arguments)}: {error.format_message()}")


def _misses_a_file(error: click.UsageError) -> bool:
    return (
        isinstance(error, click.BadParameter)
        and error.param is not None
        and isinstance(error.param.type, click.Path)
    )


@each_document
def test_every_command_that_stands_alone_exists(document: Path) -> None:
    for group, name in (found.groups() for found in map(ALONE.fullmatch, spans(document)) if found):
        if group in subcommands():
            assert name in subcommands(group), f"{group} {name}"
        elif group is None and name not in OF_OTHERS:
            assert name in subcommands(), name


@each_document
def test_every_option_exists(document: Path) -> None:
    named = {span.split()[0] for span in spans(document) if span.startswith("--")}

    assert named <= options()


@each_document
def test_every_route_exists(document: Path) -> None:
    named = set(ROUTE.findall(prose(document)))

    assert named <= {(route.method, route.path) for route in all_routes()}


def test_every_route_is_in_the_reference() -> None:
    named = set(ROUTE.findall(prose(HTTP_API)))

    programs = [route for route in all_routes() if route not in CONSOLE]
    assert {(route.method, route.path) for route in programs} == named


@each_document
def test_every_setting_exists(document: Path) -> None:
    form = re.compile(rf"(?:{'|'.join(SECTIONS)})\.[a-z_]+")
    named = {span for span in spans(document) if form.fullmatch(span)}

    assert {name for name in named - set(Reason) if not _is_logged(name)} <= set(SETTINGS)


def _is_logged(name: str) -> bool:
    return any(form.fullmatch(name) for form in _logged())


@cache
def _logged() -> list[re.Pattern[str]]:
    """The names of events, whose `…` stands for a word."""
    names = {said.text for said in sentences(PACKAGE) if said.call.startswith(LOGGERS)}
    return [re.compile(re.escape(name).replace("…", r"\w+")) for name in names]


@each_document
def test_every_variable_exists(document: Path) -> None:
    named = set(re.findall(rf"{PREFIX}\w+", document.read_text("utf-8")))

    others = {PREFIX + name for name in ("CONFIG", "URL", "KEY", "KEY_FILE")}
    assert named <= others | {setting.variable for setting in SETTINGS.values()}


@each_document
def test_every_link_leads_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", prose(document))

    for target in (target for target in targets if not target.startswith("https://")):
        path, _, anchor = target.partition("#")
        led_to = document.parent / path if path else document
        assert led_to.exists(), target
        assert not anchor or anchor in _anchors(led_to), target


def _anchors(document: Path) -> set[str]:
    headings = re.findall(r"(?m)^#+ (.*)$", prose(document))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@each_document
def test_every_file_of_ours_exists(document: Path) -> None:
    typed = [word for block in blocks(document) for word in block.text.split()]
    ours = [word for word in typed if word.startswith(("tests/", "docs/"))]
    named = [
        span
        for span in spans(document)
        if re.fullmatch(r"[\w.-]+(/[\w.-]+)*(\.py|\.md|\.toml|\.service|(?<=\w)/)", span)
    ]

    for name in {*named, *ours}:
        assert (ROOT / name).exists() or (PACKAGE / name).exists(), name


@each_document
def test_every_test_that_is_named_exists(document: Path) -> None:
    for name in (span for span in spans(document) if re.fullmatch(r"test_\w+", span)):
        assert f"def {name}(" in _tests(), name


@cache
def _tests() -> str:
    return "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py"))


@pytest.mark.parametrize("document", [README, CHINESE, HTTP_API], ids=lambda path: path.name)
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


@each_chinese_page
def test_a_chinese_page_has_the_same_code(page: Path) -> None:
    assert blocks(page) == blocks(twin(page))


@each_chinese_page
def test_a_chinese_page_says_as_much(page: Path) -> None:
    levels = re.compile(r"(?m)^(#+|\d+\.|\*|\|) ")

    assert levels.findall(prose(page)) == levels.findall(prose(twin(page)))


@pytest.mark.parametrize("readme", [README, CHINESE], ids=lambda path: path.name)
def test_the_readme_is_a_front_door(readme: Path) -> None:
    assert len(readme.read_text("utf-8").splitlines()) <= FRONT_DOOR


def test_the_index_has_a_line_for_every_page() -> None:
    rows = [row for row in prose(INDEX).splitlines() if row.startswith("| [")]
    listed = [INDEX.parent / link for row in rows for link in re.findall(r"\]\((.*?)\)", row)]

    assert sorted(listed) == sorted([INDEX.parent / "../README.md", *set(PAGES) - {INDEX}])


@each_document
def test_a_document_names_who_acts(document: Path) -> None:
    said = re.sub(r"`[^`]*`", "", prose(document)).lower()

    assert [word for word in UNCLEAR if re.search(rf"\b{word}\b", said)] == []


@each_document
def test_a_document_says_nothing_twice(document: Path) -> None:
    paragraphs = re.split(r"\n\s*\n|\n(?=\||\* |\d+\. )", prose(document))
    said = [
        " ".join(sentence.split())
        for paragraph in paragraphs
        if not paragraph.startswith("|")
        for sentence in re.split(r"[.:;]\s|。", paragraph)
    ]

    assert [it for it in set(said) if len(it) > 40 and said.count(it) > 1] == []


def _table(head: str) -> list[str]:
    """The first cells of the tables in the operator's page that have this head."""
    tables = re.findall(rf"(?m)^\| {head} \|.*\n((?:\|.*\n)+)", prose(OPERATIONS))
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

    for sentence in raised:
        assert all(part in explained for part in parts(sentence.text)), sentence.text


def test_every_errcode_is_known() -> None:
    for code in re.findall(r"\d{5}", "".join(_table("errcode"))):
        assert "not in the table" not in ERRCODES.read("/cgi-bin/token", int(code), "").advice


def test_every_log_event_is_one_that_is_logged() -> None:
    events = re.findall(r"`([a-z_.]+)`", "".join(_table("event")))

    for event in events:
        assert _is_logged(event), event
