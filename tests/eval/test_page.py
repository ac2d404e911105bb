"""The scorecard's page: whole, safe, and the same in its words as the report in its figures."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import pytest
from made import CLAUSE, make_abstention, make_outcome, make_question, make_reply, make_said
from test_report import MADE

from eval.agreement import Agreement
from eval.comparison import compare
from eval.metrics import METRICS
from eval.page import render_page
from eval.page_cards import CAUSES, make_card, ordinal
from eval.page_charts import nice_ticks, position, signed
from eval.page_words import chance_text, duration_text, place_text, share_text, term
from eval.question import Asked, Kind, Question
from eval.reply import Cited, Outcome, Reply, Said
from eval.report import Report, make_report
from rag.answer import Label, Origin, Reason

HOSTILE = "<script>alert(1)</script> ${7*7} {{7*7}} {% raw %} \"'><img src=x onerror=alert(2)>"
VOID = {"meta", "input", "line", "rect", "circle", "path"}
CSS = (Path(__file__).parents[2] / "eval/templates/scorecard.css").read_text(encoding="utf-8")


class Reader(HTMLParser):
    """Collects tags with their attributes, and the words; complains of tags left open."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("script", "style"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def ids(self) -> list[str]:
        return [str(a["id"]) for _, a in self.tags if a.get("id")]


def words_of(page: str) -> str:
    return Reader(page).text


def asked(number: int, reply: Reply, **question: Any) -> Outcome:
    return make_outcome(make_question(id=f"q{number}", **question), reply)


def report_of(*outcomes: Outcome, agreement: Agreement | None = None) -> Report:
    made = MADE.model_copy(update={"n_questions": len(outcomes)})
    return make_report(outcomes, made, agreement)


def mixed(**changed: Outcome) -> Report:
    """A report with a passed question and one failed of every cause."""
    outcomes = {
        "passed": asked(900, make_reply(5)),
        "forbidden": asked(901, make_reply(5, text="一千元"), must_not_include=("一千元",)),
        "invented": asked(902, make_reply(5), answerable=False, asks="amount"),
        "incomplete": asked(903, make_reply(5), must_include=(("免费", "不要钱"), ("补贴",))),
        "cited": asked(904, make_reply(6), measures=(5, 30)),
        "silent": asked(905, make_abstention(reason="no-amount", ranked=())),
    }
    return report_of(*(outcomes | changed).values())


def hostile() -> Outcome:
    cited = Cited(locator=HOSTILE, measures=(), quote=HOSTILE)
    said = Said(text=HOSTILE, cited=(cited,), label=HOSTILE, method=HOSTILE, reason=HOSTILE)
    question = Question.model_validate(
        make_question(
            question=HOSTILE,
            note=HOSTILE,
            evidence=(HOSTILE,),
            must_include=((HOSTILE, HOSTILE),),
            must_not_include=(HOSTILE,),
            history=({"role": "user", "content": HOSTILE},),
        ).model_dump()
    )
    reply = make_reply(
        text=HOSTILE, statements=(said,), nearby=(cited,), origin=HOSTILE, rewritten=HOSTILE + "!"
    )
    return make_outcome(question, reply.model_copy(update={"reason": HOSTILE}))


def test_the_page_fetches_nothing() -> None:
    read = Reader(render_page(mixed(), compare(mixed(), mixed())))
    assert read.open == []
    for tag, attributes in read.tags:
        assert tag not in ("link", "img", "iframe", "object", "base")
        assert "src" not in attributes
        assert (attributes.get("href") or "#").startswith("#")
    assert "http" not in CSS and "url(" not in CSS and "@import" not in CSS
    (policy,) = (a["content"] for t, a in read.tags if t == "meta" and "http-equiv" in a)
    assert str(policy).startswith("default-src 'none'")


def test_what_questions_and_replies_hold_is_shown_as_text() -> None:
    report = report_of(hostile(), asked(901, make_abstention(text=HOSTILE, reason=HOSTILE)))
    before = report_of(asked(900, make_reply(5)), asked(901, make_reply(5)))
    failing = before.model_copy(
        update={
            "entries": tuple(
                b.model_copy(update={"question": e.question, "passed": True})
                for b, e in zip(before.entries, report.entries, strict=True)
            )
        }
    )
    agreement = Agreement(
        judge=HOSTILE, n=1, n_agreed=1, n_right_exact=1, n_right_judge=1, n_unclear=0, kappa=None
    )
    made = MADE.model_copy(update=dict.fromkeys(("system", "split", "machine", "model"), HOSTILE))
    report = report.model_copy(update={"agreement": agreement, "made": made})
    comparison = compare(failing, report).model_copy(update={"before": HOSTILE})
    assert comparison.newly_failed
    page = render_page(report, comparison)
    read = Reader(page)
    assert [tag for tag, _ in read.tags if tag in ("script", "img")] == ["script"]
    assert not any(name.startswith("on") for _, a in read.tags for name in a)
    assert page.count("<script>") == 1 and "alert(1)</script>" not in page
    assert "49" not in read.text
    assert read.text.count("${7*7} {{7*7}} {% raw %}") > 15


