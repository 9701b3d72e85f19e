"""A desk with a folder of its own, asked as the page asks it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from policydsl.model.loading import bundled_folder
from policydsl.studio.desk import Desk
from policydsl.studio.server import make_app

TOKEN, PORT = "0123456789-token", 8765
HOST = f"127.0.0.1:{PORT}"
DRAFT = "草案.policy#yueqing-2023-draft"
SOCIAL = "省级共性指标/缴纳社保@body.0.action.amount.number"
RESIDENCE = "省级共性指标/居住时间@body.0.action.amount.number"
POPULATION = {"ref": "yangtze-delta-migrants", "n": 2000, "seed": 1}
Data = dict[str, Any]


class Page:
    """What the page does: asks with its token, waits for jobs."""

    def __init__(self, folder: Path, desk: Desk):
        self.folder = folder
        self.desk = desk
        app = make_app(desk, TOKEN, PORT)
        headers = {"Host": HOST, "Authorization": f"Bearer {TOKEN}"}
        self.http = TestClient(
            app, base_url=f"http://{HOST}", headers=headers, raise_server_exceptions=False
        )

    def get(self, path: str, status: int = 200, **params: Any) -> Any:
        answer = self.http.get(path, params=params)
        assert answer.status_code == status, answer.text
        return answer.json()

    def post(self, path: str, data: Data, status: int = 200) -> Any:
        answer = self.http.post(path, json=data)
        assert answer.status_code == status, answer.text
        return answer.json()

    def policy(self, ref: str = DRAFT, **params: Any) -> Data:
        found: Data = self.get("/api/policy", ref=ref, **params)
        return found

    def try_(self, data: Data, ref: str = DRAFT) -> Data:
        """A trial; one whose effect takes longer is asked again when it is there."""
        for _ in range(200):
            answer: Data = self.post("/api/try", {"ref": ref, **data})
            if answer["preparing"] is None:
                return answer
            self.done(answer["preparing"])
        raise AssertionError("the effect never came")

    def done(self, job: str) -> Data:
        """A job when it is no longer running."""
        for _ in range(3000):
            told: Data = self.get(f"/api/jobs/{job}")
            if told["state"] != "running":
                return told
            time.sleep(0.02)
        raise AssertionError("the job goes on and on")

    def codes(self, answer: Data) -> list[str]:
        return [finding["code"] for finding in answer["findings"]]


@contextmanager
def page_on(folder: Path) -> Iterator[Page]:
    """A page on a folder with the draft of Yueqing in it."""
    content = (bundled_folder() / "yueqing" / "yueqing-2023-draft.policy").read_bytes()
    (folder / "草案.policy").write_bytes(content)
    desk = Desk(folder)
    try:
        yield Page(folder, desk)
    finally:
        desk.close()
