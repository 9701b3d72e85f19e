"""How long a drafter waits at the page: trials with and without a population, preparations.

    python benchmarks/studio.py [-n 1000000] [--rounds 15]

The questions are asked of the server's own answers over HTTP within one process (no browser), on
the bundled draft of Yueqing with its assumption set, for school places with groups by age.  Each
trial moves the points of a month of social insurance to a value that was not tried before.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

warnings.filterwarnings("ignore")

from starlette.testclient import TestClient  # noqa: E402 - its warning is about the tests' client

from policydsl.model.loading import bundled_folder  # noqa: E402
from policydsl.studio.desk import Desk  # noqa: E402
from policydsl.studio.server import make_app  # noqa: E402

TOKEN, HOST = "benchmark", "127.0.0.1:8765"
REF = "draft.policy#yueqing-2023-draft"
NUMBER = "省级共性指标/缴纳社保@body.0.action.amount.number"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(
            bundled_folder() / "yueqing" / "yueqing-2023-draft.policy", folder / "draft.policy"
        )
        desk = Desk(folder)
        headers = {"Host": HOST, "Authorization": f"Bearer {TOKEN}"}
        http = TestClient(make_app(desk, TOKEN, 8765), base_url=f"http://{HOST}", headers=headers)
        try:
            _measure(http, options.n, options.rounds)
        finally:
            desk.close()


def _measure(http: TestClient, n: int, rounds: int) -> None:
    scene = {
        "population": {"ref": "yangtze-delta-migrants", "n": n, "seed": 1},
        "scene": "随迁子女入学", "quota": n // 20, "by": "年龄:18,30,45",
    }  # fmt: skip
    values = (f"{place // 100}.{place % 100:02}" for place in range(1, 3000))

    def trial(more: dict[str, Any]) -> dict[str, Any]:
        changes = [{"number": NUMBER, "value": next(values)}]
        answer: dict[str, Any] = http.post(
            "/api/try", json={"ref": REF, "changes": changes, **more}
        ).json()
        return answer

    def whole(more: dict[str, Any]) -> dict[str, Any]:
        answer = trial(more)
        while answer["effect"] is None:
            assert not answer["effect_findings"], answer["effect_findings"]
            while http.get(f"/api/jobs/{answer['preparing']}").json()["state"] == "running":
                time.sleep(0.01)
            answer = trial(more)
        return answer

    print(f"{n:,} households, {rounds} rounds")
    _tell("list of policies", [_timed(lambda: http.get("/api/desk"))])
    _tell(
        "policy opened, first time", [_timed(lambda: http.get("/api/policy", params={"ref": REF}))]
    )
    _tell("trial without population, first (typical persons found)", [_timed(lambda: trial({}))])
    _tell("trial without population", [_timed(lambda: trial({})) for _ in range(rounds)])
    _tell("trial with population, first (population made)", [_timed(lambda: whole(scene))])
    _tell("trial with population", [_timed(lambda: whole(scene)) for _ in range(rounds)])
    quotas = iter(range(n // 20 + 1, n))
    _tell(
        "the same with another quota",
        [_timed(lambda: whole({**scene, "quota": next(quotas)})) for _ in range(rounds)],
    )
    _tell("review", [_timed(lambda: http.post("/api/review", json={"ref": REF}))])


Times = tuple[float, float]


def _timed(work: Callable[[], object]) -> Times:
    """By the clock, and by the processor (all threads)."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor


def _tell(what: str, times: list[Times]) -> None:
    clock, processor = (statistics.median(each) for each in zip(*times, strict=True))
    worst = f"   worst {max(c for c, _ in times):.3f}" if len(times) > 1 else ""
    print(f"  {what:<56}{clock:8.3f}   processor {processor:7.3f}{worst}", flush=True)


if __name__ == "__main__":
    main()
