"""What a question claims beyond the clauses is told; what they say themselves is not."""

from __future__ import annotations

import pytest

from rag.check.modality import overstated

BREAKS = "鼓励有条件的地方结合实际探索设置中小学春秋假。"
LOANS = "2025年对符合条件的个人消费贷款给予财政贴息。"
ALLOWANCE = "研究建立育儿补贴制度。"
RESTRICTIONS = "全面清理不合理消费限制，严禁一律禁止、层层加码。"


@pytest.mark.parametrize(
    ("question", "clause", "claimed"),
    [
        ("春秋假是全国一律强制放的吧", BREAKS, ("全国", "一律", "强制")),
        ("春秋假是全國強制放的吧", BREAKS, ("全國", "強制")),
        ("育儿补贴已经建好了吗", "研究建立育儿补贴制度。", ("已经",)),
        (
            "Is it mandatory for every school to have a spring break?",
            BREAKS,
            ("mandatory", "every"),
        ),
        ("Nice, so every single loan gets it for free?", LOANS, ("every single", "for free")),
        ("是不是一律不准限购", RESTRICTIONS, ()),
        ("我已经退休了，一定要自己申请吗", LOANS, ()),
        ("全民所有的集体店能贷吗", LOANS, ()),
        ("我们想开全国第一家店", LOANS, ()),
        ("Do I pay every month?", LOANS, ()),
        ("国家家电补贴怎么领", LOANS, ()),
        ("农村老人人均养老金多少", LOANS, ()),
        ("每個人都有嗎，是不是已經建立了", LOANS, ("每個人都", "已經")),
        ("Is it mandatory?", "支持各地增加优质赛事供给。", ("mandatory",)),
        ("Is it for free?", "落实免息政策。", ()),
        ("Is every loan supported?", "全面支持各类贷款。", ()),
        ("公司强制加班违法吗", BREAKS, ()),
        ("老闆強行不讓休年假怎麼辦", BREAKS, ()),
        ("我已正式离职，能领失业金吗", ALLOWANCE, ()),
        ("我所有证件都丢了，去哪补", LOANS, ()),
        ("想带孩子去全国各地滑雪", LOANS, ()),
        ("I was forced to resign, is there a benefit?", ALLOWANCE, ()),
        ("My loan has already been approved, what now?", ALLOWANCE, ()),
        ("我听说国家规定所有学校强制放假", BREAKS, ("所有", "强制")),
        ("My neighbour says it's already in force", ALLOWANCE, ("already in force",)),
        ("育儿补贴已经出台了吗", ALLOWANCE, ("已经",)),
        ("育兒補貼已經全面發放了吧", ALLOWANCE, ("已經",)),
        ("户籍限制已经放开了吧", RESTRICTIONS, ("已经",)),
        ("So schools must have a spring break?", BREAKS, ("schools must",)),
        ("Is a break required in all schools?", BREAKS, ("required in all",)),
        ("Has it already been approved?", ALLOWANCE, ("already been approved",)),
        ("What forms must parents fill in? This must be a joke", ALLOWANCE, ()),
        ("What the schools must do?", BREAKS, ()),
        ("So employers must grant paid leave?", "严格落实带薪年休假制度。", ()),
        ("Is support guaranteed?", "加大生育养育保障力度。", ("guaranteed",)),
    ],
)
def test_what_a_question_claims_beyond_its_clauses(
    question: str, clause: str, claimed: tuple[str, ...]
) -> None:
    assert overstated(question, [clause]) == claimed


def test_a_word_of_any_cited_clause_is_no_overstatement() -> None:
    assert overstated("一律禁止吗", [BREAKS, RESTRICTIONS]) == ()
