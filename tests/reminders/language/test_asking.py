"""What is not understood is asked about; chat and commands are no reminders."""

import pytest

from tests.reminders.language.sentences import NOW, ZONE, read_one
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.language.parse import parse, parse_all
from wechat_scheduler.reminders.language.refused_sentences import LanguageError, SeveralError


def _reason(text: str) -> Reason | None:
    try:
        parse(text, now=NOW, zone=ZONE)
    except LanguageError as error:
        return error.reason
    return None


def test_the_words_that_were_not_understood_are_quoted() -> None:
    cases = [
        ("明天早上8点提醒我下午3点的会议", "下午3点"),
        ("明天订后天的机票", "后天"),
        ("明天交10月份的房租", "10月份的"),
        ("周五提醒我下周一交表", "下周一"),
        ("周三交每人一份的表", "每"),
        ("下周三双周例会", "双周"),
        ("明天开会之前交表", "之前"),
        ("周六上午讨论8:30的航班", "8:30"),
        ("明天提醒我看9点半的球", "9点半"),
        ("今晚准备明早的材料", "明早"),
        ("周一问房东要月底的账", "月底"),
    ]

    for text, quoted in cases:
        asked = read_one(text)

        assert isinstance(asked, LanguageError), text
        assert asked.reason is Reason.SENTENCE_UNREAD, text
        assert f"“{quoted}”" in asked.sentence, text


def test_a_vague_time_is_asked_about_by_its_own_word() -> None:
    cases = [
        ("过几天提醒我开会", "过几天"),
        ("提醒我过几天开会", "过几天"),
        ("改天提醒我请客", "改天"),
        ("有空的时候提醒我洗车", "有空的时候"),
        ("明天有空提醒我洗车", "有空"),
        ("下次提醒我带伞", "下次"),
        ("下次开会记得带电脑", "下次开会"),
        ("回头提醒我给他打电话", "回头"),
        ("晚点提醒我喝水", "晚点"),
        ("今晚晚点提醒我吃药", "晚点"),
        ("过一阵提醒我体检", "过一阵"),
        ("过段时间提醒我换牙刷", "过段时间"),
        ("几个小时后提醒我开会", "几个小时后"),
        ("以后提醒我少喝酒", "以后"),
        ("明天改天再说的事", "改天"),
    ]

    for text, word in cases:
        asked = read_one(text)

        assert isinstance(asked, LanguageError), text
        assert asked.reason is Reason.SENTENCE_VAGUE, text
        assert asked.sentence.startswith(f"“{word}”是什么时候？"), text


def test_a_vague_word_inside_the_errand_or_in_a_chat_is_not_asked_about() -> None:
    chat = ["改天请你吃饭", "有空一起吃饭", "回头见", "下次再说", "晚点联系你"]
    errands = {
        "明天9点提醒我有空调要修": "有空调要修",
        "明天下午3点提醒我下次课交作业": "下次课交作业",
        "明天提醒我回头客优惠": "回头客优惠",
    }

    taken = {_reason(text) for text in chat}
    titles = {text: parse(text, now=NOW, zone=ZONE).title for text in errands}

    assert taken == {Reason.SENTENCE_NOTHING}
    assert titles == errands


def test_a_vague_word_beside_a_time_is_no_title() -> None:
    cases = {
        "回头8点提醒我": "",
        "8点回头提醒我": "",
        "回头明天8点提醒我买菜": "买菜",
        "明天8点提醒我回头看一下合同": "回头看一下合同",
    }

    titles = {text: parse(text, now=NOW, zone=ZONE).title for text in cases}

    assert titles == cases


def test_chat_is_no_reminder() -> None:
    cases = [
        "后天有货吗", "周六几点开门", "元宵节快乐", "明天多少钱一份", "你们周日营业不", "下周什么时候到货", "周末愉快",
        "祝你圣诞快乐", "明天见", "我明天不去了", "昨天的快递收到了", "周五没空", "今天天气真好", "周三买的还没到",
        "老板明天有位子吗", "中午好", "请问国庆放假吗", "8号晚上几点关门", "五点到得了吗", "今天好累", "这个月已经交过了",
        "我们周三就到了", "你明天来吗", "明天下午3点开会？", "周六能不能送货",
    ]  # fmt: skip

    taken = [_reason(text) for text in cases]

    assert set(taken) <= {Reason.SENTENCE_CHAT, Reason.SENTENCE_PAST}, dict(
        zip(cases, taken, strict=True)
    )


