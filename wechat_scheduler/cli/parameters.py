"""Sorts of values on the command line that more than one command takes."""

from datetime import timedelta
from typing import Any

import click

from wechat_scheduler.config import notation


class Duration(click.ParamType[timedelta]):
    """`20s`, `15m`, `1h30m`, as in the configuration."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        try:
            span = notation.DURATION.read(notation.DURATION.from_text(str(value)))
        except ValueError as error:
            self.fail(str(error), param, ctx)
        assert isinstance(span, timedelta)  # noqa: S101 - what this notation reads
        return span


class Pair(click.ParamType[tuple[str, str]]):
    """Two texts with a sign between them, such as `APPID:SECRET`; neither is empty."""

    name = "pair"

    def __init__(self, form: str, sign: str) -> None:
        self._form = form
        self._sign = sign

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        first, _, second = str(value).partition(self._sign)
        if not first or not second:
            self.fail(f"must be {self._form}", param, ctx)
        return first, second
