"""The places in WeChat's consoles are named alike in the code and in the docs."""

import re
from pathlib import Path

from wechat_scheduler.config import consoles
from wechat_scheduler.wechat.errcodes import ERRCODES

ROOT = Path(__file__).parents[2]
PLACES = [place for place in vars(consoles).values() if isinstance(place, str) and "→" in place]
NAMES = "微信开发者平台|公众平台|开放平台"
STEP = r"[\w/、]+(?: 白名单)?"
PATH = re.compile(rf"(?:{NAMES})(?:\s*→\s*{STEP})+")


def test_no_other_file_of_the_code_names_a_place() -> None:
    files = [file for file in (ROOT / "wechat_scheduler").rglob("*.py") if file.stem != "consoles"]

    assert [
        file.name for file in files if re.search(f"(?:{NAMES}) →", file.read_text("utf-8"))
    ] == []


def test_the_docs_name_the_places_of_today() -> None:
    said = {
        (file.name, re.sub(r"\s*→\s*", " → ", path))
        for file in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
        for path in PATH.findall(file.read_text("utf-8"))
    }

    assert said
    assert [path for path in said if not any(path[1] in place for place in PLACES)] == []


def test_a_frozen_secret_takes_ten_minutes_to_thaw() -> None:
    advice = ERRCODES.read("/cgi-bin/token", 40243, "").advice

    assert "up to ten minutes" in advice
    assert consoles.SECRET in advice


def test_the_advice_names_the_place_of_today() -> None:
    cases = [
        (40001, consoles.SECRET),
        (40125, consoles.SECRET),
        (40164, consoles.IP_WHITELIST),
        (45009, consoles.PERMISSIONS),
        (48001, consoles.PERMISSIONS),
        (61004, consoles.PLATFORM_IP_WHITELIST),
        (50007, consoles.NOTIFICATIONS),
    ]

    advice = {errcode: ERRCODES.read("/cgi-bin/token", errcode, "").advice for errcode, _ in cases}

    assert [errcode for errcode, place in cases if place not in advice[errcode]] == []
