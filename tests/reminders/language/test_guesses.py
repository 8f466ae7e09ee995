"""A time that is read with a guess, and what its writer booked, are confirmed by the writer."""

from dataclasses import replace

import pytest

from tests.reminders.language.sentences import NOW, ZONE, read_one
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.language.parse import parse
from wechat_scheduler.reminders.language.policy import DEFAULT_POLICY
from wechat_scheduler.reminders.language.refused_sentences import UnsureError


def test_a_guess_is_confirmed_and_a_program_that_asks_gets_it() -> None:
    cases = [
        ("630叫我起床", "19 06:30 起床"),
        ("明天630叫我起床", "19 06:30 起床"),
        ("1830提醒我接孩子", "18 18:30 接孩子"),
        ("提醒我1830接孩子", "18 18:30 接孩子"),
        ("提醒我明天呃不对后天上午九点去银行", "20 09:00 去银行"),
        ("下午三点啊不四点提醒我开会", "18 16:00 开会"),
        ("提醒我下午三点啊不四点开会", "18 16:00 开会"),
        ("明天下午三点，不对，四点提醒我开会", "19 16:00 开会"),
        ("周三不对周四提醒我交表", "19 08:00 交表"),
        ("明早7点说错了8点叫我起床", "19 08:00 起床"),
        ("我约了后天下午三点理发", "20 15:00 理发"),
        ("我预约了周五上午洗牙", "20 08:00 洗牙"),
        ("我约好了周日拔牙", "22 08:00 拔牙"),
        ("约了后天下午三点理发", "20 15:00 理发"),
        ("后天下午三点约了理发", "20 15:00 理发"),
        ("周五上午我预约了洗牙", "20 08:00 洗牙"),
        ("我后天下午三点约了理发", "20 15:00 理发"),
    ]

    for text, read in cases:
        with pytest.raises(UnsureError) as unsure:
            parse(text, now=NOW, zone=ZONE)

        asked = parse(text, now=NOW, zone=ZONE, policy=replace(DEFAULT_POLICY, asked=True))

        assert [f"{each.time:%d %H:%M} {each.title}" for each in (unsure.value.reading, asked)] == [
            read
        ] * 2, text


def test_a_guess_is_said_as_it_was_read() -> None:
    with pytest.raises(UnsureError) as unsure:
        parse("630叫我起床", now=NOW, zone=ZONE)

    assert unsure.value.reading.understood in unsure.value.sentence


def test_what_is_said_to_others_is_no_guess() -> None:
    cases = [
        ("我约了你们明天下午三点", Reason.SENTENCE_CHAT),
        ("我预约了周五上午，能改吗", Reason.SENTENCE_CHAT),
        ("我约了医生周五看牙", Reason.SENTENCE_CHAT),
        ("提醒我500块还给小王", Reason.SENTENCE_NOTHING),
        ("周三不是周四", Reason.SENTENCE_CHAT),
        ("记得明天寄发票给我哦", Reason.SENTENCE_CHAT),
        ("记得明天给我们送水", Reason.SENTENCE_CHAT),
        ("别忘了明天帮我留个位子", Reason.SENTENCE_CHAT),
        ("麻烦告诉我明天几点开门", Reason.SENTENCE_CHAT),
        ("麻烦提醒一下司机明天七点到", Reason.SENTENCE_CHAT),
        ("请通知师傅周六上午过来", Reason.SENTENCE_CHAT),
    ]  # fmt: skip

    refused = {text: read_one(text) for text, _ in cases}

    assert {text: getattr(each, "reason", each) for text, each in refused.items()} == dict(cases)


def test_an_errand_for_ones_family_is_a_reminder() -> None:
    cases = [
        ("记得明天给我妈打电话", "给我妈打电话"),
        ("别忘了周五给我爸买药", "给我爸买药"),
        ("明天记得跟我对象吃饭", "跟我对象吃饭"),
        ("别忘了明天给我的猫打疫苗", "给我的猫打疫苗"),
        ("麻烦明天提醒我叫司机", "叫司机"),
        ("明天上午提醒司机加油", "司机加油"),
        ("记得明天叫我起床给我自己做饭", "起床给我自己做饭"),
    ]  # fmt: skip

    assert [parse(text, now=NOW, zone=ZONE).title for text, _ in cases] == [
        title for _, title in cases
    ]
