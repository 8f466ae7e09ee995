"""The settings of alerts as a page shows them: who is told, and which rules hold."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from wechat_scheduler.config.alert_targets import AlertForm
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.alerts.adding import adding
from wechat_scheduler.web.console.alerts.wording import KINDS, RULES
from wechat_scheduler.web.console.durations import duration
from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.parts import Cell, code, joined, state, table, with_code
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.settings import SettingResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

WHO, RULES_HEAD = W("Who is told", "告诉谁"), W("Rules", "规则")
NOTHING_WRONG = W("No rules.", "没有规则。")
NO_TARGETS = W(
    "Alerts are listed here and not sent to anyone yet. Add a group, a mailbox or a person: the lines to write are below.",
    "告警只在这里列出，还没有告诉任何人。请添加群、邮箱或人：要写的内容见下面。",
)
# Of `config show`.
REDACTED, HIDDEN = "[redacted]", W("[redacted]", "［已隐藏］")
ONLY_FOLLOWERS = W(
    "Alerts go to WeChat alone. They need the access_token of the same account: if that fails, no message arrives. Add a second "
    "target of another kind: a robot of a group, a mailbox or a webhook.",
    "告警只通过微信发送，需要同一个账号的 access_token：它失效时，谁也收不到。请再加一个别的形式的目标：群机器人、邮箱或 webhook。",
)
CHANGE = W(
    "Change them under [alerts] in the configuration file; a reload takes them over: `systemctl reload wechat-scheduler`.",
    "在配置文件的 [alerts] 里修改，重新读取后生效：`systemctl reload wechat-scheduler`。",
)
FORM, PLACE, TEST = W("Form", "形式"), W("Where", "去向"), W("Test", "测试")
READS = W("Language", "语言")
LANGUAGES: Final[Mapping[str, Words]] = {"en": W("English", "英文"), "zh": W("Chinese", "中文")}
RULE, LOOKS_FOR = W("Rule", "规则"), W("Fires when", "触发条件")
ON, OFF = W("On", "开"), W("Off", "关")
SEND_TEST, TEST_ALL = W("Send a test", "发送测试"), W("Send a test to all", "向所有目标发送测试")

PATH: Final = "/console/alerts"
PREFIX: Final = "alerts."
# Settings that are lengths of time.
SPANS: Final = ("ticket_age", "commit_time", "pause")


async def who_is_told(visit: Visit, settings: Mapping[str, str]) -> Html:
    """The targets, each with a button that sends a test, and how one more is added."""
    targets = msgspec.json.decode(settings.get("targets", "[]"), type=list[dict[str, Any]])
    more = await adding(visit, [str(one["name"]) for one in targets])
    rows: list[list[Cell]] = [
        [
            str(one["name"]),
            form_words(visit, str(one["kind"])),
            _place(visit, one),
            visit.say(LANGUAGES[str(one["language"])]),
            form(
                visit, f"{PATH}/test", Html(), SEND_TEST,
                kind="plain", fields={"target": str(one["name"])},
            ),
        ]
        for one in targets
    ]  # fmt: skip
    shown = table(visit, WHO, [terms.NAME, FORM, PLACE, READS, TEST], rows, empty=NO_TARGETS)
    if not targets:
        return joined([shown, more])
    every = form(visit, f"{PATH}/test", Html(), TEST_ALL)
    alone = all(one["kind"] == AlertForm.FOLLOWER for one in targets)
    warning = fill('<p class="advice">{words}</p>', words=visit.say(ONLY_FOLLOWERS))
    return joined([when(alone, warning), shown, every, more, _change(visit)])


def _place(visit: Visit, target: Mapping[str, Any]) -> Html:
    """What the settings show of a target: secrets are masked there."""
    keys = ("app", "to", "server", "from")
    values = [_listed(target[key]) for key in keys if key in target]
    place = " · ".join(values or [_listed(target.get("url", ""))])
    return code(place.replace(REDACTED, visit.say(HIDDEN)))


def _listed(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def which_rules(visit: Visit, settings: Mapping[str, str]) -> Html:
    """All rules, and whether the settings name them."""
    wanted = settings.get("rules", "").split(",")
    rows = [
        [
            stacked(visit.say(words), code(name)),
            state(visit, "good", ON) if name in wanted else state(visit, "idle", OFF),
            visit.say(looks_for, **_in_words(visit, settings)),
        ]
        for name, (words, looks_for) in RULES.items()
    ]
    shown = table(visit, RULES_HEAD, [RULE, terms.STATE, LOOKS_FOR], rows, empty=NOTHING_WRONG)
    return joined([shown, _change(visit)])


def _in_words(visit: Visit, settings: Mapping[str, str]) -> dict[str, str]:
    spans = {name: duration(visit, settings[name]) for name in SPANS if name in settings}
    return {**settings, **spans, "quota_share": _percent(settings)}


def _percent(settings: Mapping[str, str]) -> str:
    return f"{float(settings['quota_share']):.0%}"


def stacked(*parts: Cell) -> Html:
    """Pieces below one another."""
    made = [fill("<div>{part}</div>", part=part) for part in parts]
    return fill('<div class="stack">{parts}</div>', parts=made)


def _change(visit: Visit) -> Html:
    return fill('<p class="faint">{words}</p>', words=with_code(visit.say(CHANGE)))


async def settings_of(visit: Visit) -> dict[str, str]:
    """The settings of `[alerts]` by their names."""
    found = await visit.api.get("/v1/settings", list[SettingResult])
    return {
        each.path.removeprefix(PREFIX): each.value for each in found if each.path.startswith(PREFIX)
    }


def form_words(visit: Visit, name: str) -> str:
    """What a target is."""
    return visit.say(KINDS[name]) if name in KINDS else name
