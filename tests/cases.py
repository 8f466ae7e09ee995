"""The cases of a test that loops over them: a failure names the one it is about."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def raising(error: type[Exception], case: object) -> Iterator[None]:
    """As `pytest.raises`, which says only that nothing was raised."""
    named = f"{case!r:.200}"
    try:
        yield
    except error:
        return
    except Exception as other:
        other.add_note(f"the case is {named}")
        raise
    pytest.fail(f"{named} raises no {error.__name__}")
