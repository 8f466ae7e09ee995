"""The full form of `tests/sending/test_kills.py`: `pytest -s tests/endurance/messages.py`.

`-k texts` takes two to four minutes on two cores. Of 2,000 texts, which three kills met, on SQLite and
PostgreSQL: "repeated: 0 never shown, 32 to 60 twice", all of them marked; "at most once: 1 to 22 never
shown, 0 twice", all of them dead with their reason. Two kills in a row may meet the same texts: those
that WeChat heard of neither time are never shown, dead, and say so.
"""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.sending.kills import Post, survives


@pytest.mark.parametrize("seed", range(10))
async def test_two_thousand_templates_are_each_shown_once(
    tmp_path: Path, database_url: str, seed: int
) -> None:
    ending = await survives(
        tmp_path, "template", people=2_000, kills=1, seed=seed, database=database_url
    )

    shown = sum(ending.shown.values())
    print(f"seed {seed}: {shown} shown, {len(ending.never)} lost, {len(ending.twice)} twice")
    assert shown == 2_000


@pytest.mark.parametrize("at_most_once", [False, True])
@pytest.mark.parametrize("seed", range(3))
async def test_two_thousand_texts_are_repeated_once_and_marked_or_never(
    tmp_path: Path, database_url: str, seed: int, at_most_once: bool
) -> None:
    ending = await survives(
        tmp_path, "text",
        people=2_000, kills=3, seed=seed, at_most_once=at_most_once, database=database_url,
    )  # fmt: skip

    risk = "at most once" if at_most_once else "repeated"
    print(f"seed {seed}, {risk}: {len(ending.never)} never shown, {len(ending.twice)} twice")


async def test_a_notice_is_on_the_phone_in_less_than_a_second(tmp_path: Path) -> None:
    async with Post(tmp_path, people=1, kills=0, seed=1) as post, post.start() as daemon:
        await post.open_shop(daemon)
        took = [await post.notice(daemon) for _ in range(20)]

    print(f"a notice took {_ms(sorted(took)[10])} in the median, {_ms(max(took))} at most")
    assert max(took) < timedelta(seconds=1)


def _ms(took: timedelta) -> str:
    return f"{took / timedelta(milliseconds=1):.1f} ms"
