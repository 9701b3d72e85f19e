"""``%%policy NAME``, ``%score``, ``%explain`` and ``%simulate``.

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
        cases = self._value(given.cases)
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
        return api.explain(policy, self._value(given.case))

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

    def _value(self, name: str) -> Any:
        if name in self.shell.user_ns:
            return self.shell.user_ns[name]
        near = did_you_mean(name, [x for x in self.shell.user_ns if not x.startswith("_")])
        _refuse("J901", {"name": name, "near": near})


def _refuse(code: str, details: dict[str, object]) -> NoReturn:
    raise PolicyError([Diagnostic(code, None, None, details)])
