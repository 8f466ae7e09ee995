"""Shows a message as a mapping would fill it in."""

from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.keyword_lines import named_keyword
from wechat_scheduler.web.console.parts import advice, aside, joined, table
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.templates import AccountTemplateResult, PreviewResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

SHOWN = W("What WeChat gets", "微信收到的内容")
CUT = W("shortened", "已截短")
NOTHING = W("Nothing would be sent.", "什么也不会发送。")


def mapping_preview(
    visit: Visit, preview: PreviewResult, account: AccountTemplateResult | None
) -> Html:
    labels = account.labels if account else {}
    rows = [
        (
            named_keyword(keyword, labels),
            fill(
                "{text}{cut}", text=text, cut=when(keyword in preview.shortened, aside(visit, CUT))
            ),
        )
        for keyword, text in preview.data.items()
    ]
    doubts = [
        advice(visit, f"{keyword} {visit.told(doubt)}") for keyword, doubt in preview.doubts.items()
    ]
    shown = table(visit, terms.PREVIEW, (terms.KEYWORD, SHOWN), rows, empty=NOTHING)
    return joined([*doubts, shown])
