"""A reply is cut into the same sentences, however it streams."""

from __future__ import annotations

import itertools

import pytest

from rag.sentences import split_sentences, tidy

REPLIES = {
    "chinese": "研究建立育儿补贴制度。2025年提高标准！“一老一小”呢？鼓励发展。”有引号。",
    "decimals": "The rate is 1.5 percent. It was 3.25% in 2024. See REITs.com now. Done",
    "lists": "1. 提高工资。\n2. 发放补贴。\n- 支持托育；\n* 加装电梯\n",
    "labels": "（七）提高养老金。[2] 支持免税店。根据《方案》第（五）项，研究建立育儿补贴制度。",
    "markdown": "## 答复\n**可以**。`支持`以旧换新。__推动__转型（十五）。",
    "ends": "可以……会的？！”好。。。",
    "arabic": "ندرس إنشاء نظام. هل يوجد دعم؟ نعم.",
    "abbreviations": "The U.S. and e.g. China agree. Plan B. works.",
    "bare": "没有句号",
    "white": " \n\n ",
}


def cut(*pieces: str) -> list[str]:
    return list(split_sentences(iter(pieces)))


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
def test_any_two_cuts_give_the_sentences_of_the_whole(reply: str) -> None:
    whole = cut(reply)
    for i, j in itertools.combinations_with_replacement(range(len(reply) + 1), 2):
        assert cut(reply[:i], reply[i:j], reply[j:]) == whole


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pieces_of_any_size_give_the_sentences_of_the_whole(reply: str, size: int) -> None:
    assert cut(*(reply[i : i + size] for i in range(0, len(reply), size))) == cut(reply)


def test_sentences_end_where_they_end() -> None:
    assert cut(REPLIES["chinese"]) == [
        "研究建立育儿补贴制度。",
        "2025年提高标准！",
        "“一老一小”呢？",
        "鼓励发展。”",
        "有引号。",
    ]


def test_decimals_and_names_are_not_cut() -> None:
    assert cut(REPLIES["decimals"]) == [
        "The rate is 1.5 percent.",
        "It was 3.25% in 2024.",
        "See REITs.com now.",
        "Done",
    ]


def test_list_marks_labels_and_markdown_are_taken_off() -> None:
    assert cut(REPLIES["lists"]) == ["提高工资。", "发放补贴。", "支持托育。", "加装电梯"]
    assert cut(REPLIES["labels"]) == ["提高养老金。", "支持免税店。", "研究建立育儿补贴制度。"]
    assert cut(REPLIES["markdown"]) == ["答复", "可以。", "支持以旧换新。", "推动转型。"]


def test_nothing_gives_nothing() -> None:
    assert cut() == cut("") == cut(REPLIES["white"]) == cut("**", "**\n") == []


def test_a_sentence_comes_before_the_reply_is_over() -> None:
    given = []

    def pieces():  # type: ignore[no-untyped-def]
        for piece in ("一。", "二。", "三。"):
            given.append(piece)
            yield piece

    assert next(split_sentences(pieces())) == "一。"
    assert len(given) < 3


@pytest.mark.parametrize(
    "sentence",
    [
        "研究建立育儿补贴制度。",
        "2025年提高标准。",
        "3类数码产品。",
        "第三方信用平台。",
        "第一批试点地区。",
        "手机、平板、智能手表（手环）3类数码产品购新补贴。",
    ],
)
def test_a_clean_sentence_stays_as_it_is(sentence: str) -> None:
    assert tidy(sentence) == sentence


@pytest.mark.parametrize("sentence", ["1.5万元以下的贷款给予贴息。", "20、30岁的劳动者都能参加。"])
def test_a_figure_at_the_start_stays(sentence: str) -> None:
    assert tidy(sentence) == sentence


@pytest.mark.parametrize(
    ("sentence", "tidied"),
    [
        ("根据《提振消费专项行动方案》第（七）项规定，2025年提高标准。", "2025年提高标准。"),
        ("根据第（七）项的规定，提高标准。", "提高标准。"),
        ("第七项提出，全面实施个人养老金制度。", "全面实施个人养老金制度。"),
        ("（七）明确：提高标准。", "提高标准。"),
        ("第（七）项中明确提出，提高标准。", "提高标准。"),
        ("第七项措施：提高标准。", "提高标准。"),
        ("（二十四）及时清理限制。", "及时清理限制。"),
        ("（一）提出加强监管。", "提出加强监管。"),
        ("第七项和第八项都提到养老。", "第七项和第八项都提到养老。"),
        ("第（七）、（八）项提到养老。", "第（七）、（八）项提到养老。"),
        ("第（七）项以及第八项提到养老。", "第（七）项以及第八项提到养老。"),
        ("一是提高标准；", "提高标准。"),
        ("方案提出，一是提高标准；", "方案提出，提高标准。"),
        ("（七）二是提高标准；", "二是提高标准。"),
        ("一是一，二是二。", "一是一，二是二。"),
        ("Pensions are to be raised;", "Pensions are to be raised."),
    ],
)
def test_a_label_goes_with_the_words_that_report_it(sentence: str, tidied: str) -> None:
    assert tidy(sentence) == tidied
