"""The agent's file: what it may say, and one sentence for each mistake in it."""

import random
import tomllib
from pathlib import Path

import pytest

from tests.agent.workshop import CREDENTIAL, DAEMON, TurningDaemon
from tests.clock import FakeClock
from tests.documents import ROOT
from wechat_scheduler.agent.assembly import assembled
from wechat_scheduler.agent.reading import CREDENTIAL as CREDENTIAL_NAME
from wechat_scheduler.agent.reading import DEFAULT_FILE, ONCE, REPEATED, load
from wechat_scheduler.agent.settings import AgentConfig
from wechat_scheduler.errors import ConfigError

EXAMPLE = ROOT / "contrib" / "agent.example.toml"
UNIT = ROOT / "contrib" / "wechat-scheduler-agent.service"
FILE = '[[files]]\npath = "/run/app/token"\n'


def read(folder: Path, text: str, **environ: str) -> AgentConfig:
    file = folder / "agent.toml"
    file.write_text(text, encoding="utf-8")
    config = load(file, environ)
    clock = FakeClock()
    assembled(config, TurningDaemon(clock), environ={}, clock=clock, rng=random.Random(7))
    return config


def test_the_least_file_is_understood(tmp_path: Path) -> None:
    config = read(tmp_path, DAEMON + CREDENTIAL + FILE)

    assert config.files[0].path == Path("/run/app/token")
    assert (config.files[0].form, config.files[0].mode) == ("json", 0o600)