def test_failures_stand_before_what_passed_gravest_first() -> None:
    page = render_page(mixed())
    ids = [i for i in Reader(page).ids() if re.fullmatch(r"q\d+", i)]
    assert ids == ["q901", "q902", "q903", "q904", "q905", "q900"]
    assert page.index('id="failures"') < page.index('id="passed"')
    assert "Failures 未通过 : 5 of 6" in words_of(page)


@pytest.mark.parametrize(("place", "cause"), list(enumerate(CAUSES, start=1)))
def test_every_failure_is_put_down_to_its_gravest_cause(place: int, cause: str) -> None:
    assert make_card(mixed().entries[place]).cause == cause


def test_a_failure_tells_what_is_wrong() -> None:
    faults = [make_card(entry).faults for entry in mixed().entries]
    assert faults == [
        (),
        ("says “一千元”",),
        ("answered, where the policy does not say",),
        ("lacks “免费 / 不要钱”",),
        (
            "does not cite 第（五）项, found 1st",
            "does not cite 第（三十）项, not found by the search",
            "cites 第（六）项 beside the matter",
        ),
        (
            "abstained, where the policy answers",
            "does not cite 第（五）项, not found by the search",
        ),
    ]


def test_a_card_takes_either_script_as_the_scores_do() -> None:
    wanted = {"must_include": (("育儿补贴",),), "must_not_include": ("三万元补贴",)}
    reply = make_reply(5, text="育兒補貼：三萬元補貼。")
    (entry,) = report_of(asked(900, reply, lang="zh-Hant", **wanted)).entries
    card = make_card(entry)
    assert card.facts[0].is_said and card.forbidden[0].is_said
    assert (card.cause, card.faults) == ("forbidden", ("says “三万元补贴”",))


def test_values_stand_with_their_denominators() -> None:
    words = words_of(render_page(mixed()))
    assert "0.167 1 of 6" in words  # passed, in the head
    assert "0.200 (1 of 5)" in words  # grounded
    assert "0.000 (0 of 1)" in words  # abstention recall
    assert re.search(r"MRR 首中名次 .*?1\.000 \(n = 4\)", words)
    assert re.search(r"answer length 答案字数 .*?9\.4 \(n = 5\)", words)


def test_a_value_without_an_interval_says_so() -> None:
    words = words_of(render_page(report_of(asked(900, make_reply(5)))))
    assert "1.000 (1 of 1) all alike" in words and "1.000 – 1.000" not in words


def test_the_cited_clause_stands_beside_its_sentence_with_both_verdicts() -> None:
    said = make_said(CLAUSE, 5, label="partial", method="overlap", reason="a figure differs",
                     supported=False)  # fmt: skip
    page = render_page(report_of(asked(900, make_reply(5, statements=(said,)))))
    words = words_of(page)
    assert "第（五）项第一句 " + CLAUSE in words
    assert "~ partly supported 部分有依据 overlap: a figure differs." in words
    assert "ALCE: ✗ its citations do not hold it." in words


def test_sentences_about_the_documents_build_are_no_matter_for_alce() -> None:
    reply = make_reply(5, origin=Origin.STRUCTURE.value)
    words = words_of(render_page(report_of(asked(900, reply))))
    assert "ALCE leaves out what is counted." in words and "ALCE: ✗" not in words


def test_an_abstention_shows_its_reason_and_what_stands_nearby() -> None:
    nearby = (Cited(locator="made#measure:21/clause:3", measures=(21,), quote="鼓励连休。"),)
    words = words_of(render_page(mixed(silent=asked(905, make_abstention(
        reason="no-amount", nearby=nearby)))))  # fmt: skip
    assert "Its reason: the policy states no amount 未写明金额 ." in words
    assert "Shown nearby 相近条款 第（二十一）项第三句 鼓励连休。" in words


