"""Lectures run from end to end, and what they compute is there."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

LECTURES = sorted((Path(__file__).resolve().parents[1] / "lectures").glob("*.py"))


@pytest.mark.parametrize("lecture", LECTURES, ids=lambda path: path.stem)
def test_a_lecture_runs_as_a_script(lecture: Path) -> None:
    run = subprocess.run(
        [sys.executable, str(lecture)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr


def test_one_number_moves_firms_across_the_border() -> None:
    lecture = next(path for path in LECTURES if path.stem == "delocation")
    _, seen = runpy.run_path(str(lecture))["app"].run()
    assert seen["firms"][0] > 0 > seen["firms"][1]
    assert seen["gain"][0] > 0 > seen["gain"].sum()
    assert seen["outcome"].status == "ok"
