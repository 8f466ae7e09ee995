"""Times with gaps, numbers of two scripts and lists are read whole, or named. None is read in part."""

from datetime import datetime

import pytest

from tests.reminders.remembering import SHANGHAI
from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.language.parse import parse
from wechat_scheduler.reminders.language.refused_sentences import LanguageError

NOW = datetime(2026, 11, 18, 10, 30, tzinfo=SHANGHAI)


def read(text: str) -> tuple[str, str, str]:
    parsed = parse(text, now=NOW, zone=SHANGHAI)
    return f"{parsed.time:%m-%d %H:%M}", parsed.rule, parsed.title


def named(text: str) -> str:
    with pytest.raises(LanguageError) as refused:
        parse(text, now=NOW, zone=SHANGHAI)
    assert refused.value.reason is Reason.SENTENCE_UNREAD, text
    return refused.value.sentence.split("”")[0].removeprefix("没有看懂“")


def test_gaps_inside_a_time_are_closed_and_the_title_keeps_its_own() -> None:
    cases = {
        "1 小时 30 分钟后提醒我": ("11-18 12:00", ""),
        "1 小时 30分钟后提醒我": ("11-18 12:00", ""),
        "1 天 3 小时后提醒我": ("11-19 13:30", ""),
        "2 个 小时后提醒我": ("11-18 12:30", ""),
        "45 分 钟后提醒我": ("11-18 11:15", ""),
        "一小时，30分钟后叫我": ("11-18 12:00", ""),
        "一小时又30分钟后叫我": ("11-18 12:00", ""),
        "一小时加30分钟后叫我": ("11-18 12:00", ""),
        "3 个 半 小时 后 提醒我": ("11-18 14:00", ""),
        "明 晚 8 点看球": ("11-19 20:00", "看球"),
        "明天9点11班家长会": ("11-19 09:00", "11班家长会"),
        "明天 3 点 15 分开会": ("11-19 15:15", "开会"),
        "明天3点 20 开会": ("11-19 15:20", "开会"),
        "提醒我 明天 下午 5 点 45 分 接孩子": ("11-19 17:45", "接孩子"),
        "11 月 25 日 14 点 30 分 面试": ("11-25 14:30", "面试"),
        "下 周五下午3点开会": ("11-27 15:00", "开会"),
        "下 下周三下午3点开会": ("12-02 15:00", "开会"),
        "下 个月5号交租": ("12-05 08:00", "交租"),
        "下 个周五开会": ("11-27 08:00", "开会"),
        "下 周 末 爬山": ("11-28 08:00", "爬山"),
        "明天十点 十五开会": ("11-19 10:15", "开会"),
        "明 天下午3点开会": ("11-19 15:00", "开会"),
        "后 天下午3点开会": ("11-20 15:00", "开会"),
        "大 后天下午3点开会": ("11-21 15:00", "开会"),
        "明天下 午3点开会": ("11-19 15:00", "开会"),
        "明天晚 上8点开会": ("11-19 20:00", "开会"),
        "明天下午3 : 30开会": ("11-19 15:30", "开会"),
        "明天 09 ：30 开会": ("11-19 09:30", "开会"),
        "明天下午3∶30开会": ("11-19 15:30", "开会"),
        "明天9点 20个人 开会": ("11-19 09:00", "20个人 开会"),
        "明天买3 个苹果": ("11-19 08:00", "买3 个苹果"),
        "提醒小明 后天交作业": ("11-20 08:00", "小明交作业"),
        "开会2小时，30分钟后提醒我关火": ("11-18 11:00", "开会2小时，关火"),
    }

    assert {text: read(text) for text in cases} == {
        text: (time, "", title) for text, (time, title) in cases.items()
    }


def test_a_repetition_with_gaps_or_slashes_is_read_whole() -> None:
    cases = {
        "每天 早上 8 点 30 分 提醒我吃药": ("11-19 08:30", "FREQ=DAILY", "吃药"),
        "工作 日早上8点打卡": ("11-19 08:00", "WORKDAY", "打卡"),
        "每周一/三/五8点提醒我": ("11-20 08:00", "FREQ=WEEKLY;BYDAY=MO,WE,FR", ""),
        "每月5号/20号交款": ("11-20 08:00", "FREQ=MONTHLY;BYMONTHDAY=5,20", "交款"),
        "每周1/3/5开会": ("11-20 08:00", "FREQ=WEEKLY;BYDAY=MO,WE,FR", "开会"),
        "每月5/20号交款": ("11-20 08:00", "FREQ=MONTHLY;BYMONTHDAY=5,20", "交款"),
        "毎週三下午3点开会": ("11-18 15:00", "FREQ=WEEKLY;BYDAY=WE", "开会"),
    }

    assert {text: read(text) for text in cases} == cases


def test_a_number_of_two_scripts_is_read_whole() -> None:
    cases = {
        "二十5号提醒我": "11-25 08:00",
        "廿5号提醒我": "11-25 08:00",
        "2十5号提醒我": "11-25 08:00",
        "二十4小时后提醒我": "11-19 10:30",
        "2十分钟后提醒我": "11-18 10:50",
        "３十分钟后提醒我": "11-18 11:00",
        "一百二 十分钟后叫我": "11-18 12:30",
        "明天二十1点开会": "11-19 21:00",
        "明天2十点开会": "11-19 20:00",
        "周二十点开会": "11-24 10:00",
        "星期曰上午10点爬山": "11-22 10:00",
        "眀天下午3点开会": "11-19 15:00",
    }

    assert {text: read(text)[0] for text in cases} == cases


