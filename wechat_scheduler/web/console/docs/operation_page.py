"""The page of one route: what it takes, what it gives, and a form that tries it."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.docs.beginnings import beginning, sends
from wechat_scheduler.web.console.docs.known_names import known_names
from wechat_scheduler.web.console.docs.operations import (
    Operation,
    OperationBody,
    OperationResponse,
)
from wechat_scheduler.web.console.docs.schema_fields import SchemaField
from wechat_scheduler.web.console.docs.trying import BODY, TriedRequest, field_of
from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.form_fields import FormFields
from wechat_scheduler.web.console.lacking import needed
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.native_api import route_of
from wechat_scheduler.web.console.parts import (
    code,
    facts,
    joined,
    section,
    spaced,
    table,
    with_code,
)
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Language, Words
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

DOES = W("What it does", "用途")
NONE = W("It has none.", "没有。")
NEEDS = W("Needs", "需要")
ANY_KEY, NO_KEY = W("any API key", "任意 API key"), W("no API key", "不需要 API key")
SCOPE = W("a key with the scope {scope}", "带 {scope} 权限的 key")
PARAMETERS, PLACE = W("Parameters", "参数"), W("Place", "位置")
MEANING = W("Meaning", "说明")
REQUEST, RESULT = W("Body of the request", "请求体"), W("Result", "返回结果（result）")
FIELD, REQUIRED = W("Field", "字段"), W("required", "必填")
# A meaning in Chinese has commas of its own.
BETWEEN = W(", ", "；")
RESPONSES, STATUS, REASONS = W("Responses", "响应"), W("Status", "状态"), W("Reasons", "reason")
NO_PARAMETERS = W("It has no parameters.", "没有参数。")
NO_FIELDS = W("It has no fields: {kind}.", "没有字段：{kind}。")
TRY, SEND = W("Try it", "试一试"), W("Send", "发送")
REALLY = W(
    "The request is carried out, with the key you signed in with.",
    "请求会真的执行，使用你登录时的 key。",
)
CONFIRM = W("Send this request? It changes data.", "确定发送？该请求会修改数据。")
CONFIRM_SENDING = W(
    "Send this request? Everyone named in “to” gets it.",
    "确定发送？to 里写的每个人都会收到。",
)
RECEIVERS = W(
    "Write the receiver into “to” first: it begins empty, and an empty one is refused.",
    "请先在 to 里填写收件人：初始为空，为空时会被拒绝。",
)
JSON_BODY = W("Body (JSON)", "请求体（JSON）")
ANSWER = W("Response", "响应内容")
BACK = W("All routes", "全部接口")


async def operation_page(
    visit: Visit, operation: Operation, answer: TriedRequest | None
) -> web.Response:
    result = next((one.body for one in operation.responses if one.status == "200"), None)
    parts = [
        _head(visit, operation),
        _answer(visit, answer) if answer else Html(),
        await _trial(visit, operation),
        _parameters(visit, operation),
        _body(visit, REQUEST, operation.body, "request"),
        _body(visit, RESULT, result, "result", is_result=True),
        _responses(visit, operation.responses),
    ]
    return layout(visit, f"{operation.method} {operation.path}", joined(parts))


def _head(visit: Visit, operation: Operation) -> Html:
    needs = visit.say(NO_KEY)
    if operation.takes_key:
        scope = operation.scope
        needs = visit.say(SCOPE, scope=scope) if scope else visit.say(ANY_KEY)
    return section(
        visit,
        DOES,
        fill(
            "<p>{summary}</p>{facts}<p>{back}</p>",
            summary=with_code(visit.told(operation.summary)),
            facts=facts(visit, [(NEEDS, needs)]),
            back=link("/docs", visit.say(BACK)),
        ),
    )


def _answer(visit: Visit, answer: TriedRequest) -> Html:
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    return section(
        visit,
        ANSWER,
        fill(
            '<p role="status"><strong>{status} {phrase}</strong></p><pre tabindex="0">{headers}\n\n{body}</pre>',
            status=answer.status,
            phrase=HTTPStatus(answer.status).phrase,
            headers=headers,
            body=answer.body,
        ),
        id="response",
    )


async def _trial(visit: Visit, operation: Operation) -> Html:
    """The form that tries the route, or what the key lacks for it."""
    if not operation.can_be_tried:
        return Html()
    if not _may_try(visit, operation):
        words = needed(visit, Scope(operation.scope))
        return section(visit, TRY, fill('<p class="empty">{words}</p>', words=words), id="try")
    names, body = await known_names(visit, operation), await beginning(visit, operation)
    return _try(visit, operation, names, body)


def _may_try(visit: Visit, operation: Operation) -> bool:
    if not operation.scope:
        return True
    shows = route_of(operation.method, operation.path).only_shows
    return (visit.sees if shows else visit.may)(Scope(operation.scope))


def _try(visit: Visit, operation: Operation, names: Mapping[str, str], body: Any) -> Html:
    """The form, with what was sent before, else with `names` that there are."""
    fields = FormFields(visit, visit.form)
    made = [
        fields.text(
            field_of(one.place, one.name),
            one.name,
            default=names.get(one.name, "") if one.place == "path" else "",
            hint=visit.told(one.description).replace("`", ""),  # only text may stand there
            required=one.place == "path",
            autocomplete="off",
        )
        for one in operation.parameters
    ]
    if operation.body:
        begun = json.dumps(body, ensure_ascii=False, indent=2)
        made.append(fields.area(BODY, JSON_BODY, default=begun, rows=12, spellcheck="false"))
    url, asked = f"/docs/{operation.id}#response", _question(operation)
    shown = fill(
        '<p class="faint">{really}</p>{form}',
        really=spaced(visit.say(REALLY), visit.say(RECEIVERS) if sends(operation) else ""),
        form=form(visit, url, joined(made), SEND, confirm=asked),
    )
    return section(visit, TRY, shown, id="try")


def _question(operation: Operation) -> Words | None:
    if operation.method == hdrs.METH_GET:
        return None
    return CONFIRM_SENDING if sends(operation) else CONFIRM


def _parameters(visit: Visit, operation: Operation) -> Html:
    rows = [
        (one.place, code(one.name), one.kind, with_code(visit.told(one.description)))
        for one in operation.parameters
    ]
    heads = (PLACE, terms.NAME, terms.TYPE, MEANING)
    return section(visit, PARAMETERS, table(visit, PARAMETERS, heads, rows, empty=NO_PARAMETERS))


def _body(
    visit: Visit,
    heading: Words,
    body: OperationBody | None,
    name: str,
    *,
    is_result: bool = False,
) -> Html:
    if body is None:
        return Html()
    nothing = fill(
        '<p class="faint">{kind}</p>', kind=visit.say(NO_FIELDS, kind=body.kind or body.media)
    )
    required = "" if is_result else visit.say(REQUIRED)
    rows = [_row(visit, one, required) for one in body.fields]
    fields = table(visit, heading, (FIELD, terms.TYPE, MEANING), rows, empty=NONE)
    return section(
        visit,
        heading,
        fill(
            "{note}{fields}",
            note=when(body.note, fill("<p>{note}</p>", note=with_code(_told(visit, body.note)))),
            fields=fields if body.fields else nothing,
        ),
        id=name,
    )


def _row(visit: Visit, one: SchemaField, required: str) -> tuple[Html, str, Html]:
    """A result always has its fields: `required` is for those of a request."""
    said = _told(visit, one.said).rstrip(".。")
    notes = [required if one.is_required else "", said, *one.bounds]
    return _path(one.path), one.kind, with_code(visit.say(BETWEEN).join(filter(None, notes)))


def _told(visit: Visit, sentences: Sequence[str]) -> str:
    """The sentences in the visitor's language."""
    if visit.language is Language.ZH:
        return "".join(map(visit.sentence, sentences))
    return " ".join(sentences)


def _path(path: str) -> Html:
    """A field of a field breaks after its dots."""
    first, *rest = path.split(".")
    parts = [fill(".<wbr>{part}", part=part) for part in rest]
    return fill('<code class="path">{first}{rest}</code>', first=first, rest=parts)


def _responses(visit: Visit, responses: Sequence[OperationResponse]) -> Html:
    rows = [
        (code(one.status), with_code(visit.told(one.description)), visit.listed(one.reasons))
        for one in responses
    ]
    return section(
        visit, RESPONSES, table(visit, RESPONSES, (STATUS, MEANING, REASONS), rows, empty=NONE)
    )
