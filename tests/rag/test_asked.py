"""What kind of thing a question asks for, in the languages that the product knows."""

from __future__ import annotations

import pytest

from rag.answer import Reason
from rag.asked import asked_kinds, kinds_asked

ASKING = {
    Reason.NO_AMOUNT: [
        "育儿补贴每个月发多少钱",
        "换新手机最多能补多少钱？",
        "退休金今年涨百分之几",
        "基础养老金一个月加几块钱？",
        "公积金贷款利率降到几个点了",
        "稳岗返还的比例是多少？",
        "裝一部電梯政府到底補助多少錢？",
        "How much is the childcare subsidy per month?",
        "What will the new interest rate be, and what percent is it?",
        "育児手当は月いくらもらえますか？",
        "보조금은 얼마인가요?",
        "À combien s'élève la subvention ?",
        "¿Cuánto es el subsidio?",
        "Сколько составляет пособие?",
        "كم يبلغ الحد الأدنى الجديد للأجور؟",
        "Wie hoch ist der Zuschuss?",
    ],
    Reason.NO_DATE: [
        "以旧换新补贴啥时候截止啊",
        "春假从几月几号放到几号？",
        "冰雪消费季哪天开始",
        "失业保险金最长能领几个月？",
        "儿科夜间门诊开到晚上几点？",
        "年休假有多少天",
        "補貼什麼時候發？",
        "When does the scheme start?",
        "How long does it take?",
        "補助金はいつから始まりますか？",
        "언제 시작하나요?",
        "Quand commence le programme ?",
        "¿Cuándo empieza?",
        "Когда начнётся программа?",
        "متى يبدأ البرنامج؟",
        "Ab wann gilt das?",
    ],
    Reason.NO_PLACE: [
        "家电以旧换新在哪个APP上领券",
        "新的免税店会开在哪几个城市？",
        "财政贴息的消费贷哪几家银行能办？",
        "去哪里领救助金",
        "Which countries are on the visa-free list now?",
        "Where do I apply for it?",
        "どこで申請できますか？",
        "어디서 신청하나요?",
        "Où puis-je demander la prime ?",
        "¿Dónde puedo pedirlo?",
        "Где получить пособие?",
        "أين أقدم الطلب؟",
        "Wo kann ich den Antrag stellen?",
    ],
    Reason.NO_PROCEDURE: [
        "育儿补贴怎么申请",
        "提取公积金要带什么材料",
        "买到假货打哪个电话投诉",
        "想申请育儿补贴该找哪个部门问啊",
        "補貼怎麼申請",
        "How do I apply for the subsidy?",
        "What documents do I need?",
        "What's the phone number to report an employer?",
        "どうやって申し込みますか？",
        "어떻게 신청하나요?",
        "Comment puis-je obtenir la prime ?",
        "¿Cómo puedo solicitar la ayuda?",
        "Как получить пособие?",
        "كيف أحصل على الدعم؟",
        "Wie beantrage ich den Zuschuss?",
    ],
    Reason.NO_DETAIL: ["老年食堂多大岁数可以去吃？", "满几岁能领", "What age must I be?"],
}

INNOCENT = [
    "买手机补贴支持几类产品",
    "数码产品有几类",
    "哪些部门负责监督休假",
    "什么样的地方可以给托育机构补助",
    "哪些人能领失业保险金",
    "哪些方面要加大支持",
    "育儿补贴有没有",
    "老旧小区加装电梯支持吗",
    "怎么提高最低工资标准",
    "如何促进入境消费",
    "政府怎么解决拖欠账款",
    "文旅项目怎么融资",
    "农机报废更新补贴还有吗",
    "保障房从哪里来",
    "公积金能不能付首付",
    "哪些商户可以成为离境退税商店",
    "年休假能和小长假连着休吗",
    "什么是首发经济",
    "Does the plan support elevators in old buildings?",
    "What does the plan say about annual leave?",
    "Who can get unemployment benefits?",
    "Which kinds of digital products are covered?",
    "Is there anything for farmers?",
    "Can a tourist get the tax refunded right away when paying in a shop?",
    "Will wages be watched when firms hold them back?",
    "育児への支援はありますか？",
    "육아 지원이 있나요?",
    "Y a-t-il une aide pour les parents ?",
    "¿Hay ayudas para los agricultores?",
    "Есть ли поддержка для семей?",
    "هل يوجد دعم للأسر؟",
    "Gibt es Hilfe für Familien?",
    "",
]


def reasons(question: str) -> set[Reason]:
    return {kind.reason for kind in kinds_asked(question)}


@pytest.mark.parametrize(
    ("reason", "question"), [(reason, q) for reason, asked in ASKING.items() for q in asked]
)
def test_what_is_asked_for_is_told(reason: Reason, question: str) -> None:
    assert reason in reasons(question)


@pytest.mark.parametrize(
    ("reason", "question"),
    [
        (Reason.NO_PROCEDURE, "申請方法を教えてください"),
        (Reason.NO_PROCEDURE, "必要な書類は何ですか"),
        (Reason.NO_PROCEDURE, "電話番号を教えて"),
        (Reason.NO_PLACE, "どの銀行が扱いますか"),
    ],
)
def test_japanese_kanji_are_matched(reason: Reason, question: str) -> None:
    assert reason in reasons(question)


@pytest.mark.parametrize("question", INNOCENT)
def test_a_question_about_the_matter_asks_for_none_of_them(question: str) -> None:
    assert reasons(question) == set()


def test_width_and_case_make_no_difference() -> None:
    assert reasons("ＨＯＷ ＭＵＣＨ is it") == reasons("how much is it") == {Reason.NO_AMOUNT}


def test_every_kind_is_a_reason_with_patterns_that_need_words() -> None:
    for kind in asked_kinds():
        assert kind.reason in Reason
        assert not kind.asks.search("")
        assert not kind.holds.search("")


@pytest.mark.parametrize(
    ("reason", "clause", "holds"),
    [
        (Reason.NO_AMOUNT, "每人补贴三千元。", True),
        (Reason.NO_AMOUNT, "提高20%。", True),
        (Reason.NO_AMOUNT, "研究建立育儿补贴制度。", False),
        (Reason.NO_AMOUNT, "2025年提高标准。", False),
        (Reason.NO_DATE, "2025年提高标准。", True),
        (Reason.NO_DATE, "适时降低利率。", False),
        (Reason.NO_PROCEDURE, "实行线上即报即办。", True),
        (Reason.NO_PROCEDURE, "支持换购电动自行车。", False),
    ],
)
def test_whether_a_clause_holds_such_a_thing(reason: Reason, clause: str, holds: bool) -> None:
    kinds = [kind for kind in asked_kinds() if kind.reason is reason]
    assert any(kind.holds.search(clause) for kind in kinds) is holds


def test_a_number_of_places_that_is_not_asked_for_is_no_detail() -> None:
    assert kinds_asked("是只在几个城市试，还是全面铺开？") == ()
