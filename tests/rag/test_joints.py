"""The clause's own words in other places are told from its words in other order."""

from __future__ import annotations

import numpy as np
import pytest

from rag.check.joints import JOINT_SIGNS, exchanged_word, joint_signs, repeated

PENSIONS = (
    "2025年提高城乡居民基础养老金和城乡居民基本医疗保险财政补助标准，适当提高退休人员基本养老金。"
)
STOCKS = (
    "强化央企国企控股上市公司市值管理，依法严厉打击资本市场财务造假和上市公司股东违规减持等行为。"
)
LOANS = "支持金融机构按照市场化法治化原则优化个人消费贷款偿还方式，有序开展续贷工作。"
SHOPS = "加强县级物流配送中心和乡村终端物流配送设施建设。"


def told(sentence: str, clause: str) -> dict[str, float]:
    """The signs by name."""
    return dict(zip(JOINT_SIGNS, joint_signs(sentence, clause), strict=True))


@pytest.mark.parametrize("clause", [PENSIONS, STOCKS, LOANS, SHOPS])
def test_a_clause_itself_has_no_joint_but_its_stops(clause: str) -> None:
    signs = told(clause, clause)
    joints = JOINT_SIGNS[: JOINT_SIGNS.index("n_runs")]
    assert not any(signs[name] for name in joints)
    assert signs["longest_join"] == signs["longest_cut"] == signs["longest_exchange"] == 0


@pytest.mark.parametrize(
    ("sentence", "clause", "sign", "n"),
    [
        ("2025年提高退休人员基本养老金，适当提高城乡居民基础养老金。", PENSIONS, "crossing", 2),
        ("强化上市公司股东市值管理，依法打击资本市场财务造假。", STOCKS, "crossing", 2),
        ("支持金融机构有序开展续贷工作。", LOANS, "entering", 1),
        ("按照市场化法治化原则的续贷工作。", LOANS, "crossing_by_word", 1),
        ("市值管理由央企国企控股上市公司强化。", STOCKS, "back_by_word", 1),
        ("加强县级终端物流配送设施建设。", SHOPS, "cut", 1),
        ("加强县级仓储配送中心和乡村终端物流配送设施建设。", SHOPS, "exchanged", 1),
    ],
)
def test_each_joint_is_counted_as_what_it_is(sentence: str, clause: str, sign: str, n: int) -> None:
    assert told(sentence, clause)[sign] == n


def test_the_longer_what_is_joined_or_exchanged_the_larger_the_sign() -> None:
    swapped = told("2025年提高退休人员基本养老金，适当提高城乡居民基础养老金。", PENSIONS)
    assert swapped["longest_join"] == len("2025年提高")
    exchanged = told("加强县级仓储配送中心和乡村终端物流配送设施建设。", SHOPS)
    assert exchanged["longest_exchange"] == len("加强县级")


def test_quotation_marks_scripts_and_width_make_no_joint() -> None:
    assert not told("強化央企國企控股上市公司「市值管理」。", STOCKS)["crossing"]
    assert np.array_equal(
        joint_signs(STOCKS.replace("，", ","), STOCKS), joint_signs(STOCKS, STOCKS)
    )


@pytest.mark.parametrize("sentence", ["", "。", "Nothing of it.", "渔民出海捕捞金枪鱼。"])
def test_a_sentence_that_shares_nothing_has_no_signs(sentence: str) -> None:
    assert not joint_signs(sentence, PENSIONS).any()


BIKES = "支持换购合格安全的电动自行车，实施手机、平板等数码产品购新补贴。"


@pytest.mark.parametrize(
    ("sentence", "clause", "words"),
    [
        ("支持换购合格安全的燃油摩托车。", BIKES, ("电动自行车", "燃油摩托车")),
        (
            "加强县级物流配送中心和乡村终端仓储配送设施建设。",
            "加强县级物流配送中心和乡村终端物流配送设施建设。",
            ("物流", "仓储"),
        ),
    ],
)
def test_a_word_exchanged_amid_the_clauses_own_is_told(
    sentence: str, clause: str, words: tuple[str, str]
) -> None:
    assert exchanged_word(sentence, clause) == words


@pytest.mark.parametrize(
    "sentence",
    [
        BIKES,
        "支持换购合格安全的电动自行车。",
        "换购合格安全的电动自行车会得到支持。",
        "支持换车。",
        "",
    ],
)
def test_words_of_ones_own_around_the_matter_are_not(sentence: str) -> None:
    assert exchanged_word(sentence, BIKES) is None


SCHOOLS = "扩大学龄人口净流入城镇的教育资源供给。"


@pytest.mark.parametrize(
    ("sentence", "twice"),
    [
        ("方案提出，扩大大学龄人口净流入城镇的教育资源供给。", "大"),
        ("扩大学龄人口净流入净流入城镇的教育资源供给。", "净流入"),
        (SCHOOLS, ""),
        ("学龄人口净流入的城镇，教育资源供给要扩大。", ""),
        ("扩大教育资源供给，扩大的是学龄人口净流入城镇的。", ""),
        ("", ""),
    ],
)
def test_the_clauses_characters_twice_on_end_are_told(sentence: str, twice: str) -> None:
    assert repeated(sentence, SCHOOLS) == twice
