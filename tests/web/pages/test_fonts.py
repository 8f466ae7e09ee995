import sys
from pathlib import Path

import pylopdf_fonts_zh_cn
import pytest

from wechat_scheduler.errors import UnavailableError
from wechat_scheduler.web.pages.fonts import Font, find_font

PACKAGED = Font(pylopdf_fonts_zh_cn.sans_path())


@pytest.fixture
def fc_match(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fontconfig of our own, the only program on the PATH."""
    program = tmp_path / "fc-match"
    monkeypatch.setenv("PATH", str(tmp_path))
    return program


def says(program: Path, answer: str) -> None:
    program.write_text(f"#!{sys.executable}\nprint({answer!r}, end='')\n")
    program.chmod(0o755)


def test_fontconfig_chooses_a_font_with_chinese(fc_match: Path) -> None:
    says(fc_match, "/fonts/NotoSansCJK-Regular.ttc\t2\ten|ja|zh-cn|zh-tw")

    assert find_font("") == Font(Path("/fonts/NotoSansCJK-Regular.ttc"), 2)


def test_the_packaged_font_is_taken_where_fontconfig_has_no_chinese(fc_match: Path) -> None:
    without_fontconfig = find_font("")
    for answer in ("/fonts/DejaVuSans.ttf\t0\ten|de", "", "nonsense"):
        says(fc_match, answer)

        assert find_font("") == PACKAGED, answer
    assert without_fontconfig == PACKAGED


def test_without_any_font_every_remedy_is_named(
    fc_match: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, pylopdf_fonts_zh_cn.__name__, None)

    with pytest.raises(UnavailableError) as refusal:
        find_font("")

    for remedy in ("pylopdf-fonts-zh-cn", "fontconfig fonts-noto-cjk", "reminders.font"):
        assert remedy in str(refusal.value)


def test_a_configured_font_is_taken_as_it_is(tmp_path: Path) -> None:
    font = tmp_path / "brand.otf"
    font.touch()

    assert find_font(str(font)) == Font(font)


def test_a_configured_font_that_is_missing_is_named() -> None:
    with pytest.raises(UnavailableError, match=r"/nowhere/brand\.otf does not exist"):
        find_font("/nowhere/brand.otf")
