"""The notes of messages and deliveries, as columns hold them."""

import msgspec

_encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(tuple[str, ...])


def notes_text(notes: tuple[str, ...]) -> str:
    return _encode(notes).decode() if notes else ""


def notes_of(text: str) -> tuple[str, ...]:
    return _decoder.decode(text) if text else ()
