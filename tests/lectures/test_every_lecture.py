"""Lectures run from end to end, and what they compute is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

LECTURES = sorted((Path(__file__).resolve().parents[2] / "lectures").glob("[!_]*.py"))


@pytest.mark.parametrize("lecture", LECTURES, ids=lambda path: path.stem)
def test_a_lecture_runs_as_a_script(lecture: Path) -> None:
    run = subprocess.run(
        [sys.executable, str(lecture)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
