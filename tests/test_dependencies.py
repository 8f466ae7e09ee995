"""What the package declares is what it imports."""

import re
import sys
import tomllib
from importlib.metadata import distribution

from tests.documents import PACKAGE, ROOT

PYPROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
PROJECT = tomllib.loads(PYPROJECT)["project"]
DECLARED: list[str] = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["redis"]]
# The beginning of a name in a line that imports it.
IMPORTED = re.compile(r"^ *(?:import|from) (\w+)[\w.]*(?: import | as |  #|,|$)", re.MULTILINE)
# Read by the standard library's zoneinfo where the machine has no zones of its own.
NOT_IMPORTED = {"tzdata"}


def name_of(requirement: str) -> str:
    return normal(re.split(r"[<>=~; ]", requirement)[0])


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def packages(name: str) -> set[str]:
    """What can be imported of an installed distribution."""
    files = distribution(name).files or []
    return {file.parts[0].removesuffix(".py") for file in files if file.suffix == ".py"}


def test_each_library_that_is_imported_is_declared_and_each_declared_one_is_imported() -> None:
    provided = {name_of(requirement): packages(name_of(requirement)) for requirement in DECLARED}
    # By their lines: reading the syntax of all files takes a second.
    libraries = {
        name for path in PACKAGE.rglob("*.py") for name in IMPORTED.findall(path.read_text("utf-8"))
    } - {*sys.stdlib_module_names, PACKAGE.name}

    used = {name for name, theirs in provided.items() if theirs & libraries}

    assert libraries - set().union(*provided.values()) == set()
    assert used | NOT_IMPORTED == provided.keys()


def test_each_dependency_has_a_lower_bound_and_an_upper_one_only_with_a_reason() -> None:
    for requirement in DECLARED:
        (line,) = [
            line for line in PYPROJECT.splitlines() if line.strip().startswith(f'"{requirement}"')
        ]

        assert ">=" in requirement
        assert "<" not in requirement or "# " in line, requirement
