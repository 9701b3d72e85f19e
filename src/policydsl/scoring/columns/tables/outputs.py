"""How a table is scored, where results go, and what they say of the policy behind them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from policydsl import __version__
from policydsl.files import refused
from policydsl.language.keywords import Language
from policydsl.model.policy import Policy
from policydsl.scoring import results
from policydsl.scoring.columns.scored.plans import Wanted
from policydsl.scoring.columns.tables.sources import Table
from policydsl.scoring.results import pick

RECORD = "run.json"


@dataclass(frozen=True)
class Options:
    """How to score: what is the same for all rows, and goes into the run record."""

    wanted: Wanted = field(default_factory=Wanted)
    engine: str = "auto"
    date: date | None = None
    ignore: tuple[str, ...] = ()
    language: Language = "zh"


DEFAULT_OPTIONS = Options()


@dataclass(frozen=True)
class Outputs:
    """Where results go; without ``rejects`` a row that cannot be scored is an error.

    ``table``: a Parquet or CSV file, or (no suffix) a folder of Parquet files.
    """

    table: Path | None = None
    histogram: Path | None = None
    rejects: Path | None = None

    @property
    def first(self) -> Path:
        """The one beside which temporary files are kept."""
        found = self.table or self.histogram or self.rejects
        assert found is not None
        return found

    @property
    def is_folder(self) -> bool:
        """Whether the table is a folder of part files."""
        return self.table is not None and not self.table.suffix


def policy_hash(policy: Policy) -> str:
    """Names the meaning of a policy: the same for the same rules, facts and assumptions."""
    return hashlib.sha256(repr(policy).encode()).hexdigest()


def check_places(outputs: Outputs, table: Table) -> None:
    """Outputs must be writable before hours are spent, and none may be the input."""
    given = [p for p in (outputs.table, outputs.histogram, outputs.rejects) if p is not None]
    source = Path(table.name)
    for path in given:
        if source.exists() and path.exists() and path.resolve() == source.resolve():
            raise refused(path, ("它就是数据文件", "it is the data file"))
        if not path.parent.is_dir():
            raise refused(path, ("文件夹不存在", "the folder does not exist"))
        if path == outputs.table and outputs.is_folder:
            if path.exists() and not path.is_dir():
                raise refused(path, ("它是一个文件", "it is a file"))
        elif path.is_dir():
            raise refused(path, ("它是一个文件夹", "it is a folder"))
    names = [path.resolve() for path in given]
    if len(set(names)) < len(names):
        raise refused(given[-1], ("两种结果写到同一个文件", "two results go to the same file"))


def check_ours(folder: Path) -> None:
    """Only a folder that an earlier run has written is replaced."""
    names = [path.name for path in folder.iterdir()]
    if names and f"_{RECORD}" not in names:
        problem = ("文件夹里有别的文件", "the folder holds other files")
        raise refused(folder, problem)


def about_policy(policy: Policy, language: Language) -> dict[str, Any]:
    """What results say of the policy that they rest on."""
    return {
        "version": __version__, "policy": policy.id, "policy_hash": policy_hash(policy),
        "title": results_title(policy, language), "notice": list(results.notice(policy, language)),
    }  # fmt: skip


def results_title(policy: Policy, language: Language) -> str:
    """What a table of scores is called."""
    return pick(language, f"{policy.title or policy.id}：得分", f"Scores under {policy.id}")


def csv_line(cells: list[str]) -> str:
    """A line of a CSV."""
    import csv
    import io

    stream = io.StringIO()
    csv.writer(stream).writerow(cells)
    return stream.getvalue()
