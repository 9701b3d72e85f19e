"""Every benchmark can be started by its name."""

from __future__ import annotations

from tools.dev import ROOT, benchmarks


def test_scripts_and_packages_are_found():
    found = benchmarks()
    assert {"columns", "parse_and_check", "populations", "versions"} <= found.keys()
    assert found["columns"] == ["-m", "benchmarks.columns"]
    assert all((ROOT / what[0]).exists() for what in found.values() if what[0] != "-m")
