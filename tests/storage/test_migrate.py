"""Migrations bring a schema up to date."""

import shutil
from importlib.resources.abc import Traversable
from pathlib import Path

import pytest

from tests.databases import Open
from tests.storage.conftest import MIGRATIONS
from tests.storage.scripts import names, outcomes, put
from wechat_scheduler.errors import StateError
from wechat_scheduler.storage.database import Statement
from wechat_scheduler.storage.migrate import load, statements

VERSION = "SELECT value FROM meta WHERE name = 'schema_version'"


@pytest.fixture
def migrations(tmp_path: Path) -> Traversable:
    """A copy, so that a test can play the program's next or last version."""
    return Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations"))


async def test_opening_applies_each_migration_once(open_again: Open) -> None:
    first = await open_again()
    await first.write(lambda: put("kept"))

    second = await open_again()

    assert await names(second) == ["kept"]
    assert [row["value"] for row in await second.read(VERSION)] == ["2"]


async def test_a_later_program_adds_what_is_new(open_again: Open, migrations: Path) -> None:
    await (await open_again()).write(lambda: put("old"))
    (migrations / "0003_colours.sql").write_text("ALTER TABLE items ADD COLUMN colour TEXT;")

    database = await open_again()

    rows = await database.read("SELECT name, colour FROM items")
    assert [tuple(row) for row in rows] == [("old", None)]


async def test_several_processes_may_open_an_empty_database_at_once(open_again: Open) -> None:
    opened = await outcomes(*(open_again() for _ in range(4)))

    assert [await names(database) for database in opened] == [[], [], [], []]


async def test_a_newer_schema_is_refused_with_both_versions(
    open_again: Open, migrations: Path
) -> None:
    await open_again()
    (migrations / "0002_lines.sql").unlink()

    with pytest.raises(StateError, match=r"version 2 .* knows 1: install the newer"):
        await open_again()


async def test_a_migration_that_fails_leaves_the_schema_as_it_was(
    open_again: Open, migrations: Path
) -> None:
    await open_again()
    wrong = migrations / "0003_wrong.sql"
    wrong.write_text("CREATE TABLE half (id BIGINT); CREATE TABLE half (id BIGINT);")

    with pytest.raises(StateError, match=r"^the database cannot be prepared: .*half"):
        await open_again()

    wrong.write_text("CREATE TABLE half (id BIGINT);")
    database = await open_again()
    assert await database.read("SELECT id FROM half") == []


def test_a_number_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    for name in ("0001_a.sql", "0001_b.sql", "notes.txt"):
        (tmp_path / name).write_text("")

    with pytest.raises(StateError, match="same number"):
        load(tmp_path)


def test_migrations_are_found_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for name in ("0010_c.sql", "0002_b.sql", "0001_a.sql", "README"):
        (tmp_path / name).write_text(name)

    found = load(tmp_path)

    assert [(one.version, one.sql) for one in found] == [
        (1, "0001_a.sql"),
        (2, "0002_b.sql"),
        (10, "0010_c.sql"),
    ]


def test_statements_end_at_semicolons_outside_of_text_and_comments() -> None:
    sql = """
    -- it's; here
    CREATE TABLE "a;b" (x {json} DEFAULT '{}'); -- the owner's;
    INSERT INTO t VALUES (';--', 'it''s', 3-1)
    ;;
    """

    found = list(statements(sql, {"json": "JSONB"}))

    assert found == [
        Statement("CREATE TABLE \"a;b\" (x JSONB DEFAULT '{}')"),
        Statement("INSERT INTO t VALUES (';--', 'it''s', 3-1)"),
    ]
