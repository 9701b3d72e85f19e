"""Files are replaced whole or not at all."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from policydsl.files import replacing, writable_folder, write_text
from policydsl.language.diagnostics import PolicyError


def code(error: pytest.ExceptionInfo[PolicyError]) -> list[str]:
    return [problem.code for problem in error.value.diagnostics]


def test_a_file_is_written_with_the_rights_of_the_old_one(tmp_path: Path):
    path = tmp_path / "一.txt"
    write_text(path, "旧")
    path.chmod(0o640)
    write_text(path, "新\n")
    assert path.read_bytes() == "新\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [each.name for each in tmp_path.iterdir()] == ["一.txt"]


def test_an_error_on_the_way_leaves_the_old_file_and_nothing_else(tmp_path: Path):
    path = tmp_path / "a"
    write_text(path, "old")

    def half() -> None:
        with replacing(path) as temporary:
            temporary.write_text("half", "utf-8")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert path.read_text("utf-8") == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_a_link_stays_a_link(tmp_path: Path):
    (tmp_path / "target").write_text("old", "utf-8")
    (tmp_path / "link").symlink_to("target")
    write_text(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text("utf-8") == "new"


def test_folders_devices_and_missing_folders_are_refused(tmp_path: Path):
    for path in (tmp_path, Path("/dev/null"), tmp_path / "no" / "a"):
        with pytest.raises(PolicyError) as error:
            write_text(path, "x")
        assert code(error) == ["F007"]
    assert Path("/dev/null").is_char_device()
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(PolicyError) as error:
        writable_folder(tmp_path / "file" / "out")
    assert code(error) == ["F007"]
