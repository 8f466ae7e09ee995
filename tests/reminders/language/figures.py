"""What becomes of the sentences of each table: `python -m tests.reminders.language.figures`.

`stranger.toml` was written by an author who had not seen the parser, and was run once before any
change. In that run 490 of its 544 sentences were right in every part (90.1 %). Since then the parser was
corrected by it: its figures show regressions, and no longer measure how well new sentences are read.
"""

import sys
from collections import Counter

from tests.reminders.language.sentences import Outcome, sentences

TABLES = ("sentences", "kinds", "stranger")


def main(*tables: str) -> None:
    """Print the figures of each table, and the sentences that are not right."""
    for table in tables or TABLES:
        outcomes = Counter[Outcome]()
        for sentence in sentences(table):
            outcome = sentence.outcome()
            outcomes[outcome] += 1
            if outcome is not Outcome.RIGHT:
                print(f"  {outcome:15} {sentence.kind:18} {sentence.text}: {sentence.misread()}")
        total = outcomes.total()
        told = ", ".join(f"{outcomes[each]} {each}" for each in Outcome)
        print(f"{table}: {total} sentences: {told} ({outcomes[Outcome.RIGHT] / total:.1%} right)")


if __name__ == "__main__":
    main(*sys.argv[1:])