def test_earlier_turns_and_the_rewritten_question_are_shown() -> None:
    turns = (
        {"role": "user", "content": "育儿补贴有吗？"},
        {"role": "assistant", "content": "有。"},
    )
    question = Question.model_validate({**make_question().model_dump(), "history": turns})
    reply = make_reply(5, rewritten="育儿补贴一个月多少？")
    words = words_of(render_page(report_of(make_outcome(question, reply))))
    assert "问 育儿补贴有吗？ 答 有。" in words
    assert "Searched as: 育儿补贴一个月多少？" in words


def test_texts_carry_their_language_and_direction() -> None:
    outcome = asked(900, make_reply(5), lang="ar", question="كم يبلغ الحد الأدنى؟")
    page = render_page(report_of(outcome))
    assert '<p class="asked" lang="ar" dir="auto">' in page
    assert f'<p class="answer" lang="zh-Hans" dir="auto">{CLAUSE}' in page


def test_a_report_of_nothing_but_passed_questions_renders() -> None:
    reply = make_reply(5, ranked=(), gate_score=None)
    report = report_of(asked(900, reply))
    assert report.calibration == () and report.seconds == ()
    words = words_of(render_page(report))
    assert "Every question passed." in words
    assert "Calibration" not in words and "Latency" not in words and "Judge" not in words


def test_a_report_of_nothing_but_failures_renders() -> None:
    words = words_of(render_page(report_of(asked(900, make_reply(6)))))
    assert "Failures 未通过 : 1 of 1" in words and "Passed 通过 : 0 of 1 None." in words


def test_the_comparison_names_what_flipped_with_both_texts() -> None:
    before = report_of(asked(900, make_reply(5)), asked(901, make_abstention(text="未写明。")))
    after = report_of(asked(900, make_reply(6, text="别的。")), asked(901, make_reply(5)))
    words = words_of(render_page(after, compare(before, after)))
    assert "1 newly failed, 1 newly passed." in words
    assert re.search(
        rf"Newly failed 新增未通过 : 1 q900 .*? Before 之前 {CLAUSE} After 之后 别的。", words
    )
    assert re.search(
        rf"Newly passed 新增通过 : 1 q901 .*? Before 之前 未写明。 After 之后 {CLAUSE}", words
    )


def test_a_comparison_with_itself_moved_nothing() -> None:
    words = words_of(render_page(mixed(), compare(mixed(), mixed())))
    assert "No question flipped" in words and "Did not move: right, grounded" in words


def test_the_judges_agreement_is_told_with_its_denominator() -> None:
    found = Agreement(
        judge="big", n=40, n_agreed=34, n_right_exact=30, n_right_judge=33, n_unclear=2, kappa=0.61
    )
    report = report_of(asked(900, make_reply(5)), agreement=found)
    words = words_of(render_page(report))
    assert "0.850 (34 of 40)" in words and "kappa is 0.61" in words
    unvaried = report.model_copy(update={"agreement": found.model_copy(update={"kappa": None})})
    assert "kappa cannot be had" in words_of(render_page(unvaried))


def test_the_gates_bins_show_both_counts() -> None:
    replies = [make_reply(5, gate_score=0.7 + i / 100) for i in range(16)]
    outcomes = [asked(900 + i, reply, answerable=i > 0) for i, reply in enumerate(replies)]
    assert "0.700 – 0.710 1 of 2 2 of 2 +1" in words_of(render_page(report_of(*outcomes)))


def test_the_gates_curve_is_drawn_with_where_it_stands() -> None:
    replies = [make_reply(5, gate_score=0.9), make_abstention(gate_score=0.2)]
    outcomes = [asked(900 + i, reply, answerable=i == 0) for i, reply in enumerate(replies)]
    page = render_page(report_of(*outcomes))
    assert "The area under the curve is 1.000 ;" in words_of(page)
    assert '<path class="line" d="M36.0 108.0L36.0 8.0L306.0 8.0"/><circle class="point"' in page


def test_five_hundred_questions_stay_below_three_megabytes() -> None:
    said = tuple(make_said(CLAUSE * 8, 5, method="verbatim", reason="same") for _ in range(3))
    reply = make_reply(5, statements=said, text=CLAUSE * 24)
    outcome = asked(900, reply, evidence=(CLAUSE * 4,), must_include=(("补贴",),))
    entry = report_of(outcome).entries[0]
    report = report_of(outcome).model_copy(update={"entries": (entry,) * 500})
    assert len(render_page(report).encode()) < 3_000_000


