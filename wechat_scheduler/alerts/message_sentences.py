"""The title and the lines of a message about alerts."""

from typing import Final

from wechat_scheduler.engine.sentences import Sentence

TITLE: Final = Sentence("wechat-scheduler: {what}", "wechat-scheduler：{what}")
A_TEST: Final = Sentence("test", "测试")
ALERTS: Final = Sentence("1 alert", "1 条告警"), Sentence("{count:d} alerts", "{count} 条告警")
ALL_CLEARS: Final = (
    Sentence("1 all-clear", "1 条解除"),
    Sentence("{count:d} all-clears", "{count} 条解除"),
)
WARNING: Final = Sentence("warning", "警告")
CRITICAL: Final = Sentence("critical", "紧急")
COMMA: Final = Sentence(", ", "，")
COLON: Final = Sentence(": ", "：")
FIRES: Final = Sentence(
    "[{severity}] {wrong}. To do: {advice}.", "[{severity}] {wrong}。处理：{advice}。"
)
WORSENS: Final = Sentence(
    "[worse, {severity}] {wrong}. To do: {advice}.", "[加重，{severity}] {wrong}。处理：{advice}。"
)
REMINDS: Final = Sentence(
    "[still, {severity}] {wrong}. To do: {advice}.",
    "[仍未解决，{severity}] {wrong}。处理：{advice}。",
)
CLEARS: Final = Sentence(
    "[over] It is all right again. It was: {wrong}.", "[已解除] 已恢复正常。之前的问题：{wrong}。"
)
TESTS: Final = Sentence("[test] {wrong}.", "[测试] {wrong}。")
MORE: Final = Sentence(
    "… and {count:d} more: {place}, or GET /v1/alerts",
    "……另有 {count} 条：{place}，或 GET /v1/alerts",
)
