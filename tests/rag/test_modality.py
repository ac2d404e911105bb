"""A sentence may not be stronger than its clause."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from index.passage import Passage
from rag.check.modality import grown_force
from rag.check.segments import cover, fold_for_match
from rag.findings import Finding

CHILD = "研究建立育儿补贴制度"
RELIEF = "增发一次性生活补贴"
RATE = "适时降低住房公积金"
SHOPS = "支持在具备条件的城市口岸"
MATERNITY = "纳入生育保险"
NURSERY = "社区嵌入式托育、用人单位办托"
BONDS = "允许专项债券"
LOANS = "2025年对符合条件的个人消费贷款"
PAEDIATRICS = "夜间儿科"
AID = "部分学生资助补助标准"
LEAVE = "鼓励带薪年休假"
WAGE = "科学合理提高最低工资"

GROWN = [
    ("给予财政贴息", "2025年个人消费贷款都有财政贴息。"),
    ("给予财政贴息", "2025年，不论是否符合条件，消费贷款一律给予财政贴息。"),
    (CHILD, "已建立育儿补贴制度。"),
    (CHILD, "建立育儿补贴制度。"),
    (CHILD, "育儿补贴制度已经建立。"),
    (CHILD, "一定建立育儿补贴制度。"),
    (RELIEF, "有条件的地方向困难群众发放救助金或增发一次性生活补贴。"),
    (RELIEF, "向困难群众每月发放救助金或增发一次性生活补贴。"),
    (LOANS, "2025年对符合条件的个人消费贷款给予财政全额贴息。"),
    (LOANS, "2025年起对符合条件的个人消费贷款给予财政贴息。"),
    (LOANS, "2025年底對符合條件的個人消費貸款給予財政貼息。"),
    (LOANS, "2025年对符合条件的个人消费贷款每个月给予财政贴息。"),
    (RATE, "适时大幅降低住房公积金贷款利率。"),
    (RELIEF, "鼓励向困难群众发放救助金或增发一次性生活补贴。"),
    (RELIEF, "鼓励各地向困难群众发放救助金或增发一次性生活补贴。"),
    (RATE, "降低住房公积金贷款利率。"),
    (RATE, "适当降低住房公积金贷款利率。"),
    (RATE, "住房公积金贷款利率将逐步降低。"),
    (AID, "2025年提高大部分学生资助补助标准。"),
    (AID, "2025年提高学生资助补助标准，更多学生受益。"),
    (RATE, "立即降低住房公积金贷款利率。"),
    (SHOPS, "必须在具备条件的城市口岸开设免税店。"),
    (SHOPS, "在具备条件的城市口岸开设免税店。"),
    (SHOPS, "支持在城市口岸开设免税店。"),
    (MATERNITY, "指导各地将参加职工基本医疗保险的灵活就业人员、农民工纳入生育保险。"),
    (MATERNITY, "所有灵活就业人员、农民工都将纳入生育保险。"),
    (NURSERY, "发展社区嵌入式托育、用人单位办托和托幼一体服务。"),
    (NURSERY, "保证发展社区嵌入式托育、用人单位办托和托幼一体服务。"),
    (LOANS, "2025年对个人消费贷款和消费领域的服务业经营主体贷款给予财政贴息。"),
    (LOANS, "2025年对所有个人消费贷款给予财政贴息。"),
    (PAEDIATRICS, "加大综合医院夜间儿科门（急）诊开放力度。"),
]
FAITHFUL = [
    ("经营活动场地", "经营活动场地、公共交通运力、临时停车泊位等，都会加大保障力度。"),
    (PAEDIATRICS, "疾病高发期，综合医院夜间儿科门急诊要多开放。"),
    (CHILD, "研究建立育儿补贴制度。"),
    (CHILD, "方案提出研究建立育儿补贴制度。"),
    (CHILD, "正在研究建立育兒補貼制度。"),
    (RELIEF, "鼓励有条件的地方结合实际向困难群众发放救助金或增发一次性生活补贴。"),
    (RELIEF, "鼓励有条件的地方向困难群众发放救助金。"),
    (RATE, "适时降低住房公积金贷款利率。"),
    (RATE, "住房公积金贷款利率会适时降低。"),
    (RATE, "住房公积金贷款利率会看时机下调。"),
    (RATE, "到了合适的时候，降低住房公积金贷款利率。"),
    (AID, "2025年提高一部分学生的资助补助标准。"),
    (BONDS, "容许专项债券支持城市政府收购存量商品房。"),
    (SHOPS, "支持在具备条件的城市口岸开设免税店。"),
    (NURSERY, "鼓励发展社区嵌入式托育服务。"),
    (BONDS, "允许专项债券支持城市政府收购存量商品房用作保障性住房。"),
    (LOANS, "2025年对符合条件的个人消费贷款给予财政贴息。"),
]
GROWN_ENGLISH = [
    ("支持各地增加", "Local governments must support more quality sports events."),
    (CHILD, "A childcare subsidy system must be established."),
    (CHILD, "The government guarantees a childcare subsidy."),
    (CHILD, "Families will receive a childcare subsidy."),
    (CHILD, "A childcare subsidy system has been established."),
    (CHILD, "Establish a childcare subsidy system."),
    (RELIEF, "All places encourage issuing relief funds where conditions allow."),
    (RELIEF, "Relief funds are paid to people in difficulty."),
    (RATE, "The interest rate of housing provident fund loans is lowered."),
    (RATE, "Immediately lower the interest rate in due course."),
    (SHOPS, "Open duty-free shops at city ports."),
    (AID, "In 2025 student aid standards are to be raised as part of the plan."),
    (LOANS, "Everyone eligible gets interest subsidies with government support."),
    (LOANS, "From 2025 onwards, interest subsidies from public funds support eligible loans."),
    (LOANS, "By the end of 2025, interest subsidies support eligible personal consumer loans."),
    (LOANS, "Monthly interest subsidies in 2025 support eligible personal consumer loans."),
    (LOANS, "Full interest subsidies in 2025 support eligible personal consumer loans."),
    (NURSERY, "Community childcare, doubled in number, is encouraged and supported."),
]
FAITHFUL_ENGLISH = [
    (
        "给予财政贴息",
        "In 2025 interest subsidies will be given on eligible personal consumer loans.",
    ),
    (CHILD, "Study the establishment of a childcare subsidy system."),
    (
        RELIEF,
        "Encourage places where conditions allow to issue relief funds or one-off living "
        "allowances to people in difficulty in light of local conditions.",
    ),
    (RATE, "Lower the interest rate of housing provident fund loans in due course."),
    (SHOPS, "Support the opening of duty-free shops at city ports where conditions allow."),
    (NURSERY, "Encourage community-embedded childcare and childcare run by employers."),
    (LOANS, "In 2025, eligible personal consumer loans are to get interest subsidies."),
]

FindClause = Callable[[str], Passage]


# Words of duty are strong where the rule only encourages.
DUTIES = [
    (LEAVE, "要求带薪年休假与小长假连休，鼓励弹性错峰休假。"),
    (LEAVE, "带薪年休假须与小长假连休，鼓励弹性错峰休假。"),
    (LEAVE, "带薪年休假应与小长假连休，鼓励弹性错峰休假。"),
    (BONDS, "要求专项债券支持城市政府收购存量商品房，可用作保障性住房。"),
    (BONDS, "专项债券支持城市政府收购存量商品房，可用作保障性住房。"),
    (LEAVE, "Employers have to join paid annual leave with holidays, encouraging staggered leave."),
    (LEAVE, "Employers need to join paid annual leave with holidays, which is encouraged."),
    (LEAVE, "Joining paid annual leave with short public holidays is obligatory and encouraged."),
    (WAGE, "The minimum wage was raised in a sound and reasonable way."),
]
NO_DUTIES = [
    (LEAVE, "方案的要求是，鼓励带薪年休假与小长假连休。"),
    (RELIEF, "鼓励地方向困难群众发放救助金，地方须有条件。"),
    (BONDS, "允许专项债券支持城市政府收购存量商品房，可用作保障性住房。"),
    (LEAVE, "Those who need a longer leave are encouraged to join it with short holidays."),
    (WAGE, "What was laid down on the minimum wage is made sound and reasonable."),
]


def growth(sentence: str, clause: str, *, chinese: bool) -> Finding | None:
    segments = cover(sentence, clause).segments if chinese else ()
    return grown_force(sentence, clause, segments, chinese=chinese)


@pytest.mark.parametrize(("words", "sentence"), GROWN)
def test_a_stronger_sentence_is_told(clause: FindClause, words: str, sentence: str) -> None:
    assert growth(sentence, clause(words).text, chinese=True)


@pytest.mark.parametrize(("words", "sentence"), FAITHFUL)
def test_a_faithful_sentence_passes(clause: FindClause, words: str, sentence: str) -> None:
    assert growth(sentence, clause(words).text, chinese=True) is None


@pytest.mark.parametrize(("words", "sentence"), GROWN_ENGLISH)
def test_a_stronger_translation_is_told(clause: FindClause, words: str, sentence: str) -> None:
    assert growth(sentence, clause(words).text, chinese=False)


@pytest.mark.parametrize(("words", "sentence"), DUTIES)
def test_a_duty_of_what_is_only_encouraged_is_told(
    clause: FindClause, words: str, sentence: str
) -> None:
    assert growth(sentence, clause(words).text, chinese=not sentence.isascii())


@pytest.mark.parametrize(("words", "sentence"), NO_DUTIES)
def test_what_prescribes_nothing_passes(clause: FindClause, words: str, sentence: str) -> None:
    assert growth(sentence, clause(words).text, chinese=not sentence.isascii()) is None


@pytest.mark.parametrize(("words", "sentence"), [*GROWN, *GROWN_ENGLISH])
def test_what_is_told_stands_where_it_says(clause: FindClause, words: str, sentence: str) -> None:
    official = clause(words).text
    told = growth(sentence, official, chinese=not sentence.isascii())
    assert told is not None and (told.said or told.held)
    assert all(word in fold_for_match(sentence) for word in told.said)
    assert all(word in fold_for_match(official) for word in told.held)


@pytest.mark.parametrize(("words", "sentence"), FAITHFUL_ENGLISH)
def test_a_faithful_translation_passes(clause: FindClause, words: str, sentence: str) -> None:
    assert growth(sentence, clause(words).text, chinese=False) is None


def test_every_clause_is_as_strong_as_itself(passages: tuple[Passage, ...]) -> None:
    assert [p.text for p in passages if growth(p.text, p.text, chinese=True)] == []


def test_some_places_do_not_become_all_places(clause: FindClause) -> None:
    grown = "鼓励各地结合实际向困难群众发放救助金或增发一次性生活补贴。"
    assert growth(grown, clause(RELIEF).text, chinese=True)
