"""Credential types as callers write them: the seed's numbers, or their names."""

# A kind without a number goes by its name alone.
NUMBERS = {
    0: "access_token",
    1: "jsapi_ticket",
    2: "oauth2_access_token",
    3: "component_access_token",
    4: "authorizer_access_token",
}
KINDS = frozenset((*NUMBERS.values(), "wx_card_ticket"))
# Whatever a type goes by in a path; in a body a number may also be one.
TYPES = (*map(str, NUMBERS), *sorted(KINDS))
_NUMBER_OF = {kind: number for number, kind in NUMBERS.items()}


def kind_of(text: str) -> str:
    """The kind meant by `1` or `jsapi_ticket`; what is neither stays as it is."""
    if text.isascii() and text.isdecimal() and len(text) < 4:
        return NUMBERS.get(int(text), text)
    return text


def number_of(kind: str) -> int | None:
    return _NUMBER_OF.get(kind)


def type_of(kind: str) -> str:
    """What `type=` says in calls to business systems."""
    return str(_NUMBER_OF.get(kind, kind))
