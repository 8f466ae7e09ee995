"""Rules of the house that only a machine keeps."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.documents import dotted, nodes, parsed, read
from wechat_scheduler.wechat.errcodes import ERRCODES

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "wechat_scheduler"
SOURCES = sorted(PACKAGE.rglob("*.py"))
BIN = Path(sys.executable).parent

TASK_MAKERS = {"create_task", "ensure_future", "gather"}
# Who may make tasks. `serve` and the demo hand their coroutines to a Supervisor.
MAY_MAKE_TASKS = {
    "client/loop_driver.py",  # in apps, which import no supervisor
    "engine/batches.py",
    "engine/supervisor.py",
    "engine/clockwork.py",
    "web/kit/head_connection.py",  # in the place of aiohttp, for each request
}
# What only one room knows, by the module that would have to be imported for it.
ROOM_OF = {
    "sqlite3": {"storage"},
    "aiosqlite": {"storage"},
    "asyncpg": {"storage"},
    "tomllib": {"config"},
    "os.environ": {"config"},
    "os.getenv": {"config"},
    "aiohttp.web": {"web", "sandbox", "demo"},
    "click": {"cli"},
}


# Words that do not say who acts: an operator, a caller, a user, a receiver.
UNCLEAR = re.compile(r"\b(who|what)ever\b|\b(some|no|any|every)body\b", re.IGNORECASE)
# Words that a reader of technical English stumbles over: write "again", "is repeated", "releases", "is
# rejected", "is not writable".
DATED = re.compile(
    r"\banew\b|\b(comes?|came|coming) again\b|\blets? go of\b|\bopens? nothing\b"
    r"|\b(store|database) takes nothing\b",
    re.IGNORECASE,
)
RIDDLE = re.compile(r"(what|who|whose|where|how|when)\b", re.IGNORECASE)
FOREIGN_APIS = re.compile(
    "|".join(
        each.name for each in (PACKAGE / "web/compat").iterdir() if (each / "__init__.py").exists()
    ),
    re.IGNORECASE,
)
# Beside their own folders: their settings, the command `apps wecron-token`, what OpenAPI says.
# The last has the Chinese of what the one before it says.
MAY_NAME_FOREIGN_APIS = (
    "web/compat/", "config/", "cli/apps", "web/native/sending/subscribers.py", "web/native/chinese/routes.py",
)  # fmt: skip
# These speak WeChat's API to callers, or its form to receivers.
KNOW_ERRCODES = ("wechat/", "sandbox/", "gateway/", "web/compat/", "webhooks/")

# A further foreign API or credential type needs no line of a contract: tests hold these two apart.
WITHOUT_CONTRACT = {"wechat_scheduler.web.compat", "wechat_scheduler.wechat.tokens"}


def rooms(path: Path) -> str:
    """The room a file lies in: a folder of the package, or a file beside them."""
    return path.relative_to(PACKAGE).parts[0]


@cache
def imported(path: Path) -> frozenset[str]:
    return frozenset(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def names_used(path: Path) -> Iterator[str]:
    for node in nodes(path):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.ImportFrom):
            yield from (name.name for name in node.names)


def offenders(breaks: Callable[[Path], object]) -> list[str]:
    """The files that break a rule."""
    return [str(path.relative_to(PACKAGE)) for path in SOURCES if breaks(path)]


def test_tasks_are_made_in_few_places_only() -> None:
    def makes(path: Path) -> bool:
        used = TASK_MAKERS & set(names_used(path))
        return bool(used) and str(path.relative_to(PACKAGE)) not in MAY_MAKE_TASKS

    assert offenders(makes) == []


@pytest.mark.parametrize("library", ROOM_OF)
def test_a_library_is_known_in_its_room_only(library: str) -> None:
    def knows(path: Path) -> bool:
        return rooms(path) not in ROOM_OF[library] and library in imported(path)

    assert offenders(knows) == []


def test_the_environment_is_read_in_one_room() -> None:
    def reads(path: Path) -> bool:
        return rooms(path) != "config" and any(
            isinstance(node, ast.Attribute)
            and node.attr in ("environ", "getenv")
            and isinstance(node.value, ast.Name)
            and node.value.id == "os"
            for node in nodes(path)
        )

    assert offenders(reads) == []


def test_a_foreign_api_is_named_in_its_folder_only() -> None:
    def names(path: Path) -> bool:
        is_elsewhere = not str(path.relative_to(PACKAGE)).startswith(MAY_NAME_FOREIGN_APIS)
        return is_elsewhere and FOREIGN_APIS.search(read(path)) is not None

    assert offenders(names) == []


def test_an_errcode_is_known_where_the_api_of_wechat_is_spoken_only() -> None:
    def knows(path: Path) -> bool:
        is_elsewhere = not str(path.relative_to(PACKAGE)).startswith(KNOW_ERRCODES)
        return is_elsewhere and any(
            isinstance(node, ast.Constant)
            and isinstance(node.value, int)
            and node.value > 10_000
            and bool(ERRCODES.advice(node.value))
            for node in nodes(path)
        )

    assert offenders(knows) == []


@pytest.mark.parametrize(
    ("room", "table", "shared"),
    [
        ("web.compat", "catalogue.py", {"api", "errcodes", "replies", "tokens"}),
        ("wechat.tokens", "__init__.py", {"base"}),
    ],
)
def test_one_of_a_kind_imports_no_other(room: str, table: str, shared: set[str]) -> None:
    """Of the foreign APIs and of the credential types: only the table of them imports all."""
    folder, prefix = PACKAGE.joinpath(*room.split(".")), f"wechat_scheduler.{room}."

    def imports_another(path: Path) -> bool:
        if folder not in path.parents or path == folder / table:
            return False
        own = path.relative_to(folder).parts[0].removesuffix(".py")
        used = {
            name.removeprefix(prefix).split(".")[0]
            for name in imported(path)
            if name.startswith(prefix)
        }
        return bool(used - shared - {own})

    assert offenders(imports_another) == []


def test_no_file_is_a_second_house() -> None:
    assert offenders(lambda path: len(read(path).splitlines()) > 250) == []
    assert offenders(lambda path: path.name == "utils.py") == []


def test_no_group_is_caught_in_part() -> None:
    """Before Python 3.11.4, what is raised inside `except*` comes out in a group."""

    def catches(path: Path) -> bool:
        return any(isinstance(node, ast.TryStar) for node in nodes(path))

    assert offenders(catches) == []


def test_a_class_name_stands_in_one_module_only() -> None:
    places: dict[str, set[str]] = {}
    for path in SOURCES:
        for node in nodes(path):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, set()).add(module_name(path))

    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_the_order_inside_each_room_is_held_by_a_contract() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    held = {container for contract in contracts for container in contract.get("containers", ())}

    rooms = {module_name(path) for path in PACKAGE.rglob("__init__.py")}
    assert rooms - WITHOUT_CONTRACT <= held


def test_a_sentence_names_who_acts() -> None:
    assert offenders(lambda path: UNCLEAR.search(read(path))) == []


def test_a_sentence_uses_the_words_of_today() -> None:
    def is_dated(path: Path) -> bool:
        return rooms(path) != "client" and DATED.search(read(path)) is not None

    assert offenders(is_dated) == []


def test_a_module_docstring_is_a_sentence_and_no_riddle() -> None:
    assert offenders(lambda path: RIDDLE.match(ast.get_docstring(parsed(path)) or "")) == []


def test_no_module_needs_itself_again() -> None:
    """Imports within functions count, and so do modules that a string names for a lazy import."""
    try:
        TopologicalSorter(module_graph()).prepare()
    except CycleError as error:
        pytest.fail(f"circle of imports: {' <- '.join(error.args[1])}")


def module_graph() -> dict[str, set[str]]:
    """The modules that each module imports, by name."""
    modules = {module_name(path): path for path in SOURCES if read(path).strip()}
    return {
        module: named_modules(path) & modules.keys() - {module} for module, path in modules.items()
    }


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def named_modules(path: Path) -> set[str]:
    """Imported names, and strings such as "wechat_scheduler.cli.keys:keys"."""
    strings = {
        node.value.partition(":")[0]
        for node in nodes(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return strings | imported(path)


def test_tenacity_sleeps_through_the_clock() -> None:
    calls = [
        node
        for path in SOURCES
        for node in nodes(path)
        if isinstance(node, ast.Call) and "AsyncRetrying" in dotted(node.func)
    ]

    assert calls
    for call in calls:
        sleep = [ast.unparse(word.value) for word in call.keywords if word.arg == "sleep"]
        assert sleep
        assert "clock" in sleep[0]


def test_packages_have_empty_faces_but_for_tables() -> None:
    faces = {
        str(path.relative_to(PACKAGE)): read(path).strip()
        for path in SOURCES
        if path.name == "__init__.py"
    }

    assert {name for name, text in faces.items() if text} == {
        "__init__.py",
        "client/__init__.py",
        "sandbox/endpoints/__init__.py",
        "wechat/tokens/__init__.py",
    }


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "--no-cache", "."),
        ("ruff", "format", "--no-cache", "--check", "."),
        ("lint-imports", "--no-cache"),
    ],
    ids=" ".join,
)
def test_the_checks_pass(command: tuple[str, ...]) -> None:
    done = subprocess.run(
        (BIN / command[0], *command[1:]), cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
