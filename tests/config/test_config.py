"""Four sources become one configuration, and every mistake in them is named."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from wechat_scheduler.config import loading as config
from wechat_scheduler.config import settings
from wechat_scheduler.config.loading import Loaded, SettingOrigin
from wechat_scheduler.config.sources import Environ, Flags
from wechat_scheduler.errors import ConfigError

HOME = MappingProxyType({"HOME": "/home/keeper"})
NOTHING: Flags = MappingProxyType({})

Load = Callable[..., Loaded]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


@pytest.fixture
def load(file: Path) -> Load:
    """Loads `text` as the file, whatever the machine has in /etc."""

    def load(text: str = "", flags: Flags = NOTHING, environ: Environ = HOME) -> Loaded:
        file.write_text(text, encoding="utf-8")
        return config.load(file=file, flags=flags, environ=environ)

    return load


@pytest.fixture
def refusal(load: Load) -> Callable[..., str]:
    """The message with which the configuration is refused."""

    def refusal(text: str = "", flags: Flags = NOTHING, environ: Environ = HOME) -> str:
        with pytest.raises(ConfigError) as caught:
            load(text, flags, environ)
        assert caught.value.exit_code == 2
        return str(caught.value)

    return refusal


def setting(loaded: Loaded, path: str) -> SettingOrigin:
    return next(setting for setting in loaded.origins if setting.path == path)


def test_flag_beats_environment_beats_file_beats_default(load: Load) -> None:
    text = '[server]\nport = 1\nhost = "127.0.0.2"\nbody_limit = "2MiB"\n'
    environ = {
        **HOME,
        "WECHAT_SCHEDULER_SERVER_PORT": "2",
        "WECHAT_SCHEDULER_SERVER_HOST": "127.0.0.3",
    }

    loaded = load(text, {"server.port": 3, "server.host": None}, environ)

    server = loaded.config.server
    assert (server.port, server.host, server.body_limit) == (3, "127.0.0.3", 2 << 20)
    assert server.fetch_deadline == timedelta(seconds=10)


def test_every_setting_says_where_it_comes_from(load: Load, file: Path) -> None:
    environ = {**HOME, "WECHAT_SCHEDULER_LOG_LEVEL": "debug"}

    loaded = load('[wechat]\ntimeout = "5s"', {"server.port": 8080}, environ)

    assert setting(loaded, "server.port") == ("server.port", "8080", "flag --port")
    assert setting(loaded, "log.level").origin == "environment WECHAT_SCHEDULER_LOG_LEVEL"
    assert setting(loaded, "wechat.timeout") == ("wechat.timeout", "5s", f"file {file}")
    assert setting(loaded, "refresh.lease") == ("refresh.lease", "1m", "default")


def test_flags_are_spelled_as_people_expect() -> None:
    flags = [settings.SETTINGS[path].flag for path in ("server.port", "state.dir", "wechat.api")]

    assert flags == ["--port", "--state", "--wechat-api"]


def test_flags_and_variables_are_all_different() -> None:
    known = settings.SETTINGS.values()

    assert len({setting.flag for setting in known}) == len(known)
    assert len({setting.variable for setting in known}) == len(known)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[server]\nprot = 1", "server.prot: unknown key; did you mean server.port?"),
        ("port = 1", "port: unknown key; did you mean server.port?"),
        ("[wechat]\ndaily_calls = 1", "wechat.daily_calls: unknown key; did you mean refresh.d"),
        ("[credential]\nmargin = 1", "credential.margin: unknown key; the sections are server, "),
        ("[sever]", "sever: unknown key; did you mean server?"),
        ("server = 1", "server: expected a table, got a whole number"),
        ("[server.port]\nx = 1", "server.port.x: unknown key; did you mean server.port?"),
        ('[server]\nport = "1"', "server.port: expected a whole number, got a string"),
        ('[server]\nport = ""', "server.port: expected a whole number, got a string"),
        ("[server]\nport = true", "server.port: expected a whole number, got true or false"),
        ("[server]\nport = 1.5", "server.port: expected a whole number, got a decimal number"),
        ("[server]\nport = 65536", "server.port: must be from 0 to 65535, got 65536"),
        ("[server]\nport = {}", "server.port: expected a whole number, got a table"),
        ("[server]\nport = 07:32:00", "server.port: expected a whole number, got a date or time"),
        ("[server]\ninsecure_no_auth = 1", "expected true or false, got a whole number"),
        (
            '[server]\nhost = "h:80"',
            "server.host: 'h:80' is not an IP address or a host name, without scheme and port",
        ),
        ("[wechat]\ntimeout = 5", 'expected a duration such as "30s", got a whole number'),
        ('[wechat]\ntimeout = "0s"', "wechat.timeout: '0s' must be greater than zero"),
        ('[wechat]\napi = "https://h/"', "wechat.api: expected http(s)://HOST, without user"),
        ('[log]\nformat = "xml"', "log.format: 'xml' is not one of auto, text, json"),
        ("[callbacks]\ndeny = [1]", "expected a list of strings, got a whole number in it"),
        ('[callbacks]\nallow = ["10.0.0.1/8"]', "callbacks.allow: 10.0.0.1/8 has host bits set"),
        ('[state]\ndir = "here"', "state.dir: is not an absolute path"),
        ("[refresh]\ndaily_calls = 0", "refresh.daily_calls: must be from 1 to 500000, got 0"),
        ("x y", "expected '=' after a key in a key/value pair (at line 1, column 3)"),
    ],
)
def test_mistakes_in_the_file_are_named(
    refusal: Callable[..., str], file: Path, text: str, sentence: str
) -> None:
    message = refusal(text)

    assert message.startswith(f"{file}: ")
    assert sentence in message


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("SERVER_PORT", "x", "'x' is not a whole number"),
        ("SERVER_PROT", "1", "unknown variable; did you mean WECHAT_SCHEDULER_SERVER_PORT?"),
        ("PORT", "1", "unknown variable; did you mean WECHAT_SCHEDULER_SERVER_PORT?"),
        ("SERVER_INSECURE_NO_AUTH", "maybe", "'maybe' is neither true nor false"),
        ("CALLBACKS_ALLOW", "lan", "'lan' does not appear to be an IPv4 or IPv6 network"),
    ],
)
def test_mistakes_in_the_environment_are_named(
    refusal: Callable[..., str], name: str, text: str, sentence: str
) -> None:
    message = refusal(environ={**HOME, f"WECHAT_SCHEDULER_{name}": text})

    assert message == f"environment WECHAT_SCHEDULER_{name}: {sentence}"


def test_mistake_in_a_flag_names_the_flag(refusal: Callable[..., str]) -> None:
    message = refusal(flags={"wechat.timeout": "soon"})

    assert message.startswith("flag --wechat-timeout: 'soon' is not a duration")


def test_all_mistakes_are_reported_at_once(refusal: Callable[..., str]) -> None:
    environ = {**HOME, "WECHAT_SCHEDULER_LOG_LEVEL": "loud"}

    message = refusal("[server]\nprot = 1\nport = -1", environ=environ)

    assert len(message.splitlines()) == 3


def test_variables_of_other_programs_and_of_kubernetes_are_left_alone(load: Load) -> None:
    environ = {
        **HOME,
        "WECHAT": "1",
        "WECHAT_SCHEDULER_URL": "http://127.0.0.1:9001",
        "WECHAT_SCHEDULER_PORT": "tcp://10.0.0.1:9001",
        "WECHAT_SCHEDULER_SERVICE_HOST": "10.0.0.1",
        "WECHAT_SCHEDULER_SERVICE_PORT_HTTP": "9001",
        "WECHAT_SCHEDULER_PORT_9001_TCP_ADDR": "10.0.0.1",
    }

    loaded = load(environ=environ)

    assert loaded.config == load().config


def test_empty_variables_and_flags_are_not_given(load: Load) -> None:
    loaded = load(flags={"log.level": ""}, environ={**HOME, "WECHAT_SCHEDULER_SERVER_PORT": ""})

    assert loaded.config == load().config


def test_access_without_keys_is_refused_beyond_loopback(refusal: Callable[..., str]) -> None:
    message = refusal(flags={"server.insecure_no_auth": True, "server.host": "0.0.0.0"})

    assert message == (
        "flag --insecure-no-auth: refused, since server.host 0.0.0.0 is not loopback"
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_access_without_keys_is_possible_on_loopback(load: Load, host: str) -> None:
    loaded = load(flags={"server.insecure_no_auth": True, "server.host": host})

    assert loaded.config.server.insecure_no_auth


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("connect_port = 9010", "needs gateway.enabled = true"),
        ("enabled = true\nconnect_port = 9001", "must be another port than server.port, 9001"),
    ],
)
def test_tunnels_need_the_gateway_and_a_port_of_their_own(
    refusal: Callable[..., str], text: str, remedy: str
) -> None:
    message = refusal(f"[gateway]\n{text}")

    assert "connect_port" in message
    assert message.endswith(remedy)


def test_lease_must_outlast_the_longest_refresh(refusal: Callable[..., str]) -> None:
    message = refusal('[wechat]\ntimeout = "30s"')

    assert message.startswith("refresh.lease: must be longer than 1m40s")


def test_named_file_must_exist(tmp_path: Path) -> None:
    environ = {**HOME, "WECHAT_SCHEDULER_CONFIG": str(tmp_path / "absent.toml")}

    with pytest.raises(ConfigError, match=r"absent\.toml: no such file or directory$"):
        config.load(file=None, flags={}, environ=environ)


def test_file_may_be_named_by_the_environment(file: Path) -> None:
    file.write_text("[server]\nport = 7", encoding="utf-8")

    loaded = config.load(
        file=None, flags={}, environ={**HOME, "WECHAT_SCHEDULER_CONFIG": str(file)}
    )

    assert (loaded.config.server.port, loaded.file) == (7, file)


def test_file_in_another_encoding_is_refused(file: Path) -> None:
    file.write_bytes("# 微信".encode("gb18030"))

    with pytest.raises(ConfigError, match="not valid UTF-8"):
        config.load(file=file, flags={}, environ=HOME)


def test_environment_is_read_as_a_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WECHAT_SCHEDULER_URL", "http://127.0.0.1:1")

    environ = config.read_environ()

    assert environ["WECHAT_SCHEDULER_URL"] == "http://127.0.0.1:1"