@pytest.mark.parametrize(
    ("topic", "names"),
    [
        ("metric", [metric.name for metric in METRICS]),
        ("kind", get_args(Kind)),
        ("lang", get_args(Question.model_fields["lang"].annotation)),
        ("asks", [asks for asks in get_args(Asked) if asks]),
        ("reason", list(Reason)),
        ("label", list(Label)),
        ("origin", list(Origin)),
        ("cause", CAUSES),
    ],
)
def test_every_name_of_a_report_has_its_words(topic: str, names: Sequence[str]) -> None:
    assert [name for name in names if not term(topic, str(name)).zh] == []


def test_a_name_without_words_is_shown_as_it_is() -> None:
    assert (term("kind", "new").name, term("nothing", "new").zh) == ("new", "")


def test_places_are_printed_as_people_say_them() -> None:
    assert place_text("a#measure:15/clause:2", (15,)) == "第（十五）项第二句"
    assert place_text("a#article:120-1", (120,)) == "第一百二十条之一"
    assert place_text("a#part:3", ()) == "第三部分"
    assert place_text("piece 2", (5, 6)) == "piece 2: 第（五）项、第（六）项"
    assert place_text("a#", ()) == "a#: no measure"


def test_figures_are_printed_for_people() -> None:
    assert [duration_text(s) for s in (0.031, 0.0999, 0.12, 0.999, 2.44, 9.96, 63.4)] == [
        "31 ms", "0.10 s", "0.12 s", "1.0 s", "2.4 s", "10 s", "63 s"]  # fmt: skip
    assert [signed(x, 3) for x in (0.05, -0.05, -0.0001)] == ["+0.050", "−0.050", "0.000"]
    assert [
        ordinal(n) for n in (1, 2, 3, 4, 11, 12, 22)
    ] == "1st 2nd 3rd 4th 11th 12th 22nd".split()
    assert (share_text(87, 120), share_text(0, 0)) == ("0.725 (87 of 120)", "0 of 0")


@pytest.mark.parametrize("longest", [0.001, 0.0437, 0.1, 0.9, 1.0, 5.2, 9.99, 63.0, 400.0])
def test_an_axis_of_times_has_few_round_ticks_and_reaches_the_slowest(longest: float) -> None:
    ticks = nice_ticks(longest)
    assert ticks[0] == 0 and longest <= ticks[-1] < 2.6 * longest and 2 <= len(ticks) <= 6


def test_positions_stay_on_their_axis() -> None:
    assert [position(x) for x in (-0.2, 0.0, 0.788, 1.0, 1.2)] == [0, 0, 78.8, 100, 100]
    assert position(0.0, -0.4, 0.4) == 50


@pytest.mark.parametrize(
    ("failed", "passed", "p", "said"),
    [
        (0, 0, 1.0, "No question flipped"),
        (9, 1, 0.0107, "about 1 of 100"),
        (9, 1, 0.0107, "hardly chance"),
        (12, 0, 0.0002, "fewer than 1 of 100"),
        (1, 9, 0.999, "nearly all of 100"),
        (0, 3, 1.0, "all of 100"),
        (3, 3, 0.656, "do not show that quality fell"),
    ],
)
def test_the_p_value_is_told_in_words(failed: int, passed: int, p: float, said: str) -> None:
    assert said in chance_text(failed, passed, p)


def _palettes() -> list[dict[str, str]]:
    roots = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
    light, dark, paper = (dict(re.findall(r"--(\w+): (#[0-9a-f]+)", root)) for root in roots)
    return [light, light | dark, light | paper]


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    shares = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("palette", _palettes(), ids=["light", "dark", "print"])
def test_words_stand_out_from_their_ground(palette: dict[str, str]) -> None:
    """WCAG 2.2, 1.4.3 for words and 1.4.11 for the marks of the charts."""
    for ground in ("paper", "face", "soft"):
        for ink in ("ink", "muted", "accent", "good", "bad", "fair", "mark"):
            pair = sorted(_luminance(palette[name]) + 0.05 for name in (ground, ink))
            assert pair[1] / pair[0] >= 4.5, (ground, ink)


@pytest.mark.browser
def test_nothing_runs_off_a_phone_and_the_conveniences_work(tmp_path: Path) -> None:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no chromium")
    long = asked(905, make_reply(6, text="x" * 300, statements=(make_said("y" * 300, 6),)))
    before, after = mixed(passed=asked(900, make_reply(6))), mixed(silent=long)
    file = tmp_path / "page.html"
    file.write_text(render_page(after, compare(before, after)), encoding="utf-8")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 390, "height": 844})
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        page.click(".flip summary")
        page.click(".flip a")
        assert page.locator("details#q900 .asked").is_visible()
        page.click("#expand")
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        page.fill("#filter", "一千元")
        assert page.locator(".card:visible").count() == 1
        browser.close()
    assert complaints == []
