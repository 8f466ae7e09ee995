"""The title: a sentence without its words of time and its courtesies."""

from collections.abc import Sequence

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.reminders.language.normalise import normalise

_BEFORE = pattern(
    r"(?:最[晚迟]|时间[是为:]?|大[约概]|差不多|定在|约在|安排在|放在|(?<!迟)到|[在于从自等是]|截止|一?直到|,| |(?:^|(?<=[ ,:。;、]))[1-9][.、)]){1,3}$"
)
_AFTER = pattern(
    r"(?:的?时候|[之以]内|之间|时(?![间装代尚节]|点(?:余额|存款))|之前|以前|前(?![台往端任女男面线列妻夫进后]|提(?:条件|是))|左右|多(?![少人])|准时|准点|之后|以后|"
    r"开始(?=每|提醒|叫|,|$)|起(?![床飞来草身夜名租跑航])|就(?![医业诊餐读座])|那天|当天|为止|结束(?=$|,)|止|"
    r"都|各|的|,|:| ){1,6}"
)
_LEAD = pattern(
    r"要不然?(?![要会])|(?:不管|无论)(?:怎么?样|怎么说|如何)|(?:另外|还有|以及|再就是|此外|并且|顺便|顺带)(?!的)|[\s,，.。、:：;；!！~～\-—|)）\]】]+|请(?!假|客|安|教|帖|柬|示|老[师板]|同[学事]|朋友|大家|[他她家爸妈人])[你您]?|记(?:一下|个)(?=[,，\s]|$)|记一下|麻烦(?:你|您)?|拜托(?:你|您)?|帮(?:我(?![爸妈爷奶姥公婆舅姑姨叔伯哥弟姐妹儿女娃孩老媳家的们])|忙)|"
    r"(?:待办|备忘|日程)(?:事项)?[:：]|给我(?=[定设订建加来上])|到时候?|届时|记得要?|记着|记住|(?:千万|可)?(?:别|不要)(?:让我)?忘记?[了啦咯喽囉啰]?|千万|务必|一定要?|"
    r"(?:我?想)?(?:让|请)(?:你|您)(?:帮我)?|让我|(?:以后|今后|往后|回头)(?=[,，]|$|提醒)[,，]?|remind me(?: to)?(?![a-z])|"
    r"你?(?:能不能|可不可以|能否|可否|可以|能)(?=.{2})|"
    r"我(?=(?:开会|面试|考试|答辩|汇报|值班|出差|加班|培训)$)|我(?:必须|需要|应该|想要|[要得该])(?!求|饭|紧)|"
    r"(?:必须|需要|应该|[要得该](?!求|饭|紧|点|闻|素|到|分|奖|意|死))(?=.{2})|"
    r"(?:提醒?|嗌|叫|通知|喊|告诉|催|提示)(?:一下|一声|返)?[我咱俺](?![妈爸爷奶儿女们的家姐哥弟妹孩媳婆公]|老(?![师板总]))(?:一下|一声)?|"
    r"提醒(?:一下)?(?:大家伙?儿?|各位|所有人(?!员)|全员|全体(?:成员|同学|同事|员工|人员))(?!的)(?=.)|"
    r"提醒(?:一下)?(?!函|事)|"
    r"(?:设置|设定|创建|添加|新建|新增|安排|[定设订建加来])(?:好|上)?一?个?(?:新的?)?的?(?:闹钟|提醒|闹铃|备忘录?|日程|待办|定时|倒?计时器?)|"
    r"[的是](?!否|非)"
)
# Interjections and greetings before the time.
_GREETING = pattern(
    r"(?i)(?:(?:那个|那啥|这个|[哎诶欸]?对了|嗯+|呃+|额|哎|喂|嘿|嗨|你好|您好|hi|hello)(?:[\s,，.。!！~、]+|$)){1,4}",
)
_FILLER = pattern(
    r"好[的滴嘞]?[,， ]*|(?:[你您]好|哈[喽啰]|嗨|hello|hi)[啊呀,， ]*(?:请|麻烦|帮我)?[你您]?|(?:那个什么|那个|那啥|这个|就是|哎?对了|嗯+|呃+|额|哎|以后|今后|往后)+|.{0,5}(?:麻烦|拜托)[你您]?"
)
# 快递明天记得拿, 出门别忘了带伞. 我记得 is not a request.
_INSIDE = pattern(
    r"(?<![我不还没你他她])(?:记得要?|記得要?|记着|(?:千万|可)?(?:别|別|不要)[忘][记記]?[了啦]?)(?=[^了啦我,，。\s》”」』]|$)"
)
_TAIL = pattern(
    r"(?:另外|还有|以及|再就是|此外|并且|顺便|顺带|[\s,，.。、:：;；!！~～|(（\[【]+|(?:的?时候?)?(?:请[你您]?|(?<![重主必])要|再|就|都|记得|麻烦|务必)*(?:提醒|叫|通知|喊|告诉)(?:一下|下|一声)?[我咱俺](?:一下|一声|下|哦|啊)?|"
    r"请[你您]|提醒(?:一下)?|谢谢[你您]?|(?:千万|可)?(?:别|不要)忘[记]?[了啦咯喽囉啰]?|记得|倒?计时器?|闹钟|闹铃|多谢|好吗|好不好|可以吗|行吗|行不行|吗|嘛|(?<![酒网贴茶水])吧|[哦喔噢哟囉啰啊呀呢啦哈]|的?时候)$"
)
_MIDDLE = pattern(
    r"[\s,，。;；]*(?:请|(?<![重主必])要|记得|麻烦|再|就)?(?:提醒|通知|叫)我(?:一下|一声)?[\s,，:：]*(?!妈|爸|们|的)"
)
# 饭后提醒我吃药
_WHEN = pattern(r"[之以]?[前后]$")
# In the echo of `parse` itself.
_QUOTED = pattern(r"(?s)[\s,，]*提醒“(.+)”")
_EMPTY = pattern(r"[(（\[【]\s*[)）\]】]")
_QUOTES = {"“": "”", '"': '"', "‘": "’", "'": "'", "「": "」", "『": "』"}
_NOT_A_TITLE = {
    "闹钟",
    "提醒",
    "我",
    "你",
    "一下",
    "叫醒我",
    "响",
    "响铃",
    "定时",
    "起",
    "一个",
    "倒计时",
    "计时",
    "计时器",
    "定时器",
    "闹铃",
}
_LATIN = pattern(r"[A-Za-z0-9]")


