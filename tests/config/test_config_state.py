"""Where the state is, and the secrets that must not be seen."""

from pathlib import Path

import pytest

from wechat_scheduler.config import loading as config
from wechat_scheduler.config.loading import Loaded
from wechat_scheduler.config.sources import Environ
from wechat_scheduler.errors import ConfigError

URL = "postgresql://keeper:hunter2@db.internal/wechat?sslpassword=hunter3"
EMPTY = Path("/dev/null")


def load(environ: Environ, **flags: str) -> Loaded:
    """Flags of the [state] table, no file."""
    state = {f"state.{name}": value for name, value in flags.items()}
    return config.load(file=EMPTY, flags=state, environ=environ)


def origin(loaded: Loaded, path: str) -> str:
    return next(setting.origin for setting in loaded.origins if setting.path == path)


@pytest.mark.parametrize(
    ("environ", "folder", "source"),
    [
        ({"HOME": "/h"}, "/h/.local/state/wechat-scheduler", "default"),
        (
            {"HOME": "/h", "XDG_STATE_HOME": "/x"},
            "/x/wechat-scheduler",
            "environment XDG_STATE_HOME",
        ),
        ({"HOME": "/h", "XDG_STATE_HOME": "x"}, "/h/.local/state/wechat-scheduler", "default"),
        (
            {"XDG_STATE_HOME": "/x", "STATE_DIRECTORY": "/a:/b"},
            "/a",
            "environment STATE_DIRECTORY",
        ),
        (
            {"STATE_DIRECTORY": "/a", "WECHAT_SCHEDULER_STATE_DIR": "/w"},
            "/w",
            "environment WECHAT_SCHEDULER_STATE_DIR",
        ),
    ],
)
def test_state_folder_is_the_nearest_that_is_given(
    environ: Environ, folder: str, source: str
) -> None:
    loaded = load(environ)

    assert loaded.config.state.dir == Path(folder)
    assert origin(loaded, "state.dir") == source


def test_state_folder_nowhere_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r"^state\.dir: no state folder is configured"):
        load({})


def test_relative_folder_on_the_command_line_is_the_one_under_the_callers_feet() -> None:
    loaded = load({}, dir="here")

    assert loaded.config.state.dir == Path.cwd() / "here"
    assert loaded.config.state.sealing_key_file == Path.cwd() / "here/sealing.key"


def test_database_and_sealing_key_lie_in_the_state_folder() -> None:
    state = load({}, dir="/s").config.state

    assert state.database == "sqlite:///s/wechat-scheduler.db"
    assert state.sealing_key_file == Path("/s/sealing.key")


def test_systemd_credentials_come_before_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "database").write_text(f"{URL}\n", encoding="utf-8")
    (tmp_path / "sealing.key").touch()

    loaded = load({"HOME": "/h", "CREDENTIALS_DIRECTORY": str(tmp_path)})

    assert loaded.config.state.database == URL
    assert loaded.config.state.sealing_key_file == tmp_path / "sealing.key"
    assert origin(loaded, "state.database") == "environment CREDENTIALS_DIRECTORY"


def test_database_given_by_the_operator_comes_before_a_credential(tmp_path: Path) -> None:
    (tmp_path / "database").write_text(URL, encoding="utf-8")
    environ = {"HOME": "/h", "CREDENTIALS_DIRECTORY": str(tmp_path)}

    loaded = load(environ, database="sqlite:///other.db")

    assert loaded.config.state.database == "sqlite:///other.db"


def test_database_url_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text(f"{URL}\n", encoding="utf-8")

    loaded = load({"HOME": "/h"}, database_file=str(file))

    assert loaded.config.state.database == URL


@pytest.mark.parametrize(("content", "sentence"), [(None, "no such file"), ("\n", "is empty")])
def test_secret_file_without_a_secret_is_an_error(
    tmp_path: Path, content: str | None, sentence: str
) -> None:
    file = tmp_path / "url"
    if content is not None:
        file.write_text(content, encoding="utf-8")

    with pytest.raises(ConfigError, match=f"^flag --state-database-file: {file}: {sentence}"):
        load({"HOME": "/h"}, database_file=str(file))


