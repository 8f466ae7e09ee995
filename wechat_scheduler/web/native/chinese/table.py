"""The Chinese of what our own API says of itself in `/openapi.json`. The English stands where a route, a parameter or a
field is defined; a sentence has one entry here, in the module of its room."""

from collections.abc import Mapping
from typing import Final

from wechat_scheduler.engine.sentences import Sentence
from wechat_scheduler.web.native.chinese import (
    fields_of_access,
    fields_of_audience,
    fields_of_credentials,
    fields_of_sending,
    fields_of_watching,
    parameters,
    routes,
)

TABLES: Final[tuple[Mapping[str, str], ...]] = (
    routes.BOTH,
    parameters.BOTH,
    fields_of_credentials.BOTH,
    fields_of_access.BOTH,
    fields_of_audience.BOTH,
    fields_of_sending.BOTH,
    fields_of_watching.BOTH,
)


def _literal(text: str) -> str:
    """Braces in it are its own, and no names of values."""
    return text.replace("{", "{{").replace("}", "}}")


SENTENCES: Final = tuple(
    Sentence(_literal(english), _literal(chinese))
    for table in TABLES
    for english, chinese in table.items()
)
