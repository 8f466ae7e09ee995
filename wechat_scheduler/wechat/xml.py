"""Parses the XML of pushes: one level of elements with text.

Uses expat directly, with handlers that refuse what WeChat never sends. Without a DOCTYPE there are no
entities to expand and nothing to fetch; without a tree a document cannot exhaust the memory.
"""

from xml.parsers import expat

from wechat_scheduler.errors import RefusedPushError

# Events nest lists in lists (`SendPicsInfo/PicList/item/PicMd5Sum`), and nothing deeper.
DEEPEST = 8


def elements(document: bytes) -> dict[str, str]:
    """The text of each element below the root, by name; deeper elements are left out.

    Raises RefusedPushError.
    """
    reader = _Reader()
    # Given here, so that a document cannot choose one of Python's codecs.
    parser = expat.ParserCreate("UTF-8")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.refuse_doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(document, True)
    except (expat.ExpatError, ValueError) as error:
        raise RefusedPushError("the XML is broken") from error
    return reader.found


class _Reader:
    """The parser's handlers. It holds no reference to the parser, so that both are freed at once."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self._path: list[str] = []

    def refuse_doctype(self, *_: object) -> None:
        raise RefusedPushError("the XML has a DOCTYPE")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        if len(self._path) > DEEPEST:
            raise RefusedPushError("the XML is nested too deeply")
        if len(self._path) == 2:
            self.found[name] = ""

    def end(self, name: str) -> None:
        self._path.pop()

    def text(self, text: str) -> None:
        if len(self._path) == 2:
            self.found[self._path[1]] += text
