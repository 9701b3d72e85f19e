"""``%%policy``, ``%score``, ``%explain``, ``%simulate``, ``%compare``, ``%review``, ``%prove``.

The magics are the front door (:mod:`policydsl.api`) with fewer words: their arguments are names
of the notebook (a policy, a DataFrame) or ids and files; their result is the value that the
function of the same name gives, so that a cell can go on with it.
"""

from __future__ import annotations

from typing import Any, NoReturn

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring
from IPython.display import display

from policydsl import api
from policydsl.language.diagnostics import Diagnostic, PolicyError, did_you_mean, has_errors
from policydsl.model.loading import located
from policydsl.model.policy import Policy
from policydsl.notebook.desk import Desk
from policydsl.notebook.display import Diagnostics
from policydsl.scoring.cases import Case


@magics_class
class PolicyMagics(Magics):
    """The magics of ``%load_ext policydsl``; ``desk`` keeps the policies of the cells."""

    shell: Any  # IPython allows for its absence, which cannot be here

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self.desk = Desk()

    @magic_arguments()
    @argument("name", help="变量名 · the variable that holds the policy afterwards")
    @argument("--quiet", action="store_true", help="只显示问题 · show findings only")
    @cell_magic("policy")
    def keep(self, line: str, cell: str) -> None:
        """写一份策略：检查后存入变量。 Write a policy: it is checked and kept in a variable."""
        given = parse_argstring(self.keep, line)
        if not given.name.isidentifier():
            raise UsageError(f"“{given.name}”不能作变量名 · is no name for a variable")
        kept = self.desk.put(given.name, cell)
        if kept.findings:
            display(Diagnostics(kept.findings))
        if has_errors(kept.findings):
            # an older value under this name would pass for what the cell says
            self.shell.user_ns.pop(given.name, None)
            return
        if kept.policy is not None:
            self.shell.push({given.name: kept.policy})
            if not given.quiet:
                display(kept.policy)

    @magic_arguments()
    @argument("policy", help="策略：变量、标识或文件 · a policy: variable, id or file")
    @argument("cases", help="变量：数据表或一例 · a variable: DataFrame, records or one case")
    @argument("--items", action="store_true", help="每一项的分 · a column for each item")
    @argument("--assume", action="append", default=[], help="假设集 · an assumption set")
    @line_magic("score")
    def score(self, line: str) -> Any:
        """打分。 Score the rows of a table, or one case."""
        given = parse_argstring(self.score, line)
        policy = self._policy(given.policy, given.assume)
        cases = self._cases(given.cases)
        if isinstance(cases, dict):
            return api.score(policy, cases)
        return api.score(policy, cases, items=given.items)

    @magic_arguments()
    @argument("policy", help="策略：变量、标识或文件 · a policy: variable, id or file")
    @argument("case", help="变量：一例 · a variable: one case as a mapping of facts")
    @argument("--assume", action="append", default=[], help="假设集 · an assumption set")
    @line_magic("explain")
    def explain(self, line: str) -> Any:
        """说明一个得分的来历。 Why a case has its score."""
        given = parse_argstring(self.explain, line)
        policy = self._policy(given.policy, given.assume)
        return api.explain(policy, self._cases(given.case))

    @magic_arguments()
    @argument("policies", nargs="+", help="策略，两份以上 · policies: variables, ids or files")
    @argument("--persons", default=None, help="变量或文件：逐人比 · persons scored one by one")
    @argument("-p", "--population", default=None, help="人口：变量、标识或文件 · a population")
    @argument("-n", type=int, default=None, help="户数 · households to make")
    @argument("--seed", type=int, default=1, help="随机种子 · seed")
    @argument("--assume", action="append", default=[], help="假设集 · an assumption set")
    @line_magic("compare")
    def compare(self, line: str) -> Any:
        """几份策略并排比较。 Policies side by side, by indicator."""
        given = parse_argstring(self.compare, line)
        if len(given.policies) < 2:
            raise UsageError("要两份以上的策略 · needs two policies or more")
        space = self.shell.user_ns
        return api.compare(
            *(self._or_id(name) for name in given.policies), assume=given.assume,
            persons=space.get(given.persons, given.persons),
            population=space.get(given.population, given.population),
            n=given.n, seed=given.seed,
        )  # fmt: skip

    @magic_arguments()
    @argument("policy", help="策略：变量、标识或文件 · a policy: variable, id or file")
    @argument("--against", default=None, help="与另一份比 · another policy to hold it against")
    @argument("--code", action="append", default=[], help="只查这几项 · only these checks")
    @argument("--assume", action="append", default=[], help="假设集 · an assumption set")
    @argument("--en", action="store_true", help="英文 · in English")
    @line_magic("review")
    def review(self, line: str) -> Any:
        """审查：问题、例证、改法。 What is wrong with a policy, with witness and remedy."""
        given = parse_argstring(self.review, line)
        policy = self._policy(given.policy, given.assume)
        other = None if given.against is None else self._policy(given.against, [])
        codes = [code.upper() for code in given.code]
        return api.review(policy, other, codes=codes, language="en" if given.en else "zh")

    @magic_arguments()
    @argument("policy", help="策略：变量、标识或文件 · a policy: variable, id or file")
    @argument("clauses", nargs="*", help="只问这些条款 · only these clauses (ids)")
    @argument("--equal", default=None, help="与另一份对每个人同分吗 · is another one the same")
    @argument("--can", nargs=2, default=None, metavar=("条件", "分数"),
              help="这样的人能否达到这个分数 · can they reach so many points")  # fmt: skip
    @argument("--directions", action="store_true", help="得分的升降 · how points move")
    @argument("--reach", action="store_true", help="哪些档次用不上 · what nobody reaches")
    @argument("--seconds", type=float, default=30.0, help="最多算几秒 · time limit")
    @argument("--assume", action="append", default=[], help="假设集 · an assumption set")
    @line_magic("prove")
    def prove(self, line: str) -> Any:
        """证明：最少最多、升降、同分、能否达到。 Bounds, directions, equality, reach: proved."""
        given = parse_argstring(self.prove, line)
        policy = self._policy(given.policy, given.assume)
        # argparse leaves the quotation marks of a condition of several words
        can = None if given.can is None else tuple(x.strip("\"'“”‘’") for x in given.can)
        return api.prove(
            policy, *given.clauses, can=can,
            equal=None if given.equal is None else self._policy(given.equal, []),
            bounds=given.equal is None and can is None, directions=given.directions,
            reach=given.reach, seconds=given.seconds,
        )  # fmt: skip

    @magic_arguments()
    @argument("base", help="现行：变量、标识或文件 · variable, id or file")
    @argument("drafts", nargs="*", help="草案 · drafts")
    @argument("-p", "--population", required=True, help="人口：变量、标识或文件 · a population")
    @argument("-n", type=int, default=None, help="户数 · households to make")
    @argument("--seed", type=int, default=1, help="随机种子 · seed")
    @argument("--scene", default=None, help="场景 · scene")
    @argument("--quota", type=int, default=None, help="名额 · places")
    @argument("--by", default=None, help="分组 · groups, e.g. 年龄:18,30,45")
    @argument("--assume", action="append", default=[], help="假设集 · an assumption set")
    @line_magic("simulate")
    def simulate(self, line: str) -> Any:
        """测算草案的影响。 What drafts do to scores, line and people."""
        given = parse_argstring(self.simulate, line)
        population = self.shell.user_ns.get(given.population, given.population)
        base, *drafts = (self._or_id(name) for name in (given.base, *given.drafts))
        return api.simulate(
            base, *drafts, population=population, n=given.n, seed=given.seed, scene=given.scene,
            quota=given.quota, by=given.by, assume=given.assume,
        )  # fmt: skip

    # -- names

    def _policy(self, name: str, assume: list[str]) -> Policy:
        """A policy of the notebook, a cell's document by its id, or one from a file."""
        value = self.shell.user_ns.get(name)
        if isinstance(value, Policy) and not assume:
            return value
        id_ = value.id if isinstance(value, Policy) else name
        library = self.desk.library()
        if library.find(id_) is None or id_ not in library.entries:
            library, id_, assume = located(id_, assume)
        return library.policy(id_, assume)

    def _or_id(self, name: str) -> Policy | str:
        """What the front door resolves itself stays a name, so that a run can be done again."""
        value = self.shell.user_ns.get(name)
        if isinstance(value, Policy):
            return value
        library = self.desk.library()
        return library.policy(name) if name in library.entries else name

    def _cases(self, name: str) -> Any:
        """Cases of the notebook: a mapping, records, a DataFrame."""
        space = self.shell.user_ns
        if name not in space:
            near = did_you_mean(name, [x for x in space if not x.startswith("_")])
            _refuse("J901", {"name": name, "near": near})
        value = space[name]
        if isinstance(value, (dict, list, tuple, Case)) or hasattr(value, "columns"):
            return value
        _refuse("J974", {"name": name, "kind": type(value).__name__})


def _refuse(code: str, details: dict[str, object]) -> NoReturn:
    raise PolicyError([Diagnostic(code, None, None, details)])
