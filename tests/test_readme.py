"""What the README shows is true: its Python runs, and so do its commands."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL
    )


def test_the_python_runs_from_top_to_bottom(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(blocks("python")) >= 3
    scope: dict[str, object] = {}
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), scope)  # noqa: S102 (the README is ours)
    shown = capsys.readouterr().out
    home, foreign = map(float, re.search(r"\[ *(\S+) +(\S+)\]", shown).groups())
    assert 0.09 < home < 0.12, "the README says a tenth"
    assert -0.22 < foreign < -0.18, "the README says a fifth"


def test_the_commands_run(tmp_path: Path) -> None:
    lines = [line for block in blocks("console") for line in block.splitlines()]
    assert len(lines) >= 3
    for line in lines:
        prompt, program, *arguments = line.split()
        assert (prompt, program) == ("$", "unigauge")
        command = [
            sys.executable,
            "-c",
            "from unigauge.cli import main; raise SystemExit(main())",
        ]
        run = subprocess.run(
            [*command, *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        assert run.stdout


def test_the_two_commands_make_their_own_environment() -> None:
    first, second = [line for block in blocks("bash") for line in block.splitlines()]
    for command in (first, second):
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install ")
    assert first.endswith("unigauge reproduce")
    assert second.endswith("pytest")
