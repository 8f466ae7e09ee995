"""Who is told of alerts, as the settings spell it."""

import re
from pathlib import Path
from typing import Any

import pytest

from wechat_scheduler.config import loading
from wechat_scheduler.config.alert_targets import AlertForm
from wechat_scheduler.config.changes import LIVE, as_running
from wechat_scheduler.config.settings import SETTINGS, shown
from wechat_scheduler.config.target_notation import MOST_TARGETS
from wechat_scheduler.errors import ConfigError

TARGETS = SETTINGS["alerts.targets"].notation
ROBOT = {
    "name": "ops",
    "kind": "dingtalk",
    "url": "https://oapi.dingtalk.com/robot/send?access_token=tok1",
}
MAIL = {
    "name": "mail",
    "kind": "email",
    "server": "smtps://smtp.example.com:465",
    "from": "a@example.com",
    "to": ["b@example.com"],
}


def loaded(tmp_path: Path, text: str, **environ: str) -> loading.Loaded:
    file = tmp_path / "config.toml"
    file.write_text(text, "utf-8")
    return loading.load(file=file, flags={}, environ={"HOME": "/home/keeper", **environ})


def test_each_target_is_a_table_and_its_secrets_may_be_in_files(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("https://oapi.dingtalk.com/robot/send?access_token=tok1\n")
    (tmp_path / "secret").write_text("SECabc\n")
    text = f"""
        [[alerts.targets]]
        name = "ops"
        kind = "dingtalk"
        url_file = "{tmp_path}/url"
        secret_file = "{tmp_path}/secret"

        [[alerts.targets]]
        name = "boss"
        kind = "follower"
        app = "17"
        to = "alice"
    """

    ops, boss = loaded(tmp_path, text).config.alerts.targets

    assert (ops.kind, ops.url, ops.secret) == (AlertForm.DINGTALK, ROBOT["url"], "SECabc")
    assert (boss.app, boss.to) == (17, ("alice",))


def test_the_environment_has_them_as_json(tmp_path: Path) -> None:
    text = '[{"name": "x", "kind": "wecom", "url": "https://qyapi.weixin.qq.com/x?key=1"}]'

    found = loaded(tmp_path, "", WECHAT_SCHEDULER_ALERTS_TARGETS=text)

    assert [target.name for target in found.config.alerts.targets] == ["x"]


def test_no_secret_is_shown(tmp_path: Path) -> None:
    mail = {**MAIL, "user": "ops", "password": "pass-of-ops"}
    targets = TARGETS.read([{**ROBOT, "secret": "SECabc"}, mail])

    said = TARGETS.show(targets) + repr(targets)

    assert "https://oapi.dingtalk.com/[redacted]" in said
    assert "smtps://smtp.example.com:465" in said
    assert [secret for secret in ("tok1", "SECabc", "pass-of-ops") if secret in said] == []


def test_what_a_running_daemon_shows_changes_nothing_that_is_masked(tmp_path: Path) -> None:
    config = loaded(tmp_path, "").config
    values = {"alerts.targets": TARGETS.show(TARGETS.read([ROBOT]))}

    assert as_running(config, values) == config
    assert as_running(config, shown(config)) == config


def test_a_list_without_secrets_is_read_back_as_it_is_shown() -> None:
    follower = {"name": "boss", "kind": "follower", "app": 17, "to": ["alice"]}
    targets = TARGETS.read([MAIL, follower])

    assert TARGETS.read(TARGETS.from_text(TARGETS.show(targets))) == targets


def test_people_in_china_are_told_in_chinese_unless_the_settings_say_otherwise() -> None:
    follower = {"name": "boss", "kind": "follower", "app": 17, "to": ["alice"]}
    mail = {**MAIL, "name": "mail-zh", "language": "zh"}

    another = {**follower, "name": "x", "language": "en"}
    targets = TARGETS.read([ROBOT, follower, MAIL, mail, another])

    assert [target.language for target in targets] == ["zh", "zh", "en", "zh", "en"]


@pytest.mark.parametrize(
    ("item", "says"),
    [
        ({}, "number 1 needs a name"),
        ({"name": "Ops!"}, "number 1 needs a name"),
        ({"name": "ops"}, "target ops: kind must be one of follower, webhook"),
        ({"name": "ops", "kind": "pager"}, "kind must be one of"),
        ({"name": "ops", "kind": "wecom"}, "target ops: wecom needs url or url_file"),
        ({**ROBOT, "secert": "x"}, "secert is not known; did you mean secret?"),
        ({**ROBOT, "to": "x"}, "to is not known; dingtalk takes url, secret"),
        ({**ROBOT, "url": "oapi.dingtalk.com"}, "url must begin with http:// or https://"),
        ({**ROBOT, "url_file": "/x"}, "give url or url_file, not both"),
        ({**ROBOT, "secret_file": "secret"}, "secret_file must be an absolute path"),
        ({**ROBOT, "secret_file": "/nowhere/secret"}, "no such file or directory"),
        ({**ROBOT, "secret": ""}, "secret must be a string of one line, and not empty"),
        ({**ROBOT, "kind": "webhook", "secret": "SECx"}, "secret must be whsec_ and base64"),
        ({"name": "a", "kind": "follower", "app": "x", "to": "y"}, "app must be the id of an app"),
        (
            {"name": "a", "kind": "follower", "app": 1, "to": []},
            "to must name at least one receiver",
        ),
        ({**MAIL, "server": "smtp.example.com"}, "server must be smtps://HOST:PORT, or smtp://"),
        ({**MAIL, "to": "nobody"}, "'nobody' is not a mail address"),
        ({**MAIL, "language": "de"}, "target mail: language must be one of en, zh"),
        ({**MAIL, "user": "ops"}, "give user and password, or neither"),
        ("ops", "number 1 is a string: write [[alerts.targets]]"),
    ],
    ids=lambda given: str(given)[:40],
)
def test_a_mistake_is_named_with_its_target(item: Any, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        TARGETS.read([item])


def test_two_of_a_name_and_too_many_are_refused() -> None:
    many = [{**ROBOT, "name": f"ops-{number}"} for number in range(MOST_TARGETS + 1)]

    with pytest.raises(ValueError, match="two targets have the name ops"):
        TARGETS.read([ROBOT, ROBOT])
    with pytest.raises(ValueError, match="at most 20"):
        TARGETS.read(many)


def test_a_mistake_in_a_file_of_settings_shows_no_secret(tmp_path: Path) -> None:
    text = """
        [[alerts.targets]]
        name = "ops"
        kind = "dingtalk"
        url = "ftp://oapi.dingtalk.com/robot/send?access_token=tok1"
    """

    with pytest.raises(ConfigError) as wrong:
        loaded(tmp_path, text)

    assert "alerts.targets: target ops: url must begin with http" in str(wrong.value)
    assert "tok1" not in str(wrong.value)


def test_all_of_it_is_taken_over_by_a_reload() -> None:
    assert {path for path in SETTINGS if path.startswith("alerts.")} <= LIVE
