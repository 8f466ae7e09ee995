import sys
from pathlib import Path

import pytest

from wechat_scheduler.errors import UnavailableError
from wechat_scheduler.web.compat.wecron.posters import Posters
from wechat_scheduler.web.pages.fonts import Font, find_font
from wechat_scheduler.web.pages.poster import Poster
from wechat_scheduler.web.pages.qr import qr_image


@pytest.fixture
def fc_match(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fontconfig of our own, the only program there is: it says what is written into it."""
    program = tmp_path / "fc-match"
    monkeypatch.setenv("PATH", str(tmp_path))
    return program


def says(program: Path, answer: str) -> None:
    program.write_text(f"#!{sys.executable}\nprint({answer!r}, end='')\n")
    program.chmod(0o755)


def test_fontconfig_chooses_a_font_with_chinese(fc_match: Path) -> None:
    says(fc_match, "/fonts/NotoSansCJK-Regular.ttc\t2\ten|ja|zh-cn|zh-tw")

    assert find_font("") == Font(Path("/fonts/NotoSansCJK-Regular.ttc"), 2)


@pytest.mark.parametrize("answer", ["/fonts/DejaVuSans.ttf\t0\ten|de", "", "nonsense", None])
def test_without_a_chinese_font_the_package_to_install_is_named(
    fc_match: Path, answer: str | None
) -> None:
    if answer is not None:
        says(fc_match, answer)

    with pytest.raises(UnavailableError, match="fonts-noto-cjk"):
        find_font("")


def test_a_configured_font_is_taken_as_it_is(tmp_path: Path) -> None:
    font = tmp_path / "brand.otf"
    font.touch()

    assert find_font(str(font)) == Font(font)


def test_a_configured_font_that_is_missing_is_named() -> None:
    with pytest.raises(UnavailableError, match=r"/nowhere/brand\.otf does not exist"):
        find_font("/nowhere/brand.otf")


async def test_without_pillow_posters_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIL", "wechat_scheduler.web.pages.poster_layout"):
        monkeypatch.setitem(sys.modules, name, None)

    with pytest.raises(UnavailableError, match=r"wechat-scheduler\[poster\]"):
        await Posters("", most=1).png(Poster(sharer="a", text="a", qr="a"))


def test_without_pillow_a_code_is_a_png_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)

    body, content_type = qr_image("a")

    assert content_type == "image/png"
    assert body.startswith(b"\x89PNG")
