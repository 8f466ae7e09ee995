"""What is made of a value before WeChat gets it as a template's keyword."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wechat_scheduler.delivery.keywords import TYPES, KeywordValue, fit
from wechat_scheduler.sandbox.keyword_rules import is_refused

ZONE = "Asia/Shanghai"
TYPE_NAMES = (*TYPES, "time", "date", "name")


@pytest.mark.parametrize(
    ("keyword", "value", "text"),
    [
        ("thing1", "到货了", "到货了"),
        ("thing1", "第一行\n第二行\0", "第一行 第二行"),
        ("character_string2", "ＳＦ－１２３", "SF-123"),
        ("number1", "1,234.5", "1234.5"),
        ("amount3", "￥ 1,234.50", "￥1234.50"),
        ("amount3", "12 元", "12元"),
        ("phone_number1", "138 0013 8000", "13800138000"),
        ("phone_number1", "+86-0766-66888866", "+86-0766-66888866"),
        ("car_number1", "粤A·8Z888挂", "粤A8Z888挂"),
        ("name1", "Tom O'Hara", "Tom O'Hara"),
        ("phrase1", "配送中", "配送中"),
        ("const1", "在家", "在家"),
        # These have no type.
        ("keyword1", "长" * 30, "长" * 30),
        ("name", "长" * 30, "长" * 30),
        ("parcel1", "", ""),
    ],
)
def test_a_value_is_written_as_its_keyword_takes_it(keyword: str, value: str, text: str) -> None:
    found = fit(keyword, value, ZONE)

    assert (found.text, found.fault) == (text, "")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("15:01", "15:01"),
        ("9：05", "09:05"),
        ("15:01:30", "15:01:30"),
        ("2026-11-29 15:01", "2026年11月29日 15:01"),
        ("2026/1/2", "2026年1月2日"),
        ("2026.01.02", "2026年1月2日"),
        ("2026年1月2日15:01", "2026年1月2日 15:01"),
        ("2026-11-29T15:01:00+08:00", "2026年11月29日 15:01"),
        ("2026-11-29T07:01:00Z", "2026年11月29日 15:01"),
        ("10月1日", "10月1日"),
        ("2026-11", "2026-11"),
        ("9:00-10:00", "09:00~10:00"),
        ("2026-11-29 ～ 2026-12-01", "2026年11月29日~2026年12月1日"),
        ("2026年11月29日 15:01至16:00", "2026年11月29日 15:01~16:00"),
    ],
)
@pytest.mark.parametrize("keyword", ["time1", "date2"])
def test_a_time_is_written_as_wechat_reads_it(keyword: str, value: str, text: str) -> None:
    assert fit(keyword, value, ZONE) == KeywordValue(text)


@pytest.mark.parametrize(
    ("keyword", "value", "shown"),
    [
        ("thing1", "长" * 21, "长" * 19 + "…"),
        ("character_string1", "4" * 33, "4" * 29 + "..."),
        ("letter1", "a" * 33, "a" * 32),
        ("symbol1", "!" * 6, "!" * 5),
        ("phrase1", "订单已发货了", "订单已发货"),
        ("name1", "张" * 11, "张" * 10),
        ("name1", "a" * 21, "a" * 20),
    ],
)
def test_a_longer_text_is_cut_at_the_limit_of_its_type(
    keyword: str, value: str, shown: str
) -> None:
    assert fit(keyword, value[:-1], ZONE) == KeywordValue(value[:-1])
    assert fit(keyword, value, ZONE) == KeywordValue(shown, is_cut=True)


@pytest.mark.parametrize(
    ("keyword", "value", "fault"),
    [
        ("thing1", " \n", "is empty"),
        ("character_string1", "订单17", "takes at most 32 letters, digits and signs"),
        ("letter1", "a1", "takes at most 32 letters"),
        ("symbol1", "a", "takes at most 5 signs"),
        ("phrase1", "OK", "takes at most 5 Chinese characters"),
        ("number1", "12 pieces", "takes a number"),
        ("number1", "1" * 33, "takes a number"),
        ("amount1", "about 12", "takes an amount"),
        ("amount1", "12345678901", "takes an amount"),
        ("phone_number1", "none", "takes a phone number"),
        ("phone_number1", "1" * 18, "takes a phone number"),
        ("car_number1", "粤A8Z888挂挂", "takes a number plate"),
        ("name1", "张三1", "takes a name"),
        ("time1", "明天", "takes a time such as 15:01"),
        ("time1", "2026-02-30", "takes a time"),
        ("time1", "24:00", "takes a time"),
        ("time1", "1~2~3", "takes a time"),
        ("time1", "1732864500", "takes a time"),
        ("date1", "0001-01-01T00:00:00+14:00", "takes a time"),
        ("date1", "9999-12-31T20:00:00Z", "takes a time"),
    ],
)
def test_a_value_of_another_type_is_a_fault_that_says_what_is_taken(
    keyword: str, value: str, fault: str
) -> None:
    found = fit(keyword, value, ZONE)

    assert found.fault.startswith(fault)
    assert not found.is_cut


def test_a_keyword_with_values_of_its_own_takes_no_other() -> None:
    allowed = ("待付款", "已发货")

    assert fit("phrase1", "已发货", ZONE, allowed) == KeywordValue("已发货")
    for keyword in ("const1", "status"):
        assert fit(keyword, "到了", ZONE, allowed).fault == "is one of 待付款, 已发货"


@given(st.sampled_from(TYPE_NAMES), st.text(max_size=60))
def test_a_value_without_a_fault_is_taken_by_wechat(kind: str, value: str) -> None:
    found = fit(f"{kind}1", value, ZONE)

    assert found.fault or not is_refused(f"{kind}1", found.text)