def test_a_time_of_which_a_part_would_be_read_is_named() -> None:
    cases = {
        "明天下午3，30开会": "下午3,30",
        "明天下午3;30开会": "下午3;30",
        "明天下午3·30开会": "下午3·30",
        "明天下午3/30开会": "下午3/30",
        "明天下午3 30开会": "下午3 30",
        "明天下午330开会": "下午330",
        "明天下午3.点开会": "下午3.点",
        "明天下午15h30开会": "下午15h30",
        "早上7'30叫我": "早上7'30",
        "周五15 30开会": "周五15 30",
        "明天3点,20分开会": "3点,20分",
        "明天下午3点1 5分开会": "下午3点1 5分",
        "1-2小时后提醒我": "1-2小时后",
        "1. 5小时后叫我": "1. 5小时后",
        "1到2个小时后提醒我": "1到2个小时后",
        "一、两个小时后提醒我": "一、两个小时后",
        "1 5分钟后提醒我": "1 5分钟后",
        "一2月5号提醒我": "一2月5号",
        "民天下午3点开会": "民天",
        "明田下午3点开会": "明田",
        "大厚天下午3点开会": "大厚天",
        "明下午3点提醒我": "明下午3点",
        "下周山下午3点提醒我开会": "山下午3点",
        "明上9点提醒我": "明上9点",
        "明无下午3点开会": "明无",
        "周山下午3点开会": "周山",
        "每周山8点开会": "山8点",
        "明天下午三：30开会": "下午三:30",
        "早上七 三十叫我": "早上七 三十",
        "明天下午l点开会": "下午l点",
        "明天下午3点3O开会": "下午3点3o",
        "每天每周每月提醒我": "每周",
        "提醒我明天提醒老王后天交表": "后天",
        "明天4点10分钟后开会": "10分钟后",
        "明天三点四5分提醒我": "三点四5",
        "明天三点四5分开会": "三点四5",
        "明天noon开会": "noon",
        "下午1423开会": "下午1423",
    }

    assert {text: named(text) for text in cases} == cases


def test_a_title_may_begin_with_a_number_that_counts_or_names_something() -> None:
    cases = {
        "明天3个人聚餐": "3个人聚餐",
        "明天上午2号楼开会": "2号楼开会",
        "明天2公里跑步": "2公里跑步",
        "明天3D打印取件": "3D打印取件",
        "明天12306抢票": "12306抢票",
        "明天100块话费充值": "100块话费充值",
        "每天20分钟冥想提醒我": "20分钟冥想",
        "每天8000步打卡": "8000步打卡",
        "下午502开会": "502开会",
        "明天下午315晚会": "315晚会",
        "明天2023总结会": "2023总结会",
        "下午90后聚会": "90后聚会",
        "下午00后聚会": "00后聚会",
    }

    assert {text: read(text)[2] for text in cases} == cases


def test_a_title_keeps_words_that_end_like_a_courtesy() -> None:
    cases = {
        "记得别迟到 明天8点提醒我": "别迟到",
        "我明天不能迟到8点叫我": "我不能迟到",
        "非常重要明天8点提醒我交表": "非常重要，交表",
        "很重要 明天8点提醒我": "很重要",
        "明天8点要提醒我交表": "交表",
        "不管怎样明天8点提醒我": "",
        "不管怎么说明天8点提醒我": "",
        "必要明天8点提醒我交表": "必要，交表",
        "无论如何明天8点提醒我交表": "交表",
    }

    assert {text: read(text)[::2] for text in cases} == {
        text: ("11-19 08:00", title) for text, title in cases.items()
    }


def test_a_range_or_a_pair_that_has_two_readings_is_asked_about() -> None:
    cases = (
        "周五到周日去旅游提醒我",
        "周三到周五每天早上8点吃药",
        "明天下午3、4点去银行",
        "明天9、10点开会",
        "每两三天提醒我浇花",
        "提前5、10分钟提醒我明天3点开会",
        "明天下午4点10分钟会议",
    )

    for text in cases:
        with pytest.raises(LanguageError) as refused:
            read(text)
        assert refused.value.reason is Reason.SENTENCE_AMBIGUOUS, text


def test_what_only_looks_like_a_part_of_the_time_stays_in_the_title() -> None:
    cases = {
        "明天10点整理房间": ("11-19 10:00", "", "整理房间"),
        "明天10点整提醒我去整形医院": ("11-19 10:00", "", "去整形医院"),
        "提醒我明天下午4点26路公交": ("11-19 16:00", "", "26路公交"),
        "每周日1小时游泳": ("11-22 08:00", "FREQ=WEEKLY;BYDAY=SU", "1小时游泳"),
        "周五5G套餐办理": ("11-20 08:00", "", "5G套餐办理"),
        "周五~下周二每天8点打卡": (
            "11-20 08:00",
            "FREQ=DAILY;UNTIL=20261124T155959Z",
            "打卡",
        ),
        "周一到周五每天7点起床": ("11-19 07:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "起床"),
    }

    assert {text: read(text) for text in cases} == cases
    assert named("3-5天后提醒我") == "3-5天后"
