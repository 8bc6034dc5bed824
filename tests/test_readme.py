"""What the README shows is true: its Python runs, and so do its commands."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

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


UNIGAUGE = [sys.executable, "-c", "from unigauge.cli import main; raise SystemExit(main())"]


def lines() -> list[list[str]]:
    """Return the arguments of every line that the README shows at a prompt."""
    shown = [line.split() for block in blocks("console") for line in block.splitlines()]
    assert all(line[:2] == ["$", "unigauge"] for line in shown)
    return [line[2:] for line in shown]


def serves(arguments: list[str]) -> bool:
    return arguments == ["explore"] or arguments[:2] == ["lecture", "delocation"]


def test_the_commands_run(tmp_path: Path) -> None:
    commands = [line for line in lines() if not serves(line) and "--publish" not in line]
    assert len(commands) >= 4
    for arguments in commands:
        run = subprocess.run(
            [*UNIGAUGE, *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        assert run.stdout


def answers(address: str, patience: float = 60) -> bool:
    """Return whether a page is served there within so many seconds."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            with urlopen(address) as page:
                return page.status == 200
        except URLError:
            time.sleep(0.2)
    return False


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [*filter(serves, lines())], ids=" ".join)
def test_the_commands_that_serve_a_page_do(arguments: list[str], tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [*UNIGAUGE, *arguments, "--headless", "--port", port]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            said = iter(server.stdout.readline, "")
            address = next(
                found[0] for line in said if (found := re.search(r"http://\S+", line))
            )
            assert answers(address)
        finally:
            server.terminate()
    assert (tmp_path / "delocation.py").is_file() == ("--edit" in arguments)


@pytest.mark.slow
def test_the_lectures_are_published_where_the_readme_says(tmp_path: Path) -> None:
    arguments = next(line for line in lines() if "--publish" in line)
    subprocess.run([*UNIGAUGE, *arguments], cwd=tmp_path, check=True, capture_output=True)
    assert "unigauge-report/lectures/" in README
    assert (tmp_path / "unigauge-report" / "lectures" / "index.html").is_file()


def test_the_two_commands_make_their_own_environment() -> None:
    first, second = [line for block in blocks("bash") for line in block.splitlines()]
    for command in (first, second):
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install ")
    assert first.endswith("unigauge reproduce")
    assert second.endswith("pytest")