def test_a_sentence_that_asks_to_be_reminded_is_no_chat() -> None:
    cases = [
        ("明天提醒我问他几点开门", "问他几点开门"),
        ("能不能明天早上7点叫我起床", "起床"),
        ("可以在后天9点提醒我开会吗", "开会"),
        ("别忘了周五交房租", "交房租"),
        ("提醒我明天别迟到", "别迟到"),
        ("明天取消会员", "取消会员"),
        ("下午3点提醒我取消订单", "取消订单"),
        ("周五该交房租了", "交房租了"),
        ("明天下午3点给老板汇报", "给老板汇报"),
        ("周六买不锈钢盆", "买不锈钢盆"),
    ]

    titles = [parse(text, now=NOW, zone=ZONE).title for text, _ in cases]

    assert titles == [title for _, title in cases]


def test_a_command_is_no_new_reminder() -> None:
    cases = [
        "取消后天的闹钟", "删掉明天早上7点的提醒", "周五不用叫我了", "把周六的提醒改到周日", "后天有哪些提醒",
        "明天的闹钟取消", "别再提醒我每天喝水了", "明天的会议提醒改到后天", "看看明天的提醒", "推迟半小时后的提醒",
        "帮我把明天8点的闹钟关掉", "查一下这周的提醒", "请取消明天下午的提醒", "明天有什么安排",
    ]  # fmt: skip

    assert not [text for text in cases if _reason(text) is not Reason.SENTENCE_COMMAND]


def test_several_reminders_in_one_sentence_are_all_read() -> None:
    cases = [
        ("明天8点送孩子，9点开会", ["19 08:00 送孩子", "19 09:00 开会"]),
        ("今晚7点吃饭10点睡觉", ["18 19:00 吃饭", "18 22:00 睡觉"]),
        ("周二交表周四答辩", ["24 08:00 交表", "19 08:00 答辩"]),
        ("明天上午9点开会，下午3点体检", ["19 09:00 开会", "19 15:00 体检"]),
        ("周一去北京周五回上海", ["23 08:00 去北京", "20 08:00 回上海"]),
        ("送孩子明天8点，开会后天9点", ["19 08:00 送孩子", "20 09:00 开会"]),
        ("明天买菜。后天做饭。周六请客", ["19 08:00 买菜", "20 08:00 做饭", "21 08:00 请客"]),
        ("每天8点吃药，22点睡觉", ["19 08:00 吃药", "18 22:00 睡觉"]),
        ("10分钟后关火，半小时后收衣服", ["18 10:40 关火", "18 11:00 收衣服"]),
        ("明早7点叫我起床，8点提醒我出门", ["19 07:00 起床", "19 08:00 出门"]),
        ("明天8点送孩子和后天9点开会", ["19 08:00 送孩子", "20 09:00 开会"]),
        ("提醒我明天8点起床，还有后天交表", ["19 08:00 起床", "20 08:00 交表"]),
        ("11月20日交表、11月25日答辩", ["20 08:00 交表", "25 08:00 答辩"]),
    ]

    for text, wanted in cases:
        readings = parse_all(text, now=NOW, zone=ZONE)

        with pytest.raises(SeveralError) as asked:
            parse(text, now=NOW, zone=ZONE)

        assert [f"{each.time:%d %H:%M} {each.title}" for each in readings] == wanted
        assert asked.value.readings == readings
        assert all(each.understood in asked.value.sentence for each in readings), text


def test_times_that_are_not_clearly_several_reminders_are_asked_about() -> None:
    cases = [
        "每周一早上8点开会，周五下午5点交周报",
        "明天3点开会讨论周五发布",
        "后天给小明天猫下单",
        "周五提醒我周六交表",
        "明天8点送孩子9点的课",
        "下午3点通知我5点的票开抢",
    ]

    taken = {text: _reason(text) for text in cases}

    assert set(taken.values()) <= {Reason.SENTENCE_UNREAD, Reason.SENTENCE_AMBIGUOUS}, taken
