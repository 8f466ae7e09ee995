"""Secrets at rest, and the keys that open them."""

import os
from pathlib import Path

import pytest

from tests.databases import Open
from wechat_scheduler.errors import SealingError
from wechat_scheduler.storage import sealing_keys
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.sealing import Sealer, verify_sealing
from wechat_scheduler.storage.sealing_keys import load_or_create_keys, new_key, parse_keys

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
PLACE = "job:wx1/access_token/:credential"


def test_what_was_sealed_opens_again() -> None:
    sealer = Sealer([NEW])

    sealed = sealer.seal("令牌 token", context=PLACE)

    assert sealed.startswith(f"s1.{sealer.key_id}.")
    assert "token" not in sealed
    assert sealer.open(sealed, context=PLACE) == "令牌 token"


def test_the_same_text_is_sealed_differently_each_time() -> None:
    sealer = Sealer([NEW])

    assert sealer.seal("same", context=PLACE) != sealer.seal("same", context=PLACE)


def test_an_older_key_still_opens_and_the_newest_seals() -> None:
    old, both = Sealer([OLD]), Sealer([NEW, OLD])

    assert both.open(old.seal("text", context=PLACE), context=PLACE) == "text"
    assert Sealer([NEW]).open(both.seal("text", context=PLACE), context=PLACE) == "text"


def test_a_sealed_text_is_refused_in_another_place() -> None:
    sealed = Sealer([NEW]).seal("text", context=PLACE)

    with pytest.raises(SealingError, match="changed or moved"):
        Sealer([NEW]).open(sealed, context="job:wx2/access_token/:credential")


@pytest.mark.parametrize("position", [12, 30, -4])
def test_a_changed_text_is_refused(position: int) -> None:
    sealed = Sealer([NEW]).seal("text", context=PLACE)
    other = "B" if sealed[position] == "A" else "A"
    changed = f"{sealed[:position]}{other}{sealed[position:][1:]}"

    with pytest.raises(SealingError, match="changed or moved"):
        Sealer([NEW]).open(changed, context=PLACE)


@pytest.mark.parametrize("body", ["", "AA==", "%%%", "é", "A" * 15])
def test_a_text_that_was_cut_or_mangled_is_refused(body: str) -> None:
    sealer = Sealer([NEW])

    with pytest.raises(SealingError, match="changed or moved"):
        sealer.open(f"s1.{sealer.key_id}.{body}", context=PLACE)


@pytest.mark.parametrize("text", ["", "plain", "s2.00000000.AAAA"])
def test_what_was_never_sealed_is_refused(text: str) -> None:
    with pytest.raises(SealingError, match="not a sealed text"):
        Sealer([NEW]).open(text, context=PLACE)


def test_a_lost_key_is_named() -> None:
    old = Sealer([OLD])

    with pytest.raises(SealingError, match=f"key is lost: .* with key {old.key_id} cannot"):
        Sealer([NEW]).open(old.seal("text", context=PLACE), context=PLACE)


def test_a_sealer_shows_no_key() -> None:
    assert repr(Sealer([OLD])) == f"Sealer(key_ids=['{Sealer([OLD]).key_id}'])"


def test_a_missing_key_file_is_made_once_and_only_for_us(tmp_path: Path) -> None:
    path = tmp_path / "sealing.key"

    made, loaded = load_or_create_keys(path, create=True), load_or_create_keys(path, create=False)

    assert loaded.key_id == made.key_id
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["sealing.key"]


def test_a_missing_key_file_is_refused_where_none_may_be_made(tmp_path: Path) -> None:
    with pytest.raises(SealingError, match=r"sealing\.key: No such file"):
        load_or_create_keys(tmp_path / "sealing.key", create=False)


def test_the_first_line_of_the_key_file_is_the_newest_key(tmp_path: Path) -> None:
    first, second = new_key(), new_key()

    sealer = parse_keys(f"{first}\n\n{second}\n", source="the environment")

    assert sealer.key_id == parse_keys(first, source="").key_id
    assert sealer.open(parse_keys(second, source="").seal("x", context=""), context="") == "x"


@pytest.mark.parametrize(
    "text",
    ["", "not base64 at all!", "c2hvcnQ=", f"{new_key()}\nc2hvcnQ="],
    ids=["empty", "not base64", "short", "short after a good one"],
)
def test_a_malformed_key_file_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sealing.key"
    path.write_text(text)
    path.chmod(0o600)

    with pytest.raises(SealingError, match="one base64 key of 32 bytes per line") as refusal:
        load_or_create_keys(path, create=True)

    assert str(path) in str(refusal.value)
    assert "c2hvcnQ" not in str(refusal.value)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_file_that_others_can_use_is_refused_with_the_remedy(
    tmp_path: Path, mode: int
) -> None:
    path = tmp_path / "sealing.key"
    load_or_create_keys(path, create=True)
    path.chmod(mode)

    with pytest.raises(SealingError, match=f"chmod 600 {path}"):
        load_or_create_keys(path, create=True)


def test_a_key_that_systemd_gives_the_service_may_show_the_mask_of_its_acl(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing_keys, "GIVEN_BY_SYSTEMD", tmp_path)
    path = tmp_path / "wechat-scheduler.service" / "sealing.key"
    path.parent.mkdir()
    path.write_text(new_key())
    path.chmod(0o440)

    sealer = load_or_create_keys(path, create=False)

    assert sealer.key_id


async def test_a_database_is_verified_with_the_keys_that_sealed_it(database: Database) -> None:
    await verify_sealing(database, Sealer([OLD]))
    await verify_sealing(database, Sealer([NEW, OLD]))

    await verify_sealing(database, Sealer([OLD, NEW]))


async def test_a_database_whose_key_is_lost_is_refused_and_stays_as_it_was(
    open_again: Open,
) -> None:
    await verify_sealing(await open_again(), Sealer([OLD]))

    with pytest.raises(
        SealingError, match=f"lost: what was sealed with key {Sealer([OLD]).key_id}"
    ):
        await verify_sealing(await open_again(), Sealer([NEW]))

    await verify_sealing(await open_again(), Sealer([OLD]))


async def test_adding_a_key_makes_it_needed_too(database: Database) -> None:
    await verify_sealing(database, Sealer([OLD]))
    await verify_sealing(database, Sealer([NEW, OLD]))

    with pytest.raises(SealingError, match=Sealer([NEW]).key_id):
        await verify_sealing(database, Sealer([OLD]))
