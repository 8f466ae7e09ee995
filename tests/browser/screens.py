"""Pictures of every page of the console: `python -m tests.browser.screens FOLDER [--accounts 10000]`.

Each page is a PNG, in both languages, by day and night, wide and narrow; and a sheet of each of these shows all
pages at once. What is wider than its window is said.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

from PIL import Image

from tests.browser.background import Background, background
from tests.browser.chromium import chromium
from tests.browser.furnishing import furnish
from tests.browser.pages import PAGES
from tests.browser.person import Person
from tests.house import SECRET

# Accounts that are registered at once.
TOGETHER = 50
THUMB = 380
HIGHEST = 1400


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--accounts", type=int, default=3)
    parser.add_argument("--only", default="", help="pages whose path has this")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as state, background(Path(state)) as place:
        names = furnish(place)
        place.run(_register(place, chosen.accounts), patience=600)
        with chromium() as driver:
            person = Person(driver, place.url)
            person.sign_in(place.admin_key)
            for form in product((False, True), ("wide", "narrow"), ("en", "zh-CN")):
                _photograph(person, names, chosen.folder, chosen.only, *form)


async def _register(place: Background, accounts: int) -> None:
    """Of each hundred accounts one has a wrong secret."""
    for first in range(0, accounts, TOGETHER):
        await asyncio.gather(  # noqa: TID251 - a program by hand
            *(
                place.town.caller.register(
                    {"type": 0},
                    appid=f"wx{number:016d}",
                    appsecret="wrong" if number % 100 == 1 else SECRET,
                )
                for number in range(first, min(first + TOGETHER, accounts))
            )
        )


def _photograph(
    person: Person,
    names: dict[str, Any],
    folder: Path,
    only: str,
    dark: bool,
    width: str,
    language: str,
) -> None:
    form = f"{language}-{'dark' if dark else 'light'}-{width}"
    person.likes(dark=dark)
    person.sees_through(width)
    person.reads(language)
    pictures = []
    for path in (one for one in PAGES if only in one):
        person.open(path.format(**names))
        if (pixels := person.overflow()) > 0:
            print(f"{form} {path} is {pixels} pixels too wide")
        name = path.strip("/").replace("/", "_").replace("{", "").replace("}", "") or "overview"
        picture = folder / f"{form}-{name}.png"
        picture.write_bytes(person.picture())
        pictures.append(picture)
    for number, sheet in enumerate(_sheets(pictures)):
        sheet.save(folder / f"sheet-{form}-{number}.png")


def _sheets(pictures: list[Path], columns: int = 5, rows: int = 2) -> Iterator[Image.Image]:
    for first in range(0, len(pictures), columns * rows):
        some = pictures[first : first + columns * rows]
        sheet = Image.new("RGB", (columns * THUMB, rows * HIGHEST), "white")
        for number, picture in enumerate(some):
            with Image.open(picture) as whole:
                small = whole.convert("RGB").resize(
                    (THUMB - 8, max(1, whole.height * (THUMB - 8) // whole.width))
                )
            place = (number % columns * THUMB, number // columns * HIGHEST)
            sheet.paste(small.crop((0, 0, small.width, min(small.height, HIGHEST - 8))), place)
        yield sheet


if __name__ == "__main__":
    main()
