"""Folds filters away where they would fill a narrow screen."""

from wechat_scheduler.web.console.parts import search
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

FILTERS = W("Filters", "筛选条件")


def folded_search(visit: Visit, action: str, fields: Html, *, is_open: bool) -> Html:
    """`search`, folded away unless it is open: so many filters fill a narrow screen."""
    return fill(
        "<details{open}><summary>{filters}</summary>{form}</details>",
        open=when(is_open, fill(" open")),
        filters=visit.say(FILTERS),
        form=search(visit, action, fields),
    )
