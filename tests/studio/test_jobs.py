"""Long work: progress, cancelled without a trace, one of a kind at a time; what it makes."""

from __future__ import annotations

import time
import zipfile
from io import BytesIO
from random import Random
from threading import Barrier, Event, Thread
from typing import Any

import pytest
from tests.studio.desk import DRAFT, POPULATION, SOCIAL, TOKEN, Data, Page

from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.simulation.people import People, people_of
from policydsl.simulation.specs import Spec
from policydsl.studio.jobs import Job, Jobs, Overtaken
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


def until_stopped(job: Job) -> None:
    for _ in range(1000):
        job.advance(("等", "waiting"))
        time.sleep(0.005)


def test_a_question_that_arrives_late_never_takes_the_place_of_a_newer_one():
    jobs = Jobs()
    older, newer = jobs.asked("tab", 1), jobs.asked("tab", 2)
    job = jobs.start("a", "new", WHAT, until_stopped, "tab", newer)
    assert jobs.overtaken("tab", older)
    with pytest.raises(Overtaken):
        jobs.start("a", "old", WHAT, until_stopped, "tab", older)
    assert not job.stopping
    assert jobs.start("a", "new", WHAT, until_stopped, "tab", jobs.asked("tab", 2)) is job
    jobs.stop()
    assert wait(job).state == "cancelled"


def test_work_that_two_tabs_wait_for_goes_on_when_one_of_them_leaves():
    jobs = Jobs()
    both = jobs.start("a", 1, WHAT, until_stopped, "tab 1")
    assert jobs.start("a", 1, WHAT, until_stopped, "tab 2") is both
    jobs.start("a", 2, WHAT, lambda job: None, "tab 1")
    assert not both.stopping
    third = jobs.start("a", 3, WHAT, lambda job: 3, "tab 2")
    assert wait(both).state == "cancelled"
    assert wait(third).result == 3


def test_a_step_that_the_next_work_needs_too_is_finished():
    jobs, begun = Jobs(), Event()

    def shared(job: Job) -> object:
        for _ in range(10):
            begun.set()
            job.advance(("人口", "people"), 1, 10, still=lambda heir: heir.key == "same people")
            time.sleep(0.01)
        made.append(job.id)
        job.advance(("打分", "scoring"))
        return "scored"

    made: list[str] = []
    first = jobs.start("a", "people", WHAT, shared, "tab")
    begun.wait(5)
    second = jobs.start("a", "same people", WHAT, lambda job: len(made), "tab")
    assert second.told()["step"]["en"] == "people"  # that is what it waits for
    assert (wait(first).state, made) == ("cancelled", [first.id])
    assert wait(second).result == 1
    begun.clear()
    third = jobs.start("a", "people", WHAT, shared, "tab")
    begun.wait(5)
    fourth = jobs.start("a", "other people", WHAT, lambda job: len(made), "tab")
    assert wait(fourth).result == 1
    assert wait(third).state == "cancelled"


def test_of_many_overlapping_questions_the_newest_of_each_tab_is_always_answered(page: Page):
    def ask(client: str, ticket: int, value: str, gone: Barrier) -> None:
        gone.wait(30)
        time.sleep(chance.random() / 20)  # they pass each other on the way
        data = {"ref": DRAFT, "client": client, "ticket": ticket, "population": POPULATION,
                "changes": [{"number": SOCIAL, "value": value}]}  # fmt: skip
        answers[client, ticket] = page.desk.try_(data)

    chance, count, answers = Random(5), 6, dict[tuple[str, int], Data]()
    tabs = ("tab 1", "tab 2", "tab 3")
    for turn in range(4):
        gone, threads = Barrier(count * len(tabs)), []
        for place in range(count):
            for tab in tabs:  # two tabs often ask the same, and then part
                value = f"{turn}.{place % 4 + (tab == 'tab 3'):02}"
                order = turn * count + place + 1
                threads.append(Thread(target=ask, args=(tab, order, value, gone)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        for tab in tabs:
            newest = answers[tab, (turn + 1) * count]
            assert "superseded" not in newest
            if newest["preparing"]:
                assert page.done(newest["preparing"])["state"] == "done"
            else:
                assert newest["effect"]["persons"] > 0
    assert len(answers) == 4 * count * len(tabs)


def test_a_movement_while_the_population_is_made_does_not_make_it_anew(
    page: Page, monkeypatch: pytest.MonkeyPatch
):
    large = {**POPULATION, "n": 30_000}
    made, begun = [], Event()

    def watched(spec: Spec, policies: Any, n: int, seed: int, by: Any, *, done: Any) -> People:
        def moved(rows: int) -> None:
            if n == large["n"]:
                begun.set()
                for _ in range(2000):  # until the second question has taken the place of the first
                    if any(job.stopping for job in page.desk.jobs.all()):
                        break
                    time.sleep(0.005)
            done(rows)

        found = people_of(spec, policies, n, seed, by, done=moved)
        made.append(n)
        return found

    def ask(ticket: int) -> Data:
        change = [{"number": SOCIAL, "value": f"0.{ticket}"}]
        return page.desk.try_(
            {
                "ref": DRAFT,
                "client": "tab",
                "ticket": ticket,
                "changes": change,
                "population": large,
            }
        )

    monkeypatch.setattr("policydsl.studio.people.people_of", watched)
    first = Thread(target=ask, args=(1,))
    first.start()
    assert begun.wait(60)
    answer = ask(2)
    while answer["preparing"]:
        assert page.done(answer["preparing"])["state"] == "done"
        answer = ask(3)
    first.join(60)
    assert answer["effect"]["persons"] >= 30_000
    assert made.count(30_000) == 1


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