@pytest.mark.parametrize("name", ["database_file", "sealing_key_file"])
@pytest.mark.parametrize("secret", ["postgresql://u:s3cret@h/db", "wsk_s3cret"])
def test_a_secret_in_the_place_of_a_file_is_not_shown(name: str, secret: str) -> None:
    environ = {"HOME": "/h", f"WECHAT_SCHEDULER_STATE_{name.upper()}": secret}

    for given in (lambda: load({"HOME": "/h"}, **{name: secret}), lambda: load(environ)):
        with pytest.raises(ConfigError, match="looks like a key or a URL") as raised:
            given()

        assert "s3cret" not in str(raised.value)


def test_a_folder_that_is_none_is_one_mistake_without_its_password() -> None:
    with pytest.raises(ConfigError) as raised:
        load({"HOME": "/h"}, dir="postgresql://u:s3cret@h/db")

    assert len(str(raised.value).splitlines()) == 1
    assert "looks like a key or a URL: expected a path" in str(raised.value)
    assert "s3cret" not in str(raised.value)


def test_what_a_database_is_written_like_is_shown_whole() -> None:
    with pytest.raises(ConfigError, match="postgresql://USER:PASSWORD@HOST/NAME"):
        load({"HOME": "/h"}, database="redis://:s3cret@h")


def test_database_and_its_file_in_one_place_contradict_each_other(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"give this or state\.database, not both"):
        load({"HOME": "/h"}, database=URL, database_file=str(tmp_path))


def test_password_of_the_database_is_never_shown() -> None:
    loaded = load({"HOME": "/h"}, database=URL)

    shown = next(s.value for s in loaded.origins if s.path == "state.database")
    assert shown == ("postgresql://keeper:[redacted]@db.internal/wechat?sslpassword=[redacted]")
    assert "hunter" not in repr(loaded)


@pytest.mark.parametrize(
    "url", ["mysql://u:hunter2@h/d", "postgresql://u:hun/ter2@h/d", "postgresql://u:hun#ter2@h/d"]
)
def test_refused_database_url_is_not_quoted(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load({"HOME": "/h"}, database=url)

    assert "hun" not in str(caught.value)


def test_systemd_facts_are_taken_as_they_are() -> None:
    environ = {
        "STATE_DIRECTORY": "/s",
        "NOTIFY_SOCKET": "@n",
        "WATCHDOG_USEC": "30000000",
        "LISTEN_PID": "7",
        "LISTEN_FDS": "2",
        "LISTEN_FDNAMES": "http:",
    }

    systemd = load(environ).config.systemd

    assert systemd.notify_socket == "@n"
    assert systemd.watchdog is not None
    assert systemd.watchdog.total_seconds() == 30
    assert (systemd.listen_pid, systemd.listen_fds) == (7, 2)
    assert systemd.listen_fdnames == ("http", "")


def test_without_systemd_there_are_no_facts() -> None:
    systemd = load({"HOME": "/h", "LISTEN_FDS": "x"}).config.systemd

    assert (systemd.notify_socket, systemd.watchdog, systemd.listen_fds) == (None, None, 0)


def test_client_commands_find_the_daemon_and_their_key(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("wsk_secret\n", encoding="utf-8")

    client = config.client_settings(
        {
            "WECHAT_SCHEDULER_URL": "http://127.0.0.1:9001",
            "WECHAT_SCHEDULER_KEY_FILE": str(file),
        }
    )

    assert (client.url, client.key) == ("http://127.0.0.1:9001", "wsk_secret")
    assert "wsk_secret" not in repr(client)


def test_client_commands_without_environment_know_nothing() -> None:
    client = config.client_settings({})

    assert (client.url, client.key) == (None, None)
