"""With ``--lang en`` the program says nothing in Chinese.

All names and texts of the policy here are English, so that a Chinese character in what a verb
prints or writes is the program's own.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from policydsl.cli import main

CHINESE = re.compile(r"[一-鿿]+")

POLICY = """
points_scheme demo-en "Points for residence" {
  issuer Bureau
  fact months: count(months), english "months insured"
  fact degree: ordered { school < college < university }
  fact volunteer: yes_no
  fact hours: count(hours)
  fact offences: count(times), default 0
  fact fraud: yes_no, default no
  full_marks 100 points
  group basics full_marks 60 points {
    indicator insurance full_marks 30 points cap 30 points { each 1 months months add 0.5 points, up_to 30 points }
    indicator education full_marks 30 points {
      by degree scored { university or_more: 30 points
        college: 20 points
        otherwise: 5 points }
    }
  }
  group merit full_marks 40 points {
    indicator service full_marks 20 points { best_of { volunteer: add 10 points
         each 10 hours hours add 5 points } }
    indicator conduct full_marks 20 points starts_at full_marks { each 1 times offences deduct 5 points }
  }
  status_rules { fraud: frozen }
  scene school { ranking total_score high_first quota 2 persons ties admit_all }
  example "two years" { months 24, degree college, gets indicator insurance 12 points }
}
amendment demo-en-b "Points for residence (draft)" based_on demo-en {
  modify indicator insurance replace 0.5 points into 0.6 points reason "more weight"
  modify indicator education { by degree scored { university or_more: 28 points
        college: 22 points
        otherwise: 6 points } } reason "fairer"
  modify indicator service { volunteer: add 8 points
 each 10 hours hours add 4 points } reason "lighter"
}
"""

CASES = """\
id,name,months,degree,volunteer,hours,offences,fraud
A1,Ann,24,college,yes,25,1,no
A2,Bob,70,university,no,0,0,no
A3,Cid,5,school,,,2,no
A4,Dee,40,college,yes,,0,yes
A5,Eve,40,,yes,10,,no
"""

VERBS = {
    "check": "check {file}",
    "review": "review {base} --fail-on never --passed",
    "review against": "review {base} --against {draft} --fail-on never",
    "show": "show {base}",
    "score": "score {base} --facts {cases} --items",
    "explain": "score {base} --facts {cases} --full --explain",
    "rank": "rank {base} --facts {cases}",
    "test": "test {base}",
    "prove": "prove {base}",
    "log": "versions log basics/insurance --in {file}",
    "lineage": "versions lineage demo-en-b#basics/insurance --in {file}",
    "diff": "versions diff demo-en demo-en-b --in {file}",
    "at": "versions at 2022-06-15 --in {file}",
    "versions check": "versions check {file}",
    "describe": "population describe {cases} --policy {base}",
    "simulate": "simulate {base} {draft} --population {cases} --typical --sensitivity --out {out}",
    "search list": "search {base} --list",
    "search": "search {base} --population {cases} --target mean>=51"
    " --move insurance:0.5=0.3..0.8/0.1",
    "compare": "compare {base} {draft} --persons {cases} --population {cases} --out {out}.md",
    "wrong data": "score {base} --facts {file}",
    "wrong policy": "score {file}#nobody --facts {cases}",
    "wrong usage": "score {base} --facts {cases} --engine steam",
}
WRITTEN = frozenset({".html", ".md", ".csv"})
USAGE_LINE = frozenset({"用法", "选项", "动词"})
"""Of the line that shows how a verb is written, which is in both languages."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "demo.policy").write_text(POLICY, encoding="utf-8")
    (tmp_path / "cases.csv").write_text(CASES, encoding="utf-8")
    return tmp_path


def texts(path: Path) -> str:
    files = [path] if path.is_file() else sorted(path.rglob("*")) if path.is_dir() else []
    found = []
    for file in files:
        if file.suffix in WRITTEN:
            text = file.read_text(encoding="utf-8-sig")
            text = re.sub(r"<style.*?</style>|<script.*?</script>", "", text, flags=re.DOTALL)
            found.append(re.sub(r"<[^>]+>", " ", text))
    return "\n".join(found)


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_in_english_says_nothing_in_chinese(verb, folder, capsys):
    file, out = folder / "demo.policy", folder / "out"
    line = VERBS[verb].format(
        file=file,
        base=f"{file}#demo-en",
        draft=f"{file}#demo-en-b",
        cases=folder / "cases.csv",
        out=out,
    )
    code = main(["--lang", "en", *line.split()])
    shown = capsys.readouterr()
    assert code in ((2, 3, 4) if verb.startswith("wrong") else (0, 1))
    said = shown.out + shown.err + texts(out) + texts(Path(f"{out}.md"))
    assert said.strip()
    left = {m.group(): said[max(0, m.start() - 60) : m.end() + 20] for m in CHINESE.finditer(said)}
    assert not {word: where for word, where in left.items() if word not in USAGE_LINE}


def test_each_line_of_an_explanation_has_an_english_twin(folder, capsys):
    file = folder / "demo.policy"
    args = ["score", f"{file}#demo-en", "--facts", str(folder / "cases.csv"), "--explain", "A1"]
    assert main(args) == 0
    chinese = capsys.readouterr().out.splitlines()
    assert main(["--lang", "en", *args]) == 0
    english = capsys.readouterr().out.splitlines()
    assert len(chinese) == len(english)
    text = "\n".join(english)
    assert "each 1 months months add 0.5 points, up_to 30 points → 12 points" in text
    assert "[months (months insured) 24 months; 24 × 0.5 points]" in text
    assert "Starts at: 20 points" in text