@pytest.mark.parametrize("type_", ["0", '"0"', '"access_token"'])
def test_a_type_is_a_name_or_a_number(type_: str, tmp_path: Path) -> None:
    text = f'[[credentials]]\nappid = "wx1"\ntype = {type_}\n'

    assert read(tmp_path, DAEMON + text + FILE).credentials[0].appid == "wx1"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (DAEMON + FILE, "credentials: none is configured; write at least one [[credentials]]"),
        (DAEMON + CREDENTIAL, "files: no output is configured; write [[files]], [[redis]], [[commands]], [[signals]] or [exec]"),
        (CREDENTIAL + FILE, "daemon.url: no daemon URL is configured"),
        ("[deamon]\n" + DAEMON + CREDENTIAL + FILE, "deamon: unknown table; did you mean daemon?"),
        (DAEMON + CREDENTIAL + FILE + 'mdoe = "0600"\n', "files[0].mdoe: unknown key; did you mean mode?"),
        (DAEMON + CREDENTIAL + FILE + "mode = 600\n", 'files[0].mode: expected a mode such as "0600", got a whole number'),
        (DAEMON + CREDENTIAL + FILE + 'mode = "0900"\n', "files[0].mode: '0900' is not a mode such as"),
        (DAEMON + CREDENTIAL + FILE + 'mode = "0066"\n', "files[0].mode: '0066' does not let even the owner read"),
        (DAEMON + CREDENTIAL + FILE + 'form = "yaml"\n', "files[0].form: 'yaml' is not one of json, dotenv, raw, template"),
        (DAEMON + CREDENTIAL + FILE + 'form = "template"\n', 'files[0]: form = "template" and template or template_file'),
        (DAEMON + CREDENTIAL + FILE + 'template = "{value}"\n', 'files[0]: form = "template" and template or template_file'),
        (DAEMON + CREDENTIAL + FILE + 'form = "template"\ntemplate_file = "/none"\n', "files[0].template_file: /none: no such file"),
        (DAEMON + CREDENTIAL + FILE + 'form = "template"\ntemplate = "{vlaue}"\n', "files[0].template: {vlaue} is not a field"),
        (DAEMON + CREDENTIAL + FILE + 'credentials = ["tiket"]\n', "files[0].credentials: no credential has the name tiket"),
        (DAEMON + CREDENTIAL + FILE + FILE, "files[1].path: another file has the same path"),
        (DAEMON + CREDENTIAL + CREDENTIAL + FILE, "credentials[1].name: another credential has the name access_token; give this one another"),
        (DAEMON + CREDENTIAL + CREDENTIAL + 'name = "access-token"\n' + FILE, "credentials[1].variable: another credential has WECHAT_ACCESS_TOKEN"),
        (DAEMON + CREDENTIAL + CREDENTIAL.replace("access_token", "jsapi_ticket") + FILE + 'form = "raw"\n', 'files[0].credentials: form = "raw" takes one, and here are 2'),
        (DAEMON + CREDENTIAL.replace("access_token", "acces_token") + FILE, "credentials[0].type: 'acces_token' is not one of access_token, jsapi_ticket"),
        (DAEMON + '[[credentials]]\ntype = "access_token"\n' + FILE, "credentials[0].appid: is missing"),
        (DAEMON + CREDENTIAL + '[[files]]\npath = "token"\n', "files[0].path: is not an absolute path"),
        (DAEMON + CREDENTIAL + '[files]\npath = "/token"\n', "files: may be repeated, so it is written [[files]]"),
        (DAEMON + CREDENTIAL + FILE + "[[commands]]\nrun = []\n", "commands[0].run: names no program"),
        (DAEMON + CREDENTIAL + FILE + '[[commands]]\nrun = "nginx"\n', "commands[0].run: expected a list of strings, got a string"),
        (DAEMON + CREDENTIAL + FILE + '[[signals]]\npid_file = "/p"\nsignal = "KILL"\n', "signals[0].signal: 'KILL' is not one of HUP"),
        (DAEMON + CREDENTIAL + '[[files]]\npath = "/a\\u0000b"\n', "files[0].path: the path contains a zero byte"),
        (DAEMON + CREDENTIAL + FILE + '[[commands]]\nrun = ["a\\u0000b"]\n', "commands[0].run: contains a zero byte"),
        ("x = \n", "invalid value"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(text: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        read(tmp_path, text)

    assert sentence in str(raised.value)
    assert "wsk_x" not in str(raised.value)


URL = '[daemon]\nurl = "http://127.0.0.1:9001"\n'
REDIS = "[[redis]]\n"
TICKET = CREDENTIAL.replace("access_token", "jsapi_ticket")


@pytest.mark.parametrize(
    "url",
    [
        "redis:/:secretpw@10.255.255.1:22005/0", "redis:10.255.255.1:22005", "redis://:secretpw@/0", "redis://",
        "redis:///0", "redis://:secretpw@:6379/0", "redis//h:1/0", "redis://:secret/pw@h:1/0", "redis://:secretpw#@h/0",
        "redis://h:0/0", "redis://h:65536/0", "redis://h/zero", "redis://h/0/1", "redis://a b/0", "unix://",
        "unix:///", "rediss:/h:1", "redis://h:1/0#x", "redis://?host=h", "redis://h h", "REDIS://h", "redis://secretpw@@h",
    ],
)  # fmt: skip
def test_a_url_that_names_no_redis_is_refused_without_being_shown(url: str, tmp_path: Path) -> None:
    (tmp_path / "url").write_text(f"{url}\n")
    head = DAEMON + CREDENTIAL + REDIS

    for text in (f'url = "{url}"\n', f'url_file = "{tmp_path}/url"\n'):
        with pytest.raises(ConfigError) as raised:
            read(tmp_path, head + text)

        assert "expected redis://HOST" in str(raised.value)
        assert "such as redis://:PASSWORD@127.0.0.1:6379/0" in str(raised.value)
        assert "redis[0].url" in str(raised.value)
        assert "secret" not in str(raised.value)
        assert len(str(raised.value).splitlines()) == 1


@pytest.mark.parametrize(
    "url",
    [
        "redis://h", "redis://h:1", "redis://:p%2Fw@127.0.0.1:6379/0", "redis://u:p@[::1]:6379/15?ssl_ca_certs=/x/y",
        "rediss://h.example.com/0", "unix:///run/redis.sock?db=1", "unix://:p@/run/redis.sock", "redis://h/",
    ],
)  # fmt: skip
def test_a_url_that_names_a_redis_is_taken(url: str, tmp_path: Path) -> None:
    assert read(tmp_path, f'{DAEMON}{CREDENTIAL}{REDIS}url = "{url}"\n').redis[0].url == url


@pytest.mark.parametrize(
    "secret", ["wsk_s3cret", "redis://:s3cret@h:1/0", "s3cret", "whsec_s3cret"]
)
@pytest.mark.parametrize(
    ("text", "field"),
    [
        (URL + 'key_file = "SECRET"\n' + CREDENTIAL + FILE, "daemon.key_file"),
        (DAEMON + CREDENTIAL + REDIS + 'url_file = "SECRET"\n', "redis[0].url_file"),
        (DAEMON + CREDENTIAL + '[[files]]\npath = "SECRET"\n', "files[0].path"),
        (DAEMON + CREDENTIAL + FILE + 'form = "template"\ntemplate_file = "SECRET"\n', "files[0].template_file"),
        (DAEMON + CREDENTIAL + '[[signals]]\npid_file = "SECRET"\n', "signals[0].pid_file"),
    ],
)  # fmt: skip
def test_a_secret_in_the_place_of_a_path_is_not_shown(
    text: str, field: str, secret: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as raised:
        read(tmp_path, text.replace("SECRET", secret))

    assert f": {field}: " in str(raised.value)
    assert "s3cret" not in str(raised.value)
    assert ("looks like a key or a URL" in str(raised.value)) == (secret != "s3cret")


@pytest.mark.parametrize("secret", ["wsk_s3 cret", "redis://:s3cret@h:1/0"])
@pytest.mark.parametrize("line", ["mode", "form", "credentials"])
def test_a_secret_in_another_place_is_not_shown(line: str, secret: str, tmp_path: Path) -> None:
    value = f'["{secret}"]' if line == "credentials" else f'"{secret}"'

    with pytest.raises(ConfigError) as raised:
        read(tmp_path, f"{DAEMON}{CREDENTIAL}{FILE}{line} = {value}\n")

    assert "s3cret" not in str(raised.value)
    assert f"files[0].{line}: " in str(raised.value)


def test_a_secret_in_the_variable_for_a_file_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="KEY_FILE: looks like a key") as raised:
        read(tmp_path, URL + CREDENTIAL + FILE, WECHAT_SCHEDULER_KEY_FILE="wsk_s3cret")

    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (URL + 'key_fil = "/k"\n' + CREDENTIAL + FILE, "daemon.key_fil: unknown key; did you mean key_file?"),
        ("[deamon]\n" + DAEMON.partition("\n")[2] + CREDENTIAL + FILE, "deamon: unknown table; did you mean daemon?"),
        ("daemon = 1\n" + CREDENTIAL + FILE, "daemon: expected a table, got a whole number"),
        (DAEMON + CREDENTIAL + 'name = "a b"\n' + FILE, "credentials[0].name: 'a b' is not a name"),
        (DAEMON + CREDENTIAL.replace("[[credentials]]", "[[credential]]") + FILE, "credential: unknown table; did you mean"),
        (DAEMON + CREDENTIAL.replace("[[credentials]]", "[credentials]") + FILE, "credentials: may be repeated, so it"),
        (DAEMON + CREDENTIAL.replace("access_token", "acess_token") + FILE + 'credentials = ["access_token"]\n', "credentials[0].type: 'acess"),
        (DAEMON + CREDENTIAL + FILE + 'form = "template"\ntemplate = "{acess_token.value}"', "no credential named acess_token; did you mean {access_token.value}?"),
        (DAEMON + CREDENTIAL + FILE + 'form = "template"\ntemplate = "{access_token.vlaue}"', "is not a field; did you mean {access_token.value}?"),
        (DAEMON + CREDENTIAL + FILE + 'credentials = ["acess_token"]\n', "no credential has the name acess_token; did you mean access_token?"),
        (DAEMON + CREDENTIAL + FILE + 'credentials = ["acess_token"]\nform = "template"\ntemplate = "{access_token.value}"', "did you mean access_token?"),
        (DAEMON + CREDENTIAL + REDIS + 'url = "redis://h"\nkey = "cache:{tpye}:{appid"\n', "redis[0].key: {tpye} is not a field; did you mean {type}?"),
        (DAEMON + CREDENTIAL + REDIS + 'url = "redis://h"\nkey = "cache:{type}:{appid"\n', "redis[0].key: {appid is not a field; did you mean {appid}?"),
        (DAEMON + CREDENTIAL + REDIS + 'url = "redis://h"\nkey = "cache:appid}"\n', "redis[0].key: } is not a field; there are {prefix}"),
        (DAEMON + CREDENTIAL + REDIS + 'url = "redis://h"\nkey = "cache:{value}"\n', "redis[0].key: {value} is not a field; there are {prefix}"),
        (DAEMON + CREDENTIAL + REDIS + 'url = "redis://h"\nkey = "cache:{APPID}"\n', "redis[0].key: {APPID} is not a field; did you mean {appid}?"),
        (DAEMON + CREDENTIAL + '[[files]]\npath = "t"\n' + FILE + 'form = "template"\ntemplate = "{vlaue}"', "files[0].path: is not an absolute path"),
        *(
            (DAEMON + CREDENTIAL + f'variable = "{name}"\n' + FILE, f"credentials[0].variable: {name} has a meaning for programs already")
            for name in ("PATH", "HOME", "LD_PRELOAD", "LD_LIBRARY_PATH", "PYTHONPATH", "TZ", "LC_ALL", "IFS", "BASH_ENV", "https_proxy", "NODE_OPTIONS")
        ),
        (DAEMON + CREDENTIAL + 'variable = "A"\n' + TICKET + 'variable = "A_EXPIRES_AT"\n' + FILE, "credentials[1].variable: another credential has A_EXPIRES_AT"),
        (DAEMON + CREDENTIAL + 'variable = "A_EXPIRES_AT"\n' + TICKET + 'variable = "A"\n' + FILE, "credentials[1].variable: another credential has A_EXPIRES_AT"),
    ],
)  # fmt: skip
def test_a_mistake_brings_one_sentence_with_the_name_of_the_file(
    text: str, sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as raised:
        read(tmp_path, text)

    assert len(str(raised.value).splitlines()) == 1
    assert str(raised.value).startswith(f"{tmp_path}/agent.toml: ")
    assert sentence in str(raised.value)


@pytest.mark.parametrize("name", ["WECHAT_SHOP", "NODE_TOKEN", "USER_TOKEN", "JAVA_TOKEN", "TOKEN"])
def test_a_variable_of_a_programs_own_is_taken(name: str, tmp_path: Path) -> None:
    text = f'{DAEMON}{CREDENTIAL}variable = "{name}"\n{FILE}'

    assert read(tmp_path, text).credentials[0].variable == name


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = DAEMON + CREDENTIAL + FILE + 'mdoe = "0600"\nform = "yaml"\n'

    with pytest.raises(ConfigError) as raised:
        read(tmp_path, text)

    assert len(str(raised.value).splitlines()) == 2


def test_the_environment_comes_before_the_file_and_systemd_after_it(tmp_path: Path) -> None:
    (tmp_path / "agent.key").write_text("wsk_credential\n")
    (tmp_path / "other").write_text("wsk_file\n")
    rest, provided = CREDENTIAL + FILE, str(tmp_path)
    url = '[daemon]\nurl = "http://127.0.0.1:9001"\n'

    alone = read(tmp_path, url + rest, CREDENTIALS_DIRECTORY=provided)
    named = read(
        tmp_path, f'{url}key_file = "{tmp_path}/other"\n' + rest, CREDENTIALS_DIRECTORY=provided
    )
    given = read(
        tmp_path,
        DAEMON + rest,
        WECHAT_SCHEDULER_KEY="wsk_environment",
        WECHAT_SCHEDULER_URL="http://h:1",
    )

    assert [it.daemon.key for it in (alone, named, given)] == [
        "wsk_credential",
        "wsk_file",
        "wsk_environment",
    ]
    assert (alone.daemon.url, given.daemon.url) == ("http://127.0.0.1:9001", "http://h:1")
    assert "wsk_" not in repr((alone, named, given))


def test_the_example_has_each_setting_and_is_right(tmp_path: Path) -> None:
    text = EXAMPLE.read_text("utf-8").replace("/etc/wechat-scheduler", str(tmp_path))
    (tmp_path / "agent.key").write_text("wsk_x")
    (tmp_path / "redis.url").write_text("redis://:x@127.0.0.1:6379/0")
    document = tomllib.loads(text)

    config = read(tmp_path, text)

    assert config.daemon.key == "wsk_x"
    for name, form in {**ONCE, **REPEATED}.items():
        tables = document[name] if name in REPEATED else [document[name]]
        shown = {key for table in tables for key in table}
        hidden = {field for field in form.__struct_fields__ if field not in shown}
        assert {field for field in hidden if field not in text} == set(), name


def test_the_unit_names_what_the_agent_reads() -> None:
    unit = UNIT.read_text("utf-8")

    assert f"agent --config {DEFAULT_FILE}" in unit
    assert f"LoadCredential={CREDENTIAL_NAME}:" in unit
