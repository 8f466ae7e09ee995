"""Checks names, texts, links, time zones, networks and addresses in bodies."""

from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_network
from typing import Annotated, Final, TypeAlias

import msgspec

from wechat_scheduler.access.model import Network
from wechat_scheduler.audience.addresses import NO_WEB_ADDRESS, is_web_address
from wechat_scheduler.config.zones import named_zone
from wechat_scheduler.engine.sentences import Sentence
from wechat_scheduler.engine.wrong_fields import WrongFields
from wechat_scheduler.errors import InvalidRequestError

EACH_NETWORK: Final = Sentence(
    "is not a network such as 10.0.0.0/8: give each by itself",
    "不是网段，例如 10.0.0.0/8：请逐个填写",
)
NO_NETWORK: Final = Sentence("is not a network such as 10.0.0.0/8", "不是网段，例如 10.0.0.0/8")
WHOLE_NETWORK: Final = Sentence(
    "is not a network such as 10.0.0.0/8: write {whole}, or {alone} alone",
    "不是网段，例如 10.0.0.0/8：请写 {whole}，或只写 {alone}",
)
APP_NAMESAKE: Final = Sentence(
    "another app has the name {name} already (ids: {ids})", "已有另一个应用叫 {name}（编号：{ids}）"
)
TOPIC_NAMESAKE: Final = Sentence(
    "another topic has the name {name} already (ids: {ids})",
    "已有另一个主题叫 {name}（编号：{ids}）",
)
KEY_NAMESAKE: Final = Sentence(
    "another key has the name {name} already (ids: {ids})",
    "已有另一个 API key 叫 {name}（编号：{ids}）",
)
LONGEST_NAME = 64

Name: TypeAlias = Annotated[
    str, msgspec.Meta(extra_json_schema={"minLength": 1, "maxLength": LONGEST_NAME})
]


def read_name(value: str, field: str) -> str:
    """The name without blanks around it. Raises InvalidRequestError."""
    name = value.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise InvalidRequestError(f"must be 1 to {LONGEST_NAME} printable characters", field=field)
    return name


def note_on_namesakes(note: Sentence, name: str, ids: Iterable[object]) -> str:
    """The `note` that others have the name already; empty if none has."""
    said = ", ".join(map(str, ids))
    return note.fill(name=name, ids=said) if said else ""


def read_text(value: str, field: str, *, longest: int) -> str:
    """A text without a NUL, which PostgreSQL does not store. Raises InvalidRequestError."""
    if len(value) > longest:
        raise InvalidRequestError(f"must not be longer than {longest} characters", field=field)
    if "\0" in value:
        raise InvalidRequestError("must not have a NUL in it", field=field)
    return value


def read_link(value: str, field: str) -> str:
    """An address of up to 1000 characters that is shown to people, in any alphabet, or empty. Raises InvalidRequestError."""
    if not value:
        return value
    read_text(value, field, longest=1000)
    if not is_web_address(value):
        raise InvalidRequestError(NO_WEB_ADDRESS, field=field)
    return value


def read_zone(value: str, field: str) -> str:
    """The name of a time zone. Raises InvalidRequestError."""
    try:
        return named_zone(value).key
    except (KeyError, ValueError, OSError) as error:  # an unknown name, a bad path, or a folder
        raise InvalidRequestError(
            "is not a time zone such as Asia/Shanghai", field=field
        ) from error


def read_networks(given: list[str]) -> Sequence[Network]:
    """Raises InvalidRequestError, which tells of each text that is not a network."""
    found, wrong = list[Network](), WrongFields()
    for number, text in enumerate(given):
        with wrong:
            found.append(_read_network(text, f"networks[{number}]"))
    wrong.check()
    return found


def _read_network(text: str, field: str) -> Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise InvalidRequestError(_why_no_network(text), field=field) from error


def _why_no_network(text: str) -> str:
    if "," in text or " " in text.strip():
        return EACH_NETWORK.en
    try:
        whole = ip_network(text, strict=False)
    except ValueError:
        return NO_NETWORK.en
    return WHOLE_NETWORK.fill(whole=whole, alone=text.partition("/")[0])


def check_address(url: str, field: str, check_url: Callable[[str], None]) -> None:
    """Raises InvalidRequestError for an address that must not be called; an empty one is accepted."""
    if not url:
        return
    try:
        check_url(url)
    except ValueError as error:
        raise InvalidRequestError(str(error), field=field) from error
