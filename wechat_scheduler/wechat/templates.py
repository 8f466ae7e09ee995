"""The templates that an account has. Sources: 模板消息 获取模板列表, 订阅通知 获取已有模板列表."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wechat_scheduler.audience.model import AccountTemplate
from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.errors import WeChatError
from wechat_scheduler.wechat import silence
from wechat_scheduler.wechat.accounts import AccountCalls, Tokens
from wechat_scheduler.wechat.answers import Answer, no_answer
from wechat_scheduler.wechat.client import WeChatClient

TEMPLATES = "/cgi-bin/template/get_all_private_template"
NOTICES = "/wxaapi/newtmpl/gettemplate"

# The account has no templates of this kind, as a mini-program has no template messages. 200100 is
# "账号类型不合法".
NOT_FOR_ACCOUNT = frozenset((48001, 61007, 200100))

# The type of a notice: 2 is 一次性订阅, 3 is 长期订阅.
LASTING = "3"

_KEYWORD = pattern(r"\{ *\{ *(\w+)\.DATA *\} *\}")

_LONGEST_LABEL = 64


class WeChatTemplates:
    """`audience.ports.AccountTemplates`."""

    def __init__(self, client: WeChatClient, tokens: Tokens) -> None:
        self._accounts = AccountCalls(client, tokens)

    async def listed(self, appid: str) -> Sequence[AccountTemplate]:
        """Raises as `AccountCalls` does. An account that may use only one of the two APIs has the templates
        of that one."""
        refusals, found = list[WeChatError](), list[AccountTemplate]()
        for path, name in ((TEMPLATES, "template_list"), (NOTICES, "data")):
            try:
                answer = await self._accounts.get(appid, path, {})
            except WeChatError as error:
                if error.errcode not in NOT_FOR_ACCOUNT:
                    raise
                refusals.append(error)
                continue
            found += [_template(one) for one in _entries(answer, name) if _id(one)]
        if len(refusals) == 2:
            raise refusals[0]
        return found


def _entries(answer: Answer, name: str) -> Iterator[Mapping[str, Any]]:
    """Raises WeChatError (TRANSIENT) if that is not a list of objects."""
    entries = answer.values.get(name)
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise no_answer(silence.NO_LIST, answer.endpoint, silence.NOT_WECHAT, name=name)
    return iter(entries)


def _template(entry: Mapping[str, Any]) -> AccountTemplate:
    values = dict(_values(entry.get("keywordEnumValueList")))
    content = str(entry.get("content"))
    names = dict.fromkeys(_KEYWORD.findall(content))
    return AccountTemplate(
        template_id=_id(entry),
        title=str(entry.get("title") or ""),
        keywords={name: values.get(name, ()) for name in names},
        labels=dict(_labels(content)),
        is_notice="priTmplId" in entry,
        is_lasting="priTmplId" in entry and str(entry.get("type")) == LASTING,
    )


def _labels(content: str) -> Iterator[tuple[str, str]]:
    """The words in front of each keyword: those of its line behind the keyword before, up to a colon."""
    end = 0
    for found in _KEYWORD.finditer(content):
        before = content[end : found.start()].rpartition("\n")[2].strip()
        label = before.rstrip(":：").strip()
        if label and label != before:
            yield found[1], label[-_LONGEST_LABEL:]
        end = found.end()


def _id(entry: Mapping[str, Any]) -> str:
    return str(entry.get("priTmplId") or entry.get("template_id") or "")


def _values(entries: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The only values of a keyword, which WeChat names with or without `.DATA`."""
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("enumValueList"), list):
            name = str(entry.get("keywordCode")).removesuffix(".DATA")
            yield name, tuple(map(str, entry["enumValueList"]))
