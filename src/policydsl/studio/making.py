"""What takes long and leaves files: comparisons and the consultation package."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

from policydsl.files import replacing
from policydsl.model.policy import Policy
from policydsl.studio.drafts import Draft
from policydsl.studio.jobs import Job
from policydsl.studio.people import Asked, Places, Populations
from policydsl.studio.telling import refused
from policydsl.studio.workspace import Paper, Workspace

_STAGES = {
    "people": ("准备人口", "population"), "score": ("打分排序", "scoring"),
    "figures": ("统计", "figures"), "report": ("报告", "report"),
}  # fmt: skip


def comparison_page(policies: Sequence[Policy], language: Literal["zh", "en"]) -> str:
    """The page of a comparison, in one file.  Raises :class:`PolicyError`."""
    from policydsl.comparison.comparing import compare
    from policydsl.comparison.tables import report_of
    from policydsl.comparison.writing.html import to_html

    return to_html(report_of(compare(list(policies)), language), (), language)


def target_of(paper: Paper, id_: str) -> str:
    """What the other verbs call a document of the folder, or a bundled one."""
    return f"{paper.path}#{id_}" if paper.own else id_


def make_package(
    workspace: Workspace, populations: Populations, draft: Draft, folder: Path,
    details: Mapping[str, Any], population: Asked | None, places: Places, job: Job,
) -> list[str]:  # fmt: skip
    """Write the package of a saved document; returns the names of its files.

    Raises :class:`PolicyError`; the folder is as before then, and when the job is cancelled.
    """
    from policydsl.drafting.letters import Sender
    from policydsl.drafting.package import Wanted, write_package
    from policydsl.simulation.records import Request, write_simulation

    assert draft.document is not None
    target = target_of(draft.paper, draft.document.id.text)
    base = draft.document.based_on.text if draft.document.based_on is not None else None
    simulated = None
    if population is not None and base is not None:
        simulated = folder.with_name(f"{draft.document.id.text}-测算")
        request = Request(
            _base_target(draft, workspace, base), (target,),
            str(populations.refs()[population.ref]), population.n,
            population.seed, places.scene, places.quota, None, places.by, draft.sets,
        )  # fmt: skip

        def stage(name: str, count: int) -> None:
            job.advance(_STAGES.get(name, (name, name)), count)

        write_simulation(request, simulated, stage=stage)
    sender = Sender(
        _text(details, "office"), _text(details, "contact"), _text(details, "phone"),
        _text(details, "mail"),
    )  # fmt: skip
    wanted = Wanted(
        base=base, simulation=simulated, issued=_day(details, "issued"),
        days=_days(details), published=_day(details, "published"),
        in_force=_day(details, "in_force"), sender=sender, forms=("docx", "html"),
    )  # fmt: skip

    def tell(name: str) -> None:
        job.advance((name, name))

    job.advance(("准备文稿", "making the documents"))
    return write_package(target, folder, wanted, tell)[1]


def _base_target(draft: Draft, workspace: Workspace, base: str) -> str:
    for paper in workspace.papers():
        if any(d.id.text == base for d in paper.result.file.documents):
            return target_of(paper, base)
    return base


def _text(details: Mapping[str, Any], name: str) -> str | None:
    value = details.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > 200 or not value.isprintable():
        raise refused(400, "J916", field=name, problem=("应是一行文字", "a line of text is wanted"))
    return value


def _day(details: Mapping[str, Any], name: str) -> date | None:
    text = _text(details, name)
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        problem = ("应是日期，如 2023-05-01", "a date like 2023-05-01 is wanted")
        raise refused(400, "J916", field=name, problem=problem) from None


def _days(details: Mapping[str, Any]) -> int:
    """Days for opinions: as said, from the deadline, else as usual."""
    from policydsl.drafting.dates import USUAL_DAYS

    deadline, issued = _day(details, "deadline"), _day(details, "issued")
    days = details.get("days")
    if days is None and deadline is not None and issued is not None:
        days = (deadline - issued).days
    if days is None:
        return USUAL_DAYS
    if not isinstance(days, int) or isinstance(days, bool) or not 0 < days <= 3650:
        raise refused(400, "J916", field="days", problem=("应是天数", "a number of days is wanted"))
    return days


def zipped(folder: Path, names: Sequence[str], path: Path) -> Path:
    """The files of a package in one archive."""
    with replacing(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as out:
        for name in names:
            out.write(folder / name, f"{folder.name}/{name}")
    return path
