"""The folder: nothing outside of it is read or written, nothing in it is replaced unseen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.studio.desk import DRAFT, Page

from policydsl.language.diagnostics import PolicyError
from policydsl.studio.telling import Refused
from policydsl.studio.workspace import Workspace, stamp_of

TEXT = "积分 demo “示例” { 指标 社保 上限 30 分 { 加 10 分 } }\n"

TRICKS = [
    "../x.policy", "a/../../x.policy", "/etc/x.policy", "//server/x.policy", "C:/x.policy",
    "C:x.policy", "..\\x.policy", "a\\..\\x.policy", "x\x00.policy", "x\n.policy", "CON.policy",
    "nul.policy", "a/LPT1.policy", ".hidden.policy", ".git/x.policy", "a/./x.policy ", "~/x.policy",
    "x.policy/", "x.policy.", "x.txt", "x", "", ".", "..", "a//../x.policy", "x?.policy", "x*.policy",
    "file:///x.policy", "%2e%2e/x.policy\x00", "长" * 100 + ".policy", "e\u0301.policy", "bundled:x.policy",
]  # fmt: skip


@pytest.mark.parametrize("name", TRICKS)
def test_tricks_with_paths_are_refused(tmp_path: Path, name: str):
    inside = tmp_path / "inside"
    inside.mkdir()
    with pytest.raises(Refused) as problem:
        Workspace(inside).save(name, TEXT, None)
    assert {d.code for d in problem.value.diagnostics} == {"J912"}
    assert list(tmp_path.rglob("*.policy")) == []


@pytest.mark.parametrize(
    "name", ["../x.policy", "/etc/passwd", "C:\\x.policy", "..", "x\x00.policy"]
)
def test_tricks_through_the_page_too(page: Page, name: str):
    for data in ({"ref": f"{name}#demo"}, {"ref": DRAFT, "file": name, "id": "x", "as": "text"}):
        path = "/api/save" if "file" in data else "/api/try"
        answer = page.http.post(path, json=data)
        assert answer.status_code in (400, 404), answer.text
        assert page.codes(answer.json())[0] in ("J912", "J915")


def test_links_lead_nowhere(tmp_path: Path):
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret.policy").write_text(TEXT)
    try:
        (inside / "link.policy").symlink_to(outside / "secret.policy")
        (inside / "folder").symlink_to(outside, target_is_directory=True)
    except OSError:
        pytest.skip("no links here")
    workspace = Workspace(inside)
    assert workspace.papers() == []
    for name in ("link.policy", "folder/secret.policy", "folder/new.policy"):
        with pytest.raises(Refused, match="J912"):
            workspace.paper(f"{name}#demo")
        with pytest.raises(Refused, match="J912"):
            workspace.save(name, TEXT, None)
    assert (outside / "secret.policy").read_text() == TEXT
    assert [p.name for p in outside.iterdir()] == ["secret.policy"]


def test_a_new_file_never_takes_the_place_of_another(tmp_path: Path):
    workspace = Workspace(tmp_path)
    stamp = workspace.save("2023/草案.policy", TEXT, None)
    assert (tmp_path / "2023" / "草案.policy").read_text("utf-8") == TEXT
    with pytest.raises(Refused, match="J914") as problem:
        workspace.save("2023/草案.policy", "另一份", None)
    assert problem.value.status == 409
    assert problem.value.more["now"] == {"stamp": stamp, "text": TEXT}
    assert (tmp_path / "2023" / "草案.policy").read_text("utf-8") == TEXT


def test_a_file_is_replaced_only_as_it_was_seen(tmp_path: Path):
    workspace = Workspace(tmp_path)
    path = tmp_path / "草案.policy"
    stamp = workspace.save("草案.policy", TEXT, None)
    path.write_text(TEXT + "# 同事改过\n", encoding="utf-8")
    with pytest.raises(Refused, match="J913") as problem:
        workspace.save("草案.policy", "我的", stamp)
    now = problem.value.more["now"]
    assert now["text"].endswith("# 同事改过\n")
    assert now["stamp"] == stamp_of(path.read_bytes())
    workspace.save("草案.policy", TEXT, now["stamp"])
    assert path.read_text("utf-8") == TEXT
    path.unlink()
    with pytest.raises(Refused, match="J913"):
        workspace.save("草案.policy", TEXT, stamp)
    assert not path.exists()


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path):
    if os.geteuid() == 0:
        (tmp_path / "x.policy").mkdir()  # root may write anywhere, but not over a folder
        with pytest.raises(PolicyError):
            Workspace(tmp_path).save("x.policy", TEXT, None)
        assert [p.name for p in tmp_path.iterdir()] == ["x.policy"]
        return
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PolicyError, match="F007"):
            Workspace(tmp_path).save("x.policy", TEXT, None)
        assert list(tmp_path.iterdir()) == []
    finally:
        tmp_path.chmod(0o700)


def test_only_a_folder_can_be_opened(tmp_path: Path):
    (tmp_path / "x.policy").write_text(TEXT)
    with pytest.raises(PolicyError, match="J936"):
        Workspace(tmp_path / "x.policy")
    with pytest.raises(PolicyError, match="F001"):
        Workspace(tmp_path / "nothing")


def test_own_files_stand_before_bundled_ones(page: Page):
    policies = page.get("/api/desk")["policies"]
    refs = [p["ref"] for p in policies]
    assert refs[0] == DRAFT
    assert "yueqing-2023-draft" not in refs  # the folder's own stands for it
    assert "yueqing-2022" in refs
    (own,) = (p for p in policies if p["own"])
    assert own["file"] == "草案.policy"
    assert own["base"] == "yueqing-2022"
    assert own["assumptions"] == ["yueqing-demo"]


def test_a_file_that_is_no_policy_is_listed_with_what_is_wrong(page: Page):
    (page.folder / "坏.policy").write_bytes(b"\xff\xfe\x00\x01")
    (page.folder / "空.policy").write_bytes(b"")
    desk = page.get("/api/desk")
    broken = {x["file"]: x["findings"][0]["code"] for x in desk["broken"]}
    assert broken["坏.policy"].startswith("F")
    assert set(broken) <= {"坏.policy", "空.policy"}
