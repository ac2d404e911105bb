"""A sentence that turns a rule's direction is told, one that keeps it is not."""

from __future__ import annotations

import pytest

from rag.check.contrary import turned


@pytest.mark.parametrize(
    ("clause", "sentence"),
    [
        ("适时降低住房公积金贷款利率。", "住房公积金贷款利率会上调。"),
        ("科学合理提高最低工资标准。", "最低工资标准会下调。"),
        ("延续实施稳岗返还政策。", "稳岗返还政策终止实施。"),
        ("支持外贸产品拓内销。", "外贸产品内销受到限制。"),
        ("鼓励发展社区嵌入式托育。", "社区嵌入式托育暂停发展。"),
    ],
)
def test_a_turned_direction_is_told(clause: str, sentence: str) -> None:
    assert turned(sentence, clause, clause, chinese=True)


@pytest.mark.parametrize(
    ("clause", "sentence"),
    [
        ("适时降低住房公积金贷款利率。", "住房公积金贷款利率会适时下调。"),
        ("推动取消户籍限制。", "户籍限制要推动取消。"),
        ("依法严厉打击售卖假冒伪劣产品行为。", "售卖假冒伪劣产品的行为依法禁止。"),
        ("延续实施稳岗返还政策。", "稳岗返还政策没有取消，继续实施。"),
        ("扩大接待规模。", "接待规模会增加。"),
    ],
)
def test_a_kept_direction_is_not(clause: str, sentence: str) -> None:
    assert turned(sentence, clause, clause, chinese=True) is None


@pytest.mark.parametrize(
    ("clause", "sentence", "is_turned"),
    [
        ("延续实施稳岗返还政策。", "The refund policy will be discontinued.", True),
        ("积极发展银发旅游等产业。", "Silver tourism will be curbed.", True),
        ("适时降低住房公积金贷款利率。", "Raise the loan rate when appropriate.", True),
        ("适当提高退休人员基本养老金。", "Appropriately decrease the basic pension.", True),
        ("适时降低住房公积金贷款利率。", "The loan rate will be lowered when appropriate.", False),
        ("推动取消户籍限制。", "Household registration limits are to be lifted.", False),
        ("合理延长经营时间。", "They stay open longer, within reasonable limits.", False),
        ("加强乡村终端配送设施建设。", "The village end of the chain is strengthened.", False),
        ("加强乡村终端配送设施建设。", "Rural end-point facilities are strengthened.", False),
    ],
)
def test_in_english(clause: str, sentence: str, is_turned: bool) -> None:
    assert bool(turned(sentence, clause, clause, chinese=False)) is is_turned
