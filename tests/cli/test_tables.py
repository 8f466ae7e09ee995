"""Tables on terminals of several widths."""

from rich.text import Text

from tests.cli.commands import invoke
from wechat_scheduler.cli.tables import Column, hanging, table

COLUMNS = (Column("ID"), Column("STATE"), Column("TITLE", may_shrink=True), Column("REASON"))
LONG = "WeChat refuses the message since the user blocks it"
ROWS = (("17", "dead", "Your parcel is here", LONG), ("18", "sent", "您的快递已到达", "-"))


def lines(width: int, rows: tuple[tuple[str, ...], ...] = ROWS) -> list[str]:
    cells = [[Text(cell) for cell in row] for row in rows]
    return [line.plain for line in table(COLUMNS, cells, width)]


def test_a_row_that_fits_is_one_line() -> None:
    assert lines(90) == [
        "ID  STATE  TITLE                REASON",
        f"17  dead   Your parcel is here  {LONG}",
        "18  sent   您的快递已到达       -",
    ]


def test_the_last_column_goes_below_and_a_line_that_would_be_empty_is_left_out() -> None:
    assert lines(60) == [
        "ID  STATE  TITLE",
        "  REASON",
        "17  dead   Your parcel is here",
        f"  {LONG}",
        "18  sent   您的快递已到达",
    ]


def test_a_title_is_cut_before_a_row_is_folded() -> None:
    assert lines(25) == [
        "ID  STATE  TITLE",
        "  REASON",
        "17  dead   Your parcel i…",
        "  WeChat refuses the",
        "  message since the user",
        "  blocks it",
        "18  sent   您的快递已到达",
    ]


def test_a_narrow_terminal_folds_the_row() -> None:
    assert lines(20, ROWS[1:]) == [
        "ID  STATE",
        "  TITLE",
        "  REASON",
        "18  sent",
        "  您的快递已到达",
    ]


def test_no_line_is_wider_than_the_terminal() -> None:
    widest = {width: max(Text(line).cell_len for line in lines(width)) for width in range(10, 100)}

    assert {width: cells for width, cells in widest.items() if cells > width} == {}


def test_a_table_without_rows_is_its_heading() -> None:
    assert lines(80, ()) == ["ID  STATE  TITLE  REASON"]


def test_a_long_text_goes_on_below_its_beginning() -> None:
    found = hanging(Text("FAIL  dns  "), "the host has no address", 24)

    assert [line.plain for line in found] == ["FAIL  dns  the host has", "           no address"]


def test_no_line_of_a_long_text_is_wider_than_the_terminal() -> None:
    text = "the host has 没有地址 at https://host.example.com/"
    found = {width: hanging(Text("FAIL  dns  "), text, width) for width in range(12, 60)}

    widest = {width: max(line.cell_len for line in shown) for width, shown in found.items()}
    assert {width: cells for width, cells in widest.items() if cells > width} == {}


LISTS = [
    "jobs list", "keys list", "apps list", "apps topics", "apps subscribers", "apps uses", "nodes",
    "apps templates list", "messages list", "deliveries list", "deliveries watch", "reminders list",
    "audit",
]  # fmt: skip


def test_the_help_of_a_list_says_what_a_pipe_gets_in_place_of_spaces() -> None:
    said = {words: " ".join(invoke(*words.split(), "--help").out.split()) for words in LISTS}

    promise = "_ for each space but in the last column"
    assert [words for words, text in said.items() if promise not in text] == []
