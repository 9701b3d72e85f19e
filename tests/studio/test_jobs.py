"""Long work: progress, cancelled without a trace, one of a kind at a time; what it makes."""

from __future__ import annotations

import time
import zipfile
from io import BytesIO
from threading import Event

import pytest
from tests.studio.desk import DRAFT, POPULATION, SOCIAL, TOKEN, Page

from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.studio.jobs import Job, Jobs
from policydsl.studio.telling import Refused

WHAT = ("做事", "working")


def wait(job: Job) -> Job:
    for _ in range(1000):
        if job.state != "running":
            return job
        time.sleep(0.005)
    raise AssertionError("it never ends")


def test_progress_is_told_and_the_result_kept():
    def work(job: Job) -> object:
        job.advance(("第一步", "first"), 0, 2)
        job.advance(("第一步", "first"), 1)
        job.advance(("第二步", "second"), 5)
        return {"made": 1}

    jobs = Jobs()
    told = wait(jobs.start("a", 1, WHAT, work)).told()
    assert (told["state"], told["done"], told["of"], told["result"]) == (
        "done",
        5,
        None,
        {"made": 1},
    )
    assert told["step"] == {"zh": "第二步", "en": "second"}


def test_one_of_a_kind_and_the_same_is_joined():
    jobs, go = Jobs(), Event()
    first = jobs.start("a", 1, WHAT, lambda job: go.wait(5))
    assert jobs.start("a", 1, WHAT, lambda job: None) is first
    with pytest.raises(Refused, match="J935"):
        jobs.start("a", 2, WHAT, lambda job: None)
    other = jobs.start("b", 2, WHAT, lambda job: "other kinds go on")
    assert wait(other).result
    go.set()
    wait(first)
    assert wait(jobs.start("a", 2, WHAT, lambda job: 3)).result == 3


def test_a_lane_supersedes_itself_and_waits_for_others():
    jobs, go = Jobs(), Event()

    def slow(job: Job) -> object:
        for _ in range(500):
            job.advance(("等", "waiting"))
            if go.wait(0.01):
                return "first"
        return None

    first = jobs.start("a", 1, WHAT, slow, "tab 1")
    second = jobs.start("a", 2, WHAT, lambda job: 2, "tab 2")
    third = jobs.start("a", 3, WHAT, lambda job: 3, "tab 1")
    assert wait(first).state == "cancelled"
    assert wait(second).result == 2
    assert wait(third).result == 3


def test_faults_are_findings_and_never_tracebacks(caplog: pytest.LogCaptureFixture):
    jobs = Jobs()

    def refuses(job: Job) -> None:
        raise PolicyError([Diagnostic("F006", None, None, {"path": "x"})])

    def breaks(job: Job) -> None:
        raise KeyError("inside")

    def fills(job: Job) -> None:
        raise MemoryError

    for work, code in ((refuses, "F006"), (breaks, "J922"), (fills, "J931")):
        told = wait(jobs.start("a", code, WHAT, work)).told()
        assert told["state"] == "failed"
        assert [f["code"] for f in told["findings"]] == [code]
        assert "inside" not in str(told)


def test_no_more_jobs_are_remembered_than_a_few():
    jobs = Jobs()
    first = wait(jobs.start("a", 0, WHAT, lambda job: 0))
    for number in range(1, 50):
        wait(jobs.start("a", number, WHAT, lambda job: 0))
    assert len(jobs.all()) <= 31
    with pytest.raises(Refused, match="J934"):
        jobs.get(first.id)


def test_a_population_is_made_beforehand_and_can_be_cancelled(page: Page):
    large = {**POPULATION, "n": 1_500_000}
    job = page.post("/api/prepare", {"ref": DRAFT, "population": large})["job"]
    answer = page.http.delete(f"/api/jobs/{job}")
    assert answer.status_code == 200
    assert page.done(job)["state"] == "cancelled"
    job = page.post("/api/prepare", {"ref": DRAFT, "population": POPULATION})["job"]
    assert page.done(job)["state"] == "done"


def test_a_comparison_is_a_page_of_its_own(page: Page):
    tried = page.try_({"changes": [{"number": SOCIAL, "value": "0.9"}]})
    job = page.post("/api/compare", {"refs": [DRAFT, "haishu-2022"], "text": tried["text"]})["job"]
    told = page.done(job)
    assert told["state"] == "done", told["findings"]
    answer = page.http.get(told["result"]["href"])
    assert answer.status_code == 200
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "0.9" in answer.text
    bare = page.http.get(told["result"]["href"], headers={"Authorization": ""})
    assert bare.status_code == 401
    with_token = page.http.get(
        f"{told['result']['href']}&token={TOKEN}", headers={"Authorization": ""}
    )
    assert with_token.status_code == 200


@pytest.mark.slow
def test_the_package_of_a_saved_draft(page: Page):
    data = {
        "ref": DRAFT, "details": {"office": "市新居民服务中心", "contact": "王某", "issued": "2023-05-08",
                                  "deadline": "2023-06-08"},
        "population": {**POPULATION, "n": 500}, "scene": "随迁子女入学", "quota": 50,
    }  # fmt: skip
    told = page.done(page.post("/api/package", data)["job"])
    assert told["state"] == "done", told["findings"]
    result = told["result"]
    names = [f["name"] for f in result["files"]]
    assert "附件4 修改对照表.docx" in names
    assert "附件3 起草说明.docx" in names
    assert (page.folder / result["folder"] / "package.json").is_file()
    assert (page.folder / "yueqing-2023-draft-测算" / "run.json").is_file()
    for file in result["files"]:
        answer = page.http.get(file["href"])
        assert len(answer.content) == file["size"]
    archive = zipfile.ZipFile(BytesIO(page.http.get(result["zip"]).content))
    assert archive.testzip() is None
    assert len(archive.namelist()) == len(names)


def test_a_package_with_wrong_details_is_refused(page: Page):
    for name, value in (("issued", "五月八日"), ("contact", "a\nb"), ("days", 0), ("office", 5)):
        told = page.done(page.post("/api/package", {"ref": DRAFT, "details": {name: value}})["job"])
        assert told["state"] == "failed"
        assert [f["code"] for f in told["findings"]] == ["J916"]
    assert [p.name for p in page.folder.iterdir()] == ["草案.policy"]
