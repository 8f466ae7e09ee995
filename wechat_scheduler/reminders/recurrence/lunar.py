"""The lunar calendar and the solar terms of the years 1900 to 2100."""

from collections.abc import Iterator
from datetime import date

from borax.calendars.lunardate import (
    MAX_LUNAR_YEAR,
    MIN_LUNAR_YEAR,
    TERMS_CN,
    LCalendars,
    LunarDate,
    TermUtils,
)

LAST = 30
"""The longest lunar month. In a month with 29 days, 30 is the last one: 除夕 is 12-30 or 12-29."""

TERMS = tuple(TERMS_CN)
"""The 24 solar terms in the order of the solar year, from 小寒 to 冬至."""


def yearly(year: int, *, month: int, day: int, leap: bool = False) -> tuple[date, ...]:
    """The days of the solar `year` on `day` of the lunar `month`: none, one or two.

    The last lunar months are in the next solar year. `leap` selects the leap month in the years that
    have it, and the regular month in the others, as birthdays in a leap month are celebrated.
    """
    found = (
        _solar(lunar, number, day, inserted)
        for lunar in _lunar_years(year)
        for number, inserted in [(month, leap and LCalendars.leap_month(lunar) == month)]
    )
    return tuple(sorted(each for each in found if each.year == year))


def monthly(year: int, *, day: int) -> tuple[date, ...]:
    """The days of the solar `year` on `day` of any lunar month, leap months included."""
    found = (
        _solar(lunar, month, day, bool(inserted))
        for lunar in _lunar_years(year)
        for month, _, inserted in LCalendars.iter_year_month(lunar)
    )
    return tuple(sorted(each for each in found if each.year == year))


def term(year: int, name: str) -> tuple[date, ...]:
    """The day of the solar term `name` (清明) in `year`, none beyond 2100."""
    if not MIN_LUNAR_YEAR <= year <= MAX_LUNAR_YEAR:
        return ()
    return (TermUtils.nth_term_day(year, term_name=name),)


def _lunar_years(year: int) -> Iterator[int]:
    for lunar in (year - 1, year):
        if MIN_LUNAR_YEAR <= lunar <= MAX_LUNAR_YEAR:
            yield lunar


def _solar(year: int, month: int, day: int, leap: bool) -> date:
    length = LCalendars.ndays(year, month, int(leap))
    solar: date = LunarDate(year, month, min(day, length), int(leap)).to_solar_date()
    return solar
