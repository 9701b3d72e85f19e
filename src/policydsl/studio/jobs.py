"""Long work beside the page: one thread for each kind, with progress, and stopped when asked to."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, RLock, Thread
from time import monotonic
from typing import Any, Literal

from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.studio.telling import Data, findings, pair, refused

KEPT = 30
"""So many jobs are remembered; what the oldest ones found is forgotten."""

LOG = logging.getLogger("policydsl.studio")
Pair = tuple[str, str]
State = Literal["running", "done", "failed", "cancelled"]


class Cancelled(Exception):
    """The work is to be stopped."""


@dataclass(eq=False)
class Job:
    """Work under way.  ``done`` of ``of`` (``None``: not known) in the step that it is at."""

    id: str
    kind: str
    key: object
    what: Pair
    lane: str = ""
    state: State = "running"
    step: Pair = ("", "")
    done: int = 0
    of: int | None = None
    result: Any = None
    problems: list[Diagnostic] = field(default_factory=list)
    started: float = field(default_factory=monotonic)
    ended: float | None = None
    _stop: Event = field(default_factory=Event)

    def advance(self, step: Pair, count: int = 0, of: int | None = None) -> None:
        """Tell how far the work is; raises :class:`Cancelled` when it is to be stopped."""
        if self._stop.is_set():
            raise Cancelled
        if step != self.step:
            self.step, self.done, self.of = step, 0, None
        self.done += count
        if of is not None:
            self.of = of

    def told(self) -> Data:
        """The job for the page."""
        return {
            "id": self.id, "kind": self.kind, "what": pair(self.what), "state": self.state,
            "done": self.done, "of": self.of, "step": pair(self.step), "result": self.result,
            "findings": findings(self.problems),
            "seconds": round((self.ended or monotonic()) - self.started, 1),
        }  # fmt: skip


class Jobs:
    """The jobs of a server; one of a kind is at work at a time."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = RLock()
        self._turns: dict[str, RLock] = {}

    def start(
        self, kind: str, key: object, what: Pair, work: Callable[[Job], Any],
        lane: str | None = None,
    ) -> Job:  # fmt: skip
        """Begin, or join work on the same thing.

        Work in a ``lane`` takes the place of older work there (of the same tab) and waits for its
        turn behind that of other lanes; without one it is refused (J935) while another is running.
        """
        with self._lock:
            for job in self._jobs.values():
                if job.kind == kind and job.state == "running" and not job._stop.is_set():
                    if job.key == key:
                        return job
                    if lane is None:
                        raise refused(409, "J935", what=job.what)
                    if job.lane == lane:
                        job._stop.set()
            job = Job(secrets.token_hex(8), kind, key, what, lane or "")
            self._jobs[job.id] = job
            while len(self._jobs) > KEPT:
                old = next((j for j in self._jobs.values() if j.state != "running"), None)
                if old is None:
                    break
                del self._jobs[old.id]
            turn = self._turns.setdefault(kind, RLock())
        Thread(
            target=self._run, args=(job, work, turn), name=f"{kind}-{job.id}", daemon=True
        ).start()
        return job

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
        """Ask all jobs to stop."""
        for job in list(self._jobs.values()):
            job._stop.set()
