"""Counts the sentences of a table that are read right: `python -m tests.reminders.language.figures stranger`.

`stranger.toml` was written by an author who had not seen the parser, and was run once before any
change. In that run 490 of its 544 sentences were right in every part (90.1 %): 332 of 353 one-off
times (94 %), 84 of 86 rules (98 %), 405 of 439 titles (92 %) and 88 of 105 refusals (84 %). Fourteen
that should have been refused got a time: six of 50 impossible ones (12月第五个周一, 负5分钟后), six of 11
ambiguous ones (每周三次, 三四点, 两三天后), 看《九点半》 and 一百万天后.

Then twelve expectations were widened where a second reading is as right (明年今天 at this hour, 每天三次 at
meals), and the parser was corrected. Today's count shows regressions; it no longer measures how well
the parser reads new sentences.
"""

import sys
from collections import Counter

from tests.reminders.language.sentences import sentences


def main(table: str = "sentences") -> None:
    """Print the figures by kind, and what was read otherwise."""
    right, all_of = Counter[str](), Counter[str]()
    for sentence in sentences(table):
        misread = sentence.misread()
        all_of[sentence.kind] += 1
        right[sentence.kind] += not misread
        for key, (got, wanted) in misread.items():
            print(f"  {sentence.kind:20} {sentence.text}: {key} {_told(wanted)} <> {got!s}")
    for kind, total in all_of.items():
        print(f"{kind:20} {right[kind]:3} / {total:3}  {right[kind] / total:4.0%}")
    print(
        f"{'all':20} {right.total():3} / {all_of.total():3}  {right.total() / all_of.total():.1%}"
    )


def _told(wanted: list[object]) -> str:
    return " | ".join(map(str, wanted))


if __name__ == "__main__":
    main(*sys.argv[1:])
