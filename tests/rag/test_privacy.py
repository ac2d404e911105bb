"""Numbers that name a person never get past the assistant's door; sums, years and hotlines do."""

from __future__ import annotations

import logging

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
    ],
)
def test_other_numbers_stay(text: str) -> None:
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