def title_of(text: str, plain: str, used: Sequence[tuple[int, int]]) -> str:
    """`text` as it was typed, without the `used` spans of its normalised form `plain`."""
    rest = _joined(_rest(text, plain, sorted(used)))
    quoted = _QUOTED.fullmatch(rest)
    while not quoted and _INSIDE.search(rest):
        rest = _INSIDE.sub("", rest)
    return quoted[1] if quoted else _trimmed(rest)


def around(text: str, plain: str, used: Sequence[tuple[int, int]]) -> tuple[str, str]:
    """What stands before the first of the `used` spans, and what stands behind it, without courtesies."""
    lead, *rest = _rest(text, plain, sorted(used))
    return _without(lead.strip()), _without(_joined(rest).strip())


def _rest(text: str, plain: str, used: Sequence[tuple[int, int]]) -> list[str]:
    pieces, position = [], 0
    for start, end in used:
        ends = plain.startswith("截止提前", start)  # 活动28号截止提前三小时: the end of the event
        start += 2 * ends
        before = None if ends else _BEFORE.search(plain, max(position, start - 8), start)
        stop = before.start() if before and start > position else start
        pieces.append(text[position : max(position, stop)])
        after = _AFTER.match(plain, end)
        position = max(position, after.end() if after else end)
    pieces.append(text[position:])
    pieces = [_INSIDE.sub("", piece) for piece in pieces]
    pieces[0] = "" if _FILLER.fullmatch(pieces[0].strip()) else pieces[0]
    return [
        _GREETING.sub("", pieces[0], count=1) if _GREETING.match(pieces[0]) else pieces[0],
        *pieces[1:],
    ]


def _joined(pieces: Sequence[str]) -> str:
    joined = ""
    for piece in pieces:
        apart = joined and piece and _LATIN.match(joined[-1]) and _LATIN.match(piece[0])
        joined += f" {piece}" if apart else piece
    return _EMPTY.sub("", joined)


def _trimmed(text: str) -> str:
    text = _without(text.strip())
    middle = _MIDDLE.search(normalise(text))
    if middle and middle.start():
        lead = _without(text[: middle.start()])
        text = f"{lead}{'' if _WHEN.search(lead) else '，'}{_without(text[middle.end() :])}"
        text = text.strip("，")
    if len(text) > 1 and _QUOTES.get(text[0]) == text[-1]:
        text = text[1:-1]
    return "" if text in _NOT_A_TITLE else text


def _without(text: str) -> str:
    """Removes leads and tails until there are none. Each round shortens the text."""
    plain = normalise(text)
    start, end = 0, len(text)
    while lead := _LEAD.match(plain, start, end):
        start = lead.end()
    while tail := _TAIL.search(plain, max(start, end - 12), end):
        end = tail.start()
    return text[start:end]
