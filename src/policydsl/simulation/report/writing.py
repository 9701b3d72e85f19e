"""The report as a page, and the folder with its pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from policydsl.pages import page as p
from policydsl.pages.charts import Chart, alphabet
from policydsl.pages.html import render
from policydsl.simulation.report.material import Material
from policydsl.simulation.report.parts import Parts
from policydsl.simulation.report.pictures import pictures_of
from policydsl.simulation.report.sections import sections
from policydsl.simulation.report.story import cards, lead

REPORT = "report.html"
FIGURES = "figures"
PICTURE_DPI = 240
"""Of the drawing; set 15 cm wide in a document, as usual, that is more than 300."""
Told = Callable[[str, int], object]


def report_page(material: Material, charts: Mapping[str, Chart] | None = None) -> p.Page:
    """The report of a simulation."""
    say, sim = material.say, material.simulation
    if charts is None:
        charts = pictures_of(material)
    box, rests, person_rests = _rests(material)
    parts = Parts(material, charts, rests, person_rests)
    base, drafts = sim.versions[0], sim.versions[1:]
    subject = "、".join(v.policy.title or v.label for v in drafts or (base,))
    kind = say("影响分析", "impact") if drafts else say("测算", "figures")
    subtitle = say(
        f"与原方案“{base.policy.title or base.label}”比较" if drafts else base.label,
        f"against “{base.policy.title or base.label}”" if drafts else base.label,
    )
    return p.Page(
        title=f"{subject}：{kind}" if material.language == "zh" else f"{subject}: {kind}",
        subtitle=subtitle,
        lead=lead(material),
        cards=cards(material),
        assumptions=box,
        sections=sections(parts) if len(sim.people) else (),
        record=_record(material),
        commands=_commands(material),
        language=material.language,
    )


def write_report(material: Material, folder: Path, done: Told = lambda name, count: None) -> None:
    """Write ``report.html`` and the pictures, PNG and SVG, into a folder.

    Raises :class:`PolicyError` (R701) where charts cannot be drawn; the folder has no report then.
    """
    charts = pictures_of(material)
    letters = alphabet(charts.values())
    pictures = folder / FIGURES
    for name, chart in charts.items():
        svg, png = chart.svg(characters=letters), chart.png(PICTURE_DPI)
        pictures.mkdir(exist_ok=True)
        (pictures / f"{name}.svg").write_text(svg, encoding="utf-8")
        (pictures / f"{name}.png").write_bytes(png)
        done("report", 1)
    text = render(report_page(material, charts))
    (folder / REPORT).write_text(text, encoding="utf-8")
    done("report", 1)


def _rests(material: Material) -> tuple[tuple[p.Rich, ...], p.Rich, p.Rich]:
    """The box above everything, and what stands under figures: of all, of single persons."""
    say, sim = material.say, material.simulation
    box: list[p.Rich] = []
    marks: list[p.Link] = []
    sets = list(dict.fromkeys(name for v in sim.versions for name in v.policy.assumed))
    for name in sets:
        labels = "、".join(v.label for v in sim.versions if name in v.policy.assumed)
        many = len(
            {
                (c.id, x.what)
                for v in sim.versions
                for c in v.policy.clauses.values()
                for x in c.closings
                if x.assumption == name
            }
        )
        mark = f"A{len(box) + 1}"
        box.append(
            p.line(
                p.Strong(f"{mark} "),
                p.Link(name, "#assumptions"),
                say(
                    f"：{labels} 原文没有写的 {many} 处由这个假设集补足，不是文件的规定。",
                    f": closes {many} points that the text of {labels} leaves open.",
                ),
            )
        )
        marks.append(p.Link(mark, "#assumptions"))
    own = len(marks)
    about = sim.people.about
    if about["kind"] == "specification":
        mark = f"A{len(box) + 1}"
        count = len(about["assumptions"])
        box.append(
            p.line(
                p.Strong(f"{mark} "),
                p.Link(say("合成人口", "Synthetic population"), "#assumptions"),
                say(
                    f"：“{about['id']}”由公布的分布和 {count} 项假定生成，不是真实的人。",
                    f" “{about['id']}”: made of published distributions and {count} assumptions.",
                ),
            )
        )
        marks.append(p.Link(mark, "#assumptions"))
    return tuple(box), _under(material, marks), _under(material, marks[:own])


def _under(material: Material, marks: list[p.Link]) -> p.Rich:
    if not marks:
        return ""
    parts: list[p.Text | p.Term | p.Link | p.Strong] = [material.say("依据假设 ", "Rests on ")]
    for number, mark in enumerate(marks):
        parts += [material.say("、", ", "), mark] if number else [mark]
    return p.Line((*parts, material.say("。", ".")))


def _record(material: Material) -> tuple[tuple[p.Text, p.Rich], ...]:
    say, record = material.say, material.record
    if record is None:
        return ()
    found: list[tuple[p.Text, p.Rich]] = []
    for version in record["versions"]:
        found.append(
            (
                say(f"策略 {version['label']}", f"Policy {version['label']}"),
                f"sha256 {version['sha256']}",
            )
        )
    population = record["population"]
    found.append((say("人口", "Population"), f"sha256 {population.get('sha256', '—')}"))
    if population.get("file_sha256"):
        found.append(
            (say("人口的文件", "File of the population"), f"sha256 {population['file_sha256']}")
        )
    if population.get("seed") is not None:
        found.append((say("随机种子", "Seed"), str(population["seed"])))
    if record.get("persons_sha256"):
        found.append(
            (say("所给的人的文件", "File of persons"), f"sha256 {record['persons_sha256']}")
        )
    words = "，".join(f"{name} {number}" for name, number in record["software"].items())
    found.append((say("软件", "Software"), words))
    found.append((say("结果", "Figures"), f"sha256 {record['figures_sha256']}"))
    return tuple(found)


def _commands(material: Material) -> tuple[str, ...]:
    if material.record is None:
        return ()
    words = [_quoted(word) for word in material.record["command"]]
    return (" ".join(words), "policydsl rerun run.json")


def _quoted(word: str) -> str:
    plain = all(c.isalnum() or c in "-_./:=,%" for c in word)
    return word if plain and word else "'" + word.replace("'", "'\\''") + "'"
