"""Plots are bars of SVG, with a table that has the same numbers."""

from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element, fromstring

import pytest

from wechat_scheduler.web.console.parts import table
from wechat_scheduler.web.console.plots import PlotTimes, PlotValues, plot
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.pages.markup import fill

BEGIN = datetime(2026, 11, 17, 16, tzinfo=UTC)  # midnight in Shanghai
FRESH, FAILED = Words("refreshed", "成功"), Words("failed", "失败")


class Reader:
    """What a plot needs of a visit."""

    def say(self, words: Words, /, **values: object) -> str:
        return words.en.format(**values)


def drawn(*series: PlotValues, days: bool = False) -> Element:
    step = timedelta(days=1) if days else timedelta(hours=1)
    begins = [BEGIN + step * place for place in range(len(series[0].values))]
    times = PlotTimes(begins, are_days=days)
    html = plot(Reader(), Words("Refreshes", "刷新"), times, series)  # type: ignore[arg-type]
    return fromstring(f"<div>{html}</div>")


def bars(figure: Element, tone: str) -> list[tuple[float, float]]:
    """The top and the height of each."""
    return [
        (float(one.attrib["y"]), float(one.attrib["height"]))
        for one in figure.iter("rect")
        if one.attrib["class"] == tone
    ]


def texts(figure: Element, tag: str) -> list[str]:
    return ["".join(one.itertext()) for one in figure.iter(tag)]


def test_bars_stand_on_one_another_and_the_largest_is_as_high_as_the_plot() -> None:
    figure = drawn(
        PlotValues(FRESH, "good", [10, 0, 30, 0]), PlotValues(FAILED, "bad", [0, 0, 10, 0])
    )

    assert bars(figure, "good") == [(75, 25), (25, 75)]
    assert bars(figure, "bad") == [(0, 25)]
    assert texts(figure, "title") == [
        "11-18 00:00 · refreshed 10",
        "11-18 02:00 · refreshed 30, failed 10",
    ]
    assert "most 40" in texts(figure, "p")


def test_one_among_thousands_is_seen_and_no_bar_leaves_the_plot() -> None:
    figure = drawn(PlotValues(FRESH, "good", [9_999]), PlotValues(FAILED, "bad", [1]))

    ((good_top, good_height),) = bars(figure, "good")
    ((bad_top, bad_height),) = bars(figure, "bad")

    assert good_top + good_height == 100
    assert bad_top == 0
    assert bad_height > 0


def test_the_table_behind_has_the_numbers_the_newest_first_without_empty_hours() -> None:
    figure = drawn(
        PlotValues(FRESH, "good", [1, 0, 1_234, 0]), PlotValues(FAILED, "bad", [0, 0, 2, 0])
    )

    assert texts(figure, "th") == ["Hour", "refreshed", "failed"]
    assert texts(figure, "td") == ["11-18 02:00", "1,234", "2", "11-18 00:00", "1", "0"]
    assert texts(figure, "caption") == ["Refreshes"]
    (svg,) = figure.iter("svg")
    assert svg.attrib["aria-hidden"] == "true"


def test_days_are_named_by_their_dates() -> None:
    figure = drawn(PlotValues(FRESH, "good", [1] * 8), days=True)

    assert texts(figure, "span")[:4] == ["11-18", "11-20", "11-22", "11-24"]
    assert texts(figure, "td")[0] == "2026-11-25"


def test_nothing_is_a_sentence_without_a_plot() -> None:
    figure = drawn(PlotValues(FRESH, "good", [0] * 24))

    assert [one.tag for one in figure] == ["p"]
    assert texts(figure, "p") == ["Nothing in this time."]


@pytest.mark.parametrize(
    ("cell", "length"),
    [
        ("12/1000", "number"),
        ("24 毫秒", "short"),
        (fill('<a href="/a/long/address">{title}</a>', title="第1条，测试 & 更多"), "short"),
        ("第1条，测试第1条，测试", None),
        ("/cgi-bin/message/template/send: 47003", None),
    ],
)
def test_a_short_cell_of_a_table_stays_in_one_line(cell: str, length: str | None) -> None:
    caption = Words("Times", "次数")

    html = table(Reader(), caption, [caption], [[cell]], empty=caption)  # type: ignore[arg-type]  # it only says words

    (shown,) = fromstring(html).iterfind(".//td/div")
    assert shown.get("class") == length
