"""Yueqing's draft of 2022 against its text, and with the demonstration set.

What the draft states was read from it by hand.  The points of the invented applicants are
computed a second time here, in plain arithmetic after the reasons of the demonstration set.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from tests.applicants import HOUSEHOLD, ROLE, facts, households, months_since, rows
from tests.policies.worked import hold_examples

from policydsl.model import Policy, load
from policydsl.model.expressions import Constant
from policydsl.model.rules import OpenPoints, is_open
from policydsl.scoring.cases import Case
from policydsl.scoring.exact import Evaluator
from policydsl.scoring.ranges import Range
from policydsl.scoring.ranking import RankingResult, rank

LIST = "yueqing-applicants.csv"
PROVINCIAL, OWN, DEDUCTIONS = "省级共性指标", "乐清市级个性指标", "扣减分项"
UNNAMED = f"{OWN}/未列明的三个项目"
NAMED = ["居住情况", "就业情况", "投资纳税", "科技创新", "社会公益"]
SCENES = [
    "随迁子女入学", "住房保障", "就业扶持", "医疗卫生", "社会救助", "技能培训", "社会福利", "文化旅游",
]  # fmt: skip
SCHOOL = "随迁子女入学"

# Section 六（四）: number, unit, what it reviews or hosts (clause ids where a clause bears it).
DUTIES: list[tuple[int, str, tuple[str, ...], tuple[str, ...]]] = [
    (1, "市人大、市政协", ("人大代表、政协委员身份",), ()),
    (2, "市委组织部", ("中共党员、党代表身份",), ("推荐入党、流动党员管理等场景",)),
    (3, "市委宣传部", (), ()),
    (4, "市委统战部", ("民主党派等身份",), ()),
    (
        5,
        "市人民法院",
        (f"{DEDUCTIONS}/一票否决", f"{DEDUCTIONS}/违反诚信守法", "失信被执行人名单"),
        (),
    ),
    (6, "市经信局", ("规模以上工业企业职工",), ()),
    (7, "市教育局", (), (SCHOOL, "暑期托管")),
    (8, "市科技局", ("科技奖项",), ()),
    (
        9,
        "市公安局",
        (
            f"{PROVINCIAL}/居住时间",
            f"{DEDUCTIONS}/违反诚信守法",
            "居住登记或者居住证",
            "违法犯罪",
        ),
        (),
    ),
    (10, "市财政局", (), ()),
    (
        11,
        "市人力社保局",
        (f"{PROVINCIAL}/缴纳社保", f"{PROVINCIAL}/职业技能"),
        ("就业扶持", "技能培训", "招工驿站、劳动维权"),
    ),
    (12, "市住建局", (), ("住房保障",)),
    (13, "市文化和广电旅游体育局", (), ("文化旅游",)),
    (14, "市卫生健康局", ("无偿献血",), ()),
    (15, "市市场监管局", ("营业执照", "专利"), ()),
    (16, "市税务局", (f"{OWN}/投资纳税",), ()),
    (17, "市新居民服务中心", ("参与中心组织的活动",), ()),
    (
        18,
        "市红十字会",
        ("造血干细胞采样或捐献", "遗体、器官、角膜捐献登记", "本会开具的捐赠证明"),
        (),
    ),
    (19, "市慈善总会", ("本会开具的捐赠证明",), ()),
    (20, "市禁毒办", ("禁毒工作",), ()),
    (
        21,
        "各乡镇（街道）",
        ("特殊工种", "表彰奖励", "退役军人", "志愿服务"),
        ("乡镇小切口场景",),
    ),
]


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load("yueqing-2022")


@pytest.fixture(scope="module")
def assumed() -> Policy:
    return load("yueqing-2022", ["yueqing-demo"])


@pytest.fixture(scope="module")
def school(assumed: Policy) -> RankingResult:
    return rank(assumed, households(assumed, LIST), SCHOOL)


def exactly(points: str | int) -> Range:
    return Range.exactly(Fraction(points))


# -- the draft --------------------------------------------------------------------


def test_two_tiers_make_three_hundred(policy: Policy):
    root = policy.roots[0]
    assert root.full_marks == 300
    assert [(c.label, c.kind, c.full_marks) for c in root.children] == [
        (PROVINCIAL, "group", 100),
        (OWN, "group", 200),
        (DEDUCTIONS, "deductions", None),
    ]
    assert policy.clauses[PROVINCIAL].recognition == "全省"
    assert policy.clauses[OWN].recognition is None
    assert [c.label for c in policy.clauses[PROVINCIAL].children] == [
        "年龄", "文化程度", "职业技能", "缴纳社保", "居住时间",
    ]  # fmt: skip
    assert [c.label for c in policy.clauses[OWN].children] == [*NAMED, "未列明的三个项目"]
    assert [c.label for c in policy.clauses[DEDUCTIONS].children] == ["一票否决", "违反诚信守法"]
    assert policy.diagnostics == ()


def test_names_are_those_of_the_text(policy: Policy, sources_dir: Path):
    text = (sources_dir / "yueqing-draft-2022.txt").read_text("utf-8")
    for item in policy.items:
        assert item.label in text or item.label == "名称未载明", item.label
    assert "等八大项目" in text
    # Five of eight are named; the other three are one placeholder without a name.
    assert len(NAMED) + 3 == 8
    for figure in ("总分300分", "最高分值100分", "最高分值200分"):
        assert figure in text


def test_both_score_tables_are_empty(policy: Policy):
    for item in policy.items:
        assert item.rules, item.id
        assert all(is_open(rule) for rule in item.rules), item.id
        if not item.id.startswith(DEDUCTIONS):
            assert isinstance(item.full_marks, OpenPoints), item.id
    assert isinstance(policy.clauses[UNNAMED].full_marks, OpenPoints)
    assert any("200 分以内" in doubt for doubt in policy.clauses[OWN].doubts)


def test_indicators_without_a_reviewer_are_known(policy: Policy):
    without = {c.label for c in policy.items if not c.responsible}
    assert without == {"年龄", "文化程度", "居住情况", "就业情况", "名称未载明"}
    for name in ("年龄", "文化程度"):
        assert any("职责分工" in d for d in policy.clauses[f"{PROVINCIAL}/{name}"].doubts)


def test_what_the_document_says_of_itself(policy: Policy):
    meta = policy.meta
    assert meta.replaces == ("yueqing-2012",)
    assert meta.issuer == ("乐清市新居民服务中心",)
    for period in (meta.issued, meta.in_force, meta.expires):
        assert period is not None
        assert period.open
    assert len(policy.readings) == 5
    assert any("缺五" in doubt for doubt in policy.doubts)


def test_registration_or_permit_suffices(policy: Policy):
    evaluator = Evaluator(policy)
    for registered, permit in ((True, False), (False, True), (True, True)):
        known = {"办理居住登记": registered, "持有居住证": permit}
        assert evaluator.score(Case("某人", known)).eligible is True
    neither = {"办理居住登记": False, "持有居住证": False}
    assert evaluator.score(Case("某人", neither)).eligible is False


@pytest.mark.parametrize(
    ("fact", "status"),
    [
        ("居住证中止", "suspended"),
        ("居住登记注销", "suspended"),
        ("转入本市户籍", "void"),
        ("提供虚假材料", "zeroed"),
    ],
)
def test_status_rules(policy: Policy, fact: str, status: str):
    score = Evaluator(policy).score(Case("某人", {"办理居住登记": True, fact: True}))
    assert score.statuses == (status,)
    assert score.total == exactly(0)


def test_a_veto_without_a_trigger_hangs_over_everybody(policy: Policy):
    score = Evaluator(policy).score(Case("某人", {"办理居住登记": True}))
    assert score.vetoed == "maybe"
    assert score.total == Range(Fraction(0), Fraction(300))


def test_suspended_months_are_left_out_of_residence(policy: Policy):
    (exclusion,) = policy.exclusions
    assert (exclusion.excluded, exclusion.fact) == ("中止月数", "居住月数")
    assert exclusion.assumptions


def test_scenes(policy: Policy):
    assert [s.name for s in policy.scenes] == SCENES
    keys = ["总分", f"得分（组 {OWN}）", "居住登记日期", f"得分（组 {OWN} 指标 社会公益）"]
    for scene in policy.scenes:
        assert (scene.quota, scene.ties, scene.keys_open) == (None, "open", True)
        assert scene.quota_set_by == "场景应用主管部门"
        assert [k.highest_first for k in scene.keys[:4]] == [True, True, False, True]
        shown = [k.text.replace("(", "（").replace(")", "）") for k in scene.keys]
        if scene.name == SCHOOL:
            assert (scene.household, scene.household_scope) == ("higher_of", "couple")
            assert shown == [*keys, "配偶 的 总分"]
        else:
            assert scene.household is None
            assert shown == keys


def test_deadlines(policy: Policy):
    found = {
        d.name: (d.comparison, d.number, d.unit.symbol if d.unit else None, d.date)
        for d in policy.deadlines
    }
    ten, five = Fraction(10), Fraction(5)
    assert found == {
        "意见反馈": ("<=", None, None, date(2022, 4, 14)),
        "场景公布": (">=", five, "工作日", None),
        "审核": ("<=", ten, "工作日", None),
        "排名公示": (">=", five, "工作日", None),
        "复核答复": ("<=", ten, "工作日", None),
        "场景汇总排名": (None, None, None, None),
    }


def test_duties_of_twenty_one_units(policy: Policy):
    by_number = {d.unit: d for d in policy.duties if d.locator and "六（四）" in d.locator}
    assert len(by_number) == len(DUTIES) == 21
    for number, unit, reviews, hosts in DUTIES:
        duty = by_number[unit]
        assert f"六（四）{number}" in (duty.locator or "").split("、"), unit
        assert (duty.reviews, duty.hosts) == (reviews, hosts), unit
        assert duty.reviews or duty.hosts or duty.text, unit
    others = [d.unit for d in policy.duties if d.unit not in by_number]
    assert others == ["市公共资源有关职能部门", "市纪检监察机关"]


def test_scenes_without_a_host(policy: Policy):
    hosted = {scene for duty in policy.duties for scene in duty.hosts}
    assert [s for s in SCENES if s not in hosted] == ["医疗卫生", "社会救助", "社会福利"]


def test_examples_hold(policy: Policy):
    hold_examples(policy, 5)


# -- with the demonstration set -----------------------------------------------------


def test_assumed_maxima_add_up(assumed: Policy):
    own = {c.label: c.full_marks for c in assumed.clauses[OWN].children}
    assert own == dict(zip([*NAMED, "未列明的三个项目"], (40, 40, 30, 30, 30, 30), strict=True))
    provincial = [c.full_marks for c in assumed.clauses[PROVINCIAL].children]
    assert sum(x for x in provincial if isinstance(x, Fraction)) == 100
    assert assumed.diagnostics == ()
    assert not [c.id for c in assumed.clauses.values() if c.open]


def test_every_changed_clause_names_the_set_and_its_reason(assumed: Policy):
    for item in assumed.items:
        assert {c.assumption for c in item.closings} == {"yueqing-demo"}, item.id
        for closing in item.closings:
            assert "假定" in closing.reason, item.id


def test_the_best_applicant_gets_everything(assumed: Policy):
    known: dict[str, Constant] = {
        "年龄": Fraction(30), "文化程度": "博士", "技能等级": "一级", "社保月数": Fraction(60),
        "居住月数": Fraction(120), "住房类型": "自有住房", "持有居住证": True,
        "签订劳动合同": True, "规上企业职工": True, "就业年限": Fraction(5),
        "年纳税额": Fraction(10), "发明专利数": Fraction(2), "科技奖项级别": "国家级",
        "献血量": Fraction(2000), "志愿服务时长": Fraction(200), "造血干细胞捐献": True,
        "器官捐献登记": True, "捐赠金额": Fraction("0.6"), "中共党员": True,
        "退役军人身份": True, "担任代表委员": True, "参加禁毒工作": True, "表彰级别": "国家级",
    }  # fmt: skip
    score = Evaluator(assumed).score(Case("满分", known))
    assert score.total == exactly(300)
    for item in assumed.items:
        if isinstance(item.full_marks, Fraction):
            assert score.parts[item.id] == Range.exactly(item.full_marks), item.id


EDUCATION = {"本科": 10, "硕士": 10, "博士": 10, "大专": 8, "高中": 5, "初中": 5, "小学以下": 5}
SKILL = {"一级": 10, "二级": 10, "三级": 8, "四级": 5, "五级": 3}
TITLE = {"正高": 10, "副高": 10, "中级": 10, "初级": 8}
HONOUR = {"国家级": 10, "省级": 8, "市级": 6, "县级": 4}


def at_most(limit: int, points: Fraction | int) -> Fraction:
    return min(Fraction(limit), Fraction(points))


def by_hand(row: Mapping[str, str]) -> dict[str, Fraction]:
    """Points of a row by clause, in plain arithmetic; ``""`` is the usable total."""

    def number(name: str) -> Fraction:
        return Fraction(row[name] or 0)

    def steps(name: str, size: str) -> int:
        return int(number(name) // Fraction(size))

    def yes(name: str) -> bool:
        return row[name] == "是"

    parts: dict[str, Fraction] = {}

    def put(clause: str, points: Fraction | int) -> None:
        parts[clause] = Fraction(points)

    age = number("年龄")
    young = at_most(20, 5 + max(Fraction(0), 55 - age))
    put(f"{PROVINCIAL}/年龄", 0 if not row["年龄"] or age > 60 else young)
    put(f"{PROVINCIAL}/文化程度", EDUCATION.get(row["文化程度"], 0))
    special = {"高级": 8, "普通": 3}.get(row["专项职业能力"], 0)
    skill, title = SKILL.get(row["技能等级"], 0), TITLE.get(row["职称"], 0)
    put(f"{PROVINCIAL}/职业技能", max(skill, title, special))
    put(f"{PROVINCIAL}/缴纳社保", at_most(30, number("社保月数") / 2))
    resident = max(Fraction(0), number("居住月数") - number("中止月数"))
    put(f"{PROVINCIAL}/居住时间", at_most(30, resident / 4))

    dwelling = {"自有住房": 30, "公租房": 15, "合法租赁": 15, "宿舍": 10}.get(row["住房类型"], 0)
    put(f"{OWN}/居住情况", dwelling + 10 * yes("持有居住证"))
    contract = 5 * (yes("签订劳动合同") or yes("持有营业执照"))
    years = at_most(20, 4 * number("就业年限"))
    put(f"{OWN}/就业情况", contract + 15 * yes("规上企业职工") + years)
    put(f"{OWN}/投资纳税", at_most(30, 3 * steps("年纳税额", "1")))
    patents = at_most(20, 10 * number("发明专利数") + 2 * number("实用新型专利数"))
    put(f"{OWN}/科技创新", patents + HONOUR.get(row["科技奖项级别"], 0))
    blood = number("献血量")
    given = Fraction(0) if blood < 200 else 1 + Fraction((blood - 200) // 100, 2)
    put(
        f"{OWN}/社会公益",
        at_most(10, given) + at_most(10, steps("志愿服务时长", "20")) + 5 * yes("造血干细胞捐献")
        + 2 * yes("器官捐献登记") + at_most(3, Fraction(steps("捐赠金额", "0.1"), 2)),
    )  # fmt: skip
    put(
        UNNAMED,
        6 * yes("中共党员") + 6 * yes("退役军人身份") + 4 * yes("担任代表委员")
        + 4 * yes("参加禁毒工作") + HONOUR.get(row["表彰级别"], 0),
    )  # fmt: skip
    deducted = 20 * yes("失信被执行人") + at_most(30, 10 * number("行政处罚次数"))
    spoilt = ("刑事犯罪记录", "提供虚假材料", "转入本市户籍", "居住证中止", "居住登记注销")
    outside = row["办理居住登记"] == row["持有居住证"] == "否"
    left = max(Fraction(0), sum(parts.values(), Fraction(0)) - deducted)
    put("", 0 if outside or any(map(yes, spoilt)) else left)
    return parts


def test_every_applicant_agrees_with_plain_arithmetic(assumed: Policy):
    evaluator = Evaluator(assumed)
    for row in rows(LIST):
        score = evaluator.score(Case(row["编号"], facts(assumed, row)))
        for clause, points in by_hand(row).items():
            found = score.total if clause == "" else score.parts[clause]
            assert found == Range.exactly(points), (row["编号"], clause)
        assert score.assumptions


def test_the_list_is_sound():
    applicants = rows(LIST)
    families: dict[str, list[str]] = {}
    for row in applicants:
        families.setdefault(row[HOUSEHOLD], []).append(row[ROLE])
        if row["居住登记日期"]:
            assert int(row["居住月数"]) == months_since(row["居住登记日期"]), row["编号"]
            assert int(row["中止月数"] or 0) <= int(row["居住月数"])
    assert len(families) == 40
    for roles in families.values():
        assert roles in (["本人", "子女"], ["本人", "配偶", "子女"])
    assert len({row["编号"] for row in applicants}) == len(applicants)


def test_twenty_places_and_a_tie_at_the_line(school: RankingResult):
    assert (school.quota, school.ties, school.line) == (20, "admit_all", Fraction(127))
    assert school.tied_at_line == 2
    admitted = [p for p in school.placements if p.outcome == "admitted"]
    assert len(admitted) == 21
    at_line = {p.case: p.rank for p in admitted if p.points == exactly(127)}
    assert at_line == {"H39": 20, "H40": 20}
    rejected = next(p for p in school.placements if p.outcome == "not_admitted")
    assert (rejected.case, rejected.rank, str(rejected.points)) == ("H35", 22, "126.75")


def test_keys_behind_the_total_decide(school: RankingResult):
    place = {p.case: p for p in school.placements}
    # The same total of 141: 65 points of Yueqing's own indicators come before 56.
    assert (place["H16"].rank, place["H02"].rank) == (13, 14)
    assert place["H16"].points == place["H02"].points == exactly(141)
    # The same total and own points: registered in 2014 before 2016.
    assert (place["H33"].rank, place["H29"].rank) == (25, 26)
    assert place["H33"].keys[:2] == place["H29"].keys[:2] == ("123", "45")


def test_the_better_of_a_couple_counts(school: RankingResult):
    by_spouse = {p.case for p in school.placements if "配偶" in p.chosen}
    assert len(by_spouse) == 17
    assert {"H06", "H11", "H19", "H30"} <= by_spouse
    # The spouse took a local hukou: her points are gone, the applicant's count.
    place = {p.case: p for p in school.placements}
    assert "H33" not in by_spouse
    spouse = place["H33"].spouse_score
    assert spouse is not None
    assert spouse.statuses == ("void",)


def test_who_is_not_ranked_and_why(school: RankingResult):
    left_out = {
        p.case: (p.score.statuses, p.score.eligible) for p in school.placements if p.rank is None
    }
    assert left_out == {
        "H04": (("suspended",), True),
        "H10": (("zeroed",), True),
        "H22": ((), False),
    }
    suspended = next(p.score for p in school.placements if p.case == "H04")
    assert (suspended.points, suspended.total) == (exactly("141.75"), exactly(0))
    vetoed = next(p.score for p in school.placements if p.case == "H14")
    assert (vetoed.points, vetoed.total, vetoed.vetoed) == (exactly(130), exactly(0), "yes")


def test_missing_evidence_is_named(school: RankingResult):
    missing = {
        p.case: {r.fact for r in p.score.reasons if r.kind == "missing"} for p in school.placements
    }
    assert "社保月数" in missing["H38"]
    assert {"技能等级", "职称", "专项职业能力"} <= missing["H12"]
    assert "居住月数" in missing["H28"]


def test_rank_does_not_depend_on_the_order_of_rows(assumed: Policy, school: RankingResult):
    cases = households(assumed, LIST)
    random.Random(7).shuffle(cases)
    again = rank(assumed, cases, SCHOOL)
    assert {p.case: (p.rank, p.outcome) for p in again.placements} == {
        p.case: (p.rank, p.outcome) for p in school.placements
    }
