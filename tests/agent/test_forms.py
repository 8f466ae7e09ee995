"""What a file contains: the fields of a template, and what stays as it is written."""

import shlex
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.agent.workshop import TOKEN, kept
from tests.clock import FakeClock
from wechat_scheduler.agent import forms
from wechat_scheduler.agent.values import WantedCredential

TICKET = WantedCredential(
    name="ticket", appid="wx2", kind="jsapi_ticket", subject="wx3", variable="WECHAT_TICKET"
)
CLOCK = FakeClock()
ONE = (kept("t1", CLOCK, version=7),)
TWO = (*ONE, kept("t2", CLOCK, version=8, life=timedelta(hours=1), wanted=TICKET))


@pytest.mark.parametrize(
    ("template", "content"),
    [
        ("{value}", "t1"),
        ("token={value};\n", "token=t1;\n"),
        ("{expires_at} {expires_unix}", "2026-11-18T04:30:00Z 1794976200"),
        ("{version} {appid} {type} [{subject}]", f"7 {TOKEN.appid} access_token []"),
        ("{access_token.value}", "t1"),
        ('{"a": {"b": "{value}"}}', '{"a": {"b": "t1"}}'),
        ("location / { proxy_set_header X {value}; }", "location / { proxy_set_header X t1; }"),
        ("${HOME} {{value}} {0} {}", "${HOME} {t1} {0} {}"),
        ("密钥 {value}", "密钥 t1"),
    ],
)
def test_a_field_is_filled_and_all_else_stays(template: str, content: str) -> None:
    assert forms.mistakes(template, ["access_token"]) == []
    assert forms.filled(template, ONE).decode() == content


def test_a_template_names_the_credentials_of_a_file_that_has_several() -> None:
    template = "{access_token.value} {ticket.value} {ticket.subject}"

    assert forms.mistakes(template, ["access_token", "ticket"]) == []
    assert forms.filled(template, TWO) == b"t1 t2 wx3"


@pytest.mark.parametrize(
    ("template", "names", "sentence"),
    [
        ("", ["a"], "the template has no field such as {value}"),
        ("no field", ["a"], "the template has no field such as {value}"),
        ("{vlaue}", ["a"], "{vlaue} is not a field; did you mean {value}?"),
        ("{value} {expire_at}", ["a"], "{expire_at} is not a field; did you mean {expires_at}?"),
        (
            "{b.value}",
            ["a"],
            "{b.value}: the file has no credential named b; did you mean {a.value}?",
        ),
        ("{value}", ["a", "b"], "{value}: the file has several credentials; write {a.value}"),
    ],
)
def test_a_template_that_would_fill_nothing_is_refused(
    template: str, names: list[str], sentence: str
) -> None:
    assert forms.mistakes(template, names) == [sentence]


@settings(max_examples=25)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_a_shell_reads_from_a_dotenv_file_what_was_written(value: str) -> None:
    content = forms.as_dotenv((kept(value, CLOCK),)).decode()

    (name, _, read) = shlex.split(content)[0].partition("=")
    assert (name, read) == ("WECHAT_ACCESS_TOKEN", value)


def test_a_value_appears_in_no_text_of_the_object() -> None:
    assert "t1" not in repr(ONE[0])
