"""How connections to PostgreSQL are opened."""

import asyncpg
import pytest

from wechat_scheduler.errors import StateError
from wechat_scheduler.storage.postgres_connections import completed, listening, place_of


@pytest.mark.parametrize(
    ("listen", "whole"),
    [
        ("postgresql://own:5433", "postgresql://me:secret@own:5433/ours"),
        ("postgresql://one:1,two:2", "postgresql://me:secret@one:1,two:2/ours"),
        ("postgresql://own/other", "postgresql://me:secret@own/other"),
        (
            "postgresql:///other",
            "postgresql://me:secret@bouncer:6432/other?sslmode=require",
        ),
        ("postgresql://you:word@own/?ssl=off", "postgresql://you:word@own/ours?ssl=off"),
        ("postgresql://?host=/run", "postgresql://me:secret@/ours?host=/run"),
    ],
)
def test_what_the_address_to_listen_at_does_not_name_is_that_of_the_database(
    listen: str, whole: str
) -> None:
    url = "postgresql://me:secret@bouncer:6432/ours?sslmode=require"

    found = completed(listen, url)

    assert found == whole


@pytest.mark.parametrize("listen", ["postgresql://h:hunter2", "postgresql://[hunter2"])
def test_a_malformed_address_to_listen_at_is_refused_without_showing_it(listen: str) -> None:
    with pytest.raises(StateError, match=r"state\.listen_database is not a valid") as refusal:
        listening("postgresql://me@host/name", listen, asyncpg.connect)

    assert "hunter2" not in str(refusal.value)
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql://u:p@db.example:5433/x", "db.example:5433"),
        ("postgresql://u:p@one:1,two:2/x?target_session_attrs=primary", "one:1,two:2"),
        ("postgresql:///x?host=/run/postgresql", "/run/postgresql"),
        ("postgresql://u:p@[::1]/x", "[::1]"),
        ("postgresql:///x", "this machine's socket"),
    ],
)
def test_the_place_of_a_database_names_its_servers_and_no_password(url: str, place: str) -> None:
    assert place_of(url) == place
