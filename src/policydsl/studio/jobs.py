"""Long work beside the page: one thread for each kind, with progress, and stopped when asked to."""

from __future__ import annotations

import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, RLock, Thread
from time import monotonic
from typing import Any, Literal

from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.studio.telling import Data, findings, pair, refused

KEPT = 30
"""So many jobs are remembered; what the oldest ones found is forgotten."""

LANES = 200
"""Of so many tabs it is remembered which question was their newest."""

LOG = logging.getLogger("policydsl.studio")
Pair = tuple[str, str]
State = Literal["running", "done", "failed", "cancelled"]


class Cancelled(Exception):
    """The work is to be stopped."""


class Overtaken(Exception):
    """A newer question of the same tab is there already."""


@dataclass(eq=False)
class Job:
    """Work under way.  ``done`` of ``of`` (``None``: not known) in the step that it is at.

    ``lanes``: who waits for it.  ``heir`` is the work that took its place, ``behind`` the other
    way round: until its own turn comes, work tells how far that is which it waits for.
    """

    id: str
    kind: str
    key: object
    what: Pair
    lanes: set[str] = field(default_factory=set)
    state: State = "running"
    step: Pair = ("", "")
    done: int = 0
    of: int | None = None
    result: Any = None
    problems: list[Diagnostic] = field(default_factory=list)
    started: float = field(default_factory=monotonic)
    ended: float | None = None
    heir: Job | None = None
    behind: Job | None = None
    _stop: Event = field(default_factory=Event)

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop."""
        return self._stop.is_set()

    @property
    def last_heir(self) -> Job:
        """The newest work that took the place of this; itself, where nothing did."""
        found = self
        while found.heir is not None:
            found = found.heir
        return found

    def advance(
        self, step: Pair, count: int = 0, of: int | None = None,
        still: Callable[[Job], bool] = lambda heir: False,
    ) -> None:  # fmt: skip
        """Tell how far the work is; raises :class:`Cancelled` when it is to be stopped.

        ``still``: whether the work that took its place needs this step, which then goes on.
        """
        if self.stopping:
            heir = self.last_heir
            if heir is self or heir.stopping or not still(heir):
                raise Cancelled
        if step != self.step:
            self.step, self.done, self.of = step, 0, None
        self.done += count
        if of is not None:
            self.of = of

    def told(self) -> Data:
        """The job for the page."""
        before = self.behind
        waits = before is not None and self.step == ("", "") and before.state == "running"
        at = before if waits and before is not None else self
        return {
            "id": self.id, "kind": self.kind, "what": pair(self.what), "state": self.state,
            "done": at.done, "of": at.of, "step": pair(at.step), "result": self.result,
            "findings": findings(self.problems),
            "seconds": round((self.ended or monotonic()) - self.started, 1),
        }  # fmt: skip


class Jobs:
    """The jobs of a server; one of a kind is at work at a time."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = RLock()
        self._turns: dict[str, RLock] = {}
        self._newest: OrderedDict[str, int] = OrderedDict()
        self._ended = False

    def asked(self, lane: str, ticket: int | None = None) -> int:
        """A question of a lane has come; returns its place in the order of questions there.

        ``ticket`` is the lane's own count, which holds even where questions pass each other on
        the way; without one they count as they come.
        """
        with self._lock:
            newest = self._newest.get(lane, 0)
            place = newest + 1 if ticket is None else ticket
            self._newest[lane] = max(newest, place)
            self._newest.move_to_end(lane)
            while len(self._newest) > LANES:
                self._newest.popitem(last=False)
        return place

    def overtaken(self, lane: str, place: int) -> bool:
        """Whether a newer question of the lane has come."""
        return self._newest.get(lane, place) > place

    def start(
        self, kind: str, key: object, what: Pair, work: Callable[[Job], Any],
        lane: str | None = None, place: int | None = None,
    ) -> Job:  # fmt: skip
        """Begin, or join work on the same thing.

        Work in a ``lane`` takes the place of older work there (of the same tab), which is stopped
        unless another lane waits for it too, and waits for its turn behind that of other lanes.
        ``place`` is that of the question (:meth:`asked`): raises :class:`Overtaken` where a newer
        one has come, or all is to end.  Without a lane it is refused (J935) while another runs.
        """
        with self._lock:
            late = lane is not None and place is not None and self.overtaken(lane, place)
            if late or self._ended:
                raise Overtaken
            running = [
                job for job in self._jobs.values()
                if job.kind == kind and job.state == "running" and not job.stopping
            ]  # fmt: skip
            found = next((job for job in running if job.key == key), None)
            others = [job for job in running if job is not found]
            if lane is None and found is None and others:
                raise refused(409, "J935", what=others[0].what)
            job = found or self._made(kind, key, what)
            if lane is not None:
                job.lanes.add(lane)
                for other in others:
                    self._left(other, lane, job)
            if found is not None:
                return found
            turn = self._turns.setdefault(kind, RLock())
        Thread(
            target=self._run, args=(job, work, turn), name=f"{kind}-{job.id}", daemon=True
        ).start()
        return job

    def _made(self, kind: str, key: object, what: Pair) -> Job:
        """A new job, remembered in place of the oldest that has ended."""
        job = Job(secrets.token_hex(8), kind, key, what)
        self._jobs[job.id] = job
        while len(self._jobs) > KEPT:
            old = next((j for j in self._jobs.values() if j.state != "running"), None)
            if old is None:
                break
            del self._jobs[old.id]
        return job

    def _left(self, job: Job, lane: str, heir: Job) -> None:
        """A lane waits for other work now; what nobody waits for is stopped."""
        if lane not in job.lanes:
            return
        job.lanes.discard(lane)
        if not job.lanes:
            job.heir, heir.behind = heir, job
            job._stop.set()

    def _run(self, job: Job, work: Callable[[Job], Any], turn: RLock) -> None:
        state: State = "failed"
        try:
            with turn:
                job.advance(job.step)
                job.result = work(job)
            state = "done"
        except Cancelled:
            state = "cancelled"
        except PolicyError as error:
            job.problems = error.diagnostics
        except MemoryError:
            job.problems = [Diagnostic("J931")]
        except Exception:
            LOG.exception("job %s", job.kind)
            job.problems = [Diagnostic("J922")]
        job.ended = monotonic()
        job.behind = None
        job.state = state

    def get(self, id_: str) -> Job:
        """A job.  Raises :class:`policydsl.studio.telling.Refused` (J934)."""
        job = self._jobs.get(id_)
        if job is None:
            raise refused(404, "J934", job=id_[:40])
        return job

    def cancel(self, id_: str) -> Job:
        """Ask a job to stop; it does at its next step."""
        job = self.get(id_)
        job._stop.set()
        return job

    def all(self) -> list[Job]:
        """All that are remembered, the newest first."""
        return list(reversed(list(self._jobs.values())))

    def stop(self) -> None:
        """Ask all jobs to stop; no more are begun."""
        self._ended = True
        for job in list(self._jobs.values()):
            job._stop.set()
