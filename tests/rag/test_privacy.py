"""Numbers that name a person never get past the assistant's door; sums, years and hotlines do."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from fakes import FakeModel

from rag.answer import Role, Turn
from rag.privacy import MASK, mask_numbers


@pytest.mark.parametrize(
    "number",
    [
        "110101199003077715",
        "11010119900307771X",
        "11010119900307771x",
        "110101 19900307 7715",
        "１１０１０１１９９００３０７７７１５",
        "110101900307771",
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+86 13812345678",
        "+8613812345678",
        "010-87654321",
        "(0571)87654321",
        "6222021234567890123",
        "6222 0212 3456 7890",
        "6222-0212-3456-7890-123",
        "4111111111111111",
        "138\u200b1234\u200b5678",
        "138<b></b>1234 5678",
        "138  1234  5678",
        "110101\n19900307\n7715",
        "11010119900307\u2060\ufeff7715",
        "一三八零零一二三四五六",
        "幺三八〇〇幺二三四五六",
        "138.1234.5678",
        "138 12 34 56 78",
        "1 3 8 1 2 3 4 5 6 7 8",
        "138，1234，5678",
        "138，然后1234，再是5678",
        "(+86)13812345678",
        "0086-138-1234-5678",
        "l38O0l23456",
        "138一二三四5678",
        "138[1234](http://a.cn/b)5678",
        "138&nbsp;1234&#8203;5678",
        "①③⑧①②③④⑤⑥⑦⑧",
        "one three eight one two three four five six seven eight",
        "壹叁捌零零壹贰叁肆伍陆",
        "+852 9123 4567",
        "110101（19900101）1237",
        "110101，19900101，1237",
        "1 1 0 1 0 1 1 9 9 0 0 1 0 1 1 2 3 7",
        "一一〇一〇一一九九〇〇一〇一一二三七",
        "4111，1111，1111，1111",
        "4111然后1111然后1111然后1111",
    ],
)
def test_a_persons_number_is_masked_wherever_it_stands(number: str) -> None:
    for frame in (
        "{}",
        "我是{}，能领补贴吗",
        "号码：{}。",
        "我的卡号{}和生育保险",
        "my number is {} ok",
    ):
        masked = mask_numbers(frame.format(number))
        assert masked == frame.format(MASK)


@pytest.mark.parametrize(
    "text",
    [
        "2025年3月16日发的文件",
        "拨打12345行吗",
        "补贴30000000000元够吗",
        "第十五项和第30项",
        "买了5999.99元的手机",
        "2024-2025学年",
        "1,000,000 yuan",
        "3.1415926535897932",
        "24小时 365 天",
        "GB/T 19001-2016",
        "一二三四五六七八九十",
        "三十条、一百零三款",
        "三个人工资10000-20000-30000怎么算",
        "10000/20000/30000",
        "3000-5000-8000元",
        "从150000-20000降下来",
        "4500 5200 6100 7300",
        "补贴150、3000、5000够吗",
        "2019-2020-2021-2022",
        "2018 2019 2020 2021 2022",
        "2025-03-16至2026-03-16",
        "1985-10-01 600",
        "24 36 48 60 72 84 96 108",
        "45 46 47 48 49 50 51 52",
        "6224、6300、6480、7011",
        "13812345678元",
        "1,500,000,000,000元",
        "国办发〔2025〕13号",
        "中办发[2025]12号 2025年3月16日",
        "统一社会信用代码91350100M000100Y43",
        "信用代码911100001000123456",
        "订单号2025031622001234",
        "客服400-812-3123",
        "第138条，1990年，2000元",
        "手机5999-6999",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask_numbers(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "我的卡号10002000300040",
        "身份证号是1101011990010112",
        "电话：8765 4321",
        "联系方式是138123456789",
    ],
)
def test_what_the_asker_calls_a_number_of_his_is_believed(text: str) -> None:
    masked = mask_numbers(text)
    assert masked.endswith(MASK) and not any(character.isdigit() for character in masked)


def test_several_numbers_are_masked_each_and_what_stands_between_stays() -> None:
    text = "我30岁，13812345678或(010)87654321，工资5000-6000-7000元"
    assert mask_numbers(text) == f"我30岁，{MASK}或{MASK}，工资5000-6000-7000元"


def test_in_what_is_far_too_long_any_long_number_is_masked() -> None:
    text = "养老金怎么涨" * 800 + "13812345678，一三八一二三四五六七八，１３８ １２３４ ５６７８"
    masked = mask_numbers(text)
    assert masked.endswith(MASK) and not set("123１２３二") & set(masked)


@pytest.mark.parametrize("name", ["audit", "canvass", "docket", "exam"])
def test_no_question_of_these_sets_has_a_number_to_mask(name: str) -> None:
    path = Path(__file__).parents[2] / "eval" / "questions" / f"{name}.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines():
        question = json.loads(line)["question"]
        assert mask_numbers(question) == question


@pytest.mark.parametrize("text", ["1 " * 250, "(1" * 250, "138 1234 " * 55, "<" * 500, "1" * 10**6])
def test_what_looks_much_like_numbers_is_read_to_its_end(text: str) -> None:
    masked = mask_numbers(text)
    assert mask_numbers(masked) == masked


@pytest.mark.parametrize(
    "text", ["fıve", "sıx ıs enough", "FİVE", "13 000 000 000 元", "1+1000000012"]
)
def test_these_are_no_numbers_of_persons(text: str) -> None:
    assert mask_numbers(text) == text


def test_neither_model_nor_answer_nor_log_sees_the_number(
    make_assistant, caplog: pytest.LogCaptureFixture
) -> None:
    model = FakeModel(reply="研究建立育儿补贴制度。")
    assistant = make_assistant(model)
    history = (Turn(role=Role.USER, content="我手机13812345678，育儿补贴有吗"),)
    with caplog.at_level(logging.DEBUG):
        answer = assistant.ask("那身份证110101199003077715的人呢", history)
    seen = f"{answer}{model.asked}{caplog.text}"
    assert "13812345678" not in seen and "110101199003077715" not in seen
    assert MASK in answer.question and MASK in answer.rewritten
