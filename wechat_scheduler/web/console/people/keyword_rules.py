"""Shows beside the form of a template which values WeChat takes for each type of keyword."""

from wechat_scheduler.delivery.keywords import TYPES, taken
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.parts import code, table
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

RULES = W("What each keyword takes", "各种关键词能填什么")
TAKES = W("WeChat takes", "微信接受")
OTHERS = W("first, keyword1 and other names", "first、keyword1 等其他名字")
ANYTHING = W(
    "any text; WeChat shows 20 characters of it, and nothing of first and remark",
    "任意文字；微信显示 20 个字符，first 和 remark 不显示",
)
NONE = W("None.", "没有。")


def keyword_rules(visit: Visit) -> Html:
    """Folded: it is long."""
    names = [*(f"{kind}1" for kind in TYPES), "name1", "time1", "date1"]
    rows = [(code(name), visit.told(taken(name))) for name in names]
    rows.append((fill("{others}", others=visit.say(OTHERS)), visit.say(ANYTHING)))
    rules = table(visit, RULES, (terms.KEYWORD, TAKES), rows, empty=NONE)
    return fill(
        "<details><summary>{words}</summary>{rules}</details>", words=visit.say(RULES), rules=rules
    )
