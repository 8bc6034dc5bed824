"""The command lists lectures, opens them, makes a copy to change, and publishes them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from unigauge.cli import main
from unigauge.errors import DataError, InputError
from unigauge.lectures import LECTURES, notebook
from unigauge.lectures.classroom import programme, serving
from unigauge.results import WIDTH


@pytest.fixture
def asked(monkeypatch):
    """Record what marimo is asked to do, instead of doing it."""
    calls: list[dict[str, object]] = []

    def marimo(*arguments: str, port: int, headless: bool) -> int:
        page = Path(next(word for word in arguments if word.endswith(".py")))
        beside = {file.name: file.read_text() for file in page.parent.glob("*.toml")}
        calls.append(
            {
                "arguments": arguments,
                "page": page,
                "text": page.read_text(encoding="utf-8"),
                "beside": beside,
                "port": port,
                "headless": headless,
            }
        )
        return 0

    monkeypatch.setattr(serving, "_marimo", marimo)
    return calls


# ---------------------------------------------------------------------------
# The list


def test_all_lectures_are_listed_with_title_and_promise(capsys):
    assert main(["lecture"]) == 0
    out = capsys.readouterr().out
    for number, name in enumerate(LECTURES, start=1):
        assert f"{number:2d}  {name}\n" in out
    assert "    Standards that pull firms across a border\n" in out
    assert max(map(len, out.splitlines())) <= WIDTH


def test_a_lecture_that_is_not_there_does_not_break_the_list(monkeypatch, capsys, tmp_path):
    def moved(name: str) -> Path:
        return tmp_path / "lobbying.py" if name == "lobbying" else notebook(name)

    monkeypatch.setattr(programme, "notebook", moved)
    assert main(["lecture"]) == 0
    assert " 2  lobbying\n    not here\n" in capsys.readouterr().out
    with pytest.raises(DataError, match=r"the lecture lobbying is not at .*lobbying\.py"):
        programme.find("lobbying")
    assert main(["lecture", "lobbying", "--headless"]) == 1


def test_a_lecture_is_found_by_name_and_by_number():
    assert programme.find("delocation") == programme.find("1")
    assert programme.find("2").name == LECTURES[1]


@pytest.mark.parametrize("name", ["0", "11", "delocations", "-1", "1.0"])
def test_an_unknown_lecture_is_refused(name):
    with pytest.raises(InputError, match="lecture is"):
        programme.find(name)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["delocations"], "Did you mean 'delocation'?"),
        (["delocation", "lobbying"], "2 lectures were named; one can be opened"),
        (["delocation", "--replace"], "--replace goes with --edit."),
        (["delocation", "--out", "x"], "--out goes with --publish."),
        (["--edit"], "--edit goes with the name of a lecture."),
        (["delocation", "--port", "70000"], "must be a whole number from 1 to 65535"),
        (["--publish", "delocations"], "Did you mean 'delocation'?"),
    ],
)
def test_misuse_is_told(arguments, message, capsys, asked):
    assert main(["lecture", *arguments]) == 2
    assert message in " ".join(capsys.readouterr().err.split())
    assert not asked


def test_editing_and_publishing_at_once_is_refused(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["lecture", "delocation", "--edit", "--publish"])
    assert "not allowed with argument" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["lecture", "1"], ["lecture", "1", "--edit"], ["lecture", "--publish"], ["explore"]],
)
def test_without_marimo_the_extra_is_named(arguments, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(serving, "find_spec", lambda name: None)
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert "marimo and latex2mathml, which are not installed. " in said
    assert 'pip install "unigauge[lectures]"' in said
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------------------
# Opening


def test_a_lecture_is_served_from_a_copy_in_the_systems_theme(asked, capsys):
    assert main(["lecture", "1", "--headless"]) == 0
    (call,) = asked
    assert call["arguments"][:2] == ("--quiet", "run")
    assert call["headless"] is True
    assert call["text"] == notebook("delocation").read_text(encoding="utf-8")
    assert 'theme = "system"' in call["beside"]["pyproject.toml"]
    assert not call["page"].exists()
    assert f"http://127.0.0.1:{call['port']}\n" in capsys.readouterr().out


def test_the_explorer_is_served(asked, capsys):
    assert main(["explore"]) == 0
    (call,) = asked
    assert call["page"].name == "explorer.py"
    assert call["headless"] is False
    assert capsys.readouterr().out.startswith("Explorer: http://127.0.0.1:")


def test_a_taken_port_is_refused_and_without_one_a_free_one_is_found():
    with socket.socket() as other:
        other.bind((serving.HOST, 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(InputError, match=f"at port {taken}: another program uses it"):
            serving.free_port(taken)
        assert serving.free_port() != taken


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_the_installed_command_serves_until_it_is_stopped(tmp_path, stop):
    port = serving.free_port()
    command = [str(Path(sys.executable).with_name("unigauge")), "lecture", "1"]
    server = subprocess.Popen(
        [*command, "--headless", "--port", str(port)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    try:
        page = answer(f"http://127.0.0.1:{port}")
    finally:
        server.send_signal(stop)
        said, _ = server.communicate(timeout=30)
    assert '"theme": "system"' in page
    assert said.endswith(f"http://127.0.0.1:{port}\nStop with Ctrl+C.\n")
    assert server.returncode == 0
    assert not list(tmp_path.glob("unigauge-*"))


def answer(address: str) -> str:
    """Return the page at an address once it is served."""
    for _ in range(120):
        try:
            with urllib.request.urlopen(address, timeout=5) as page:
                return str(page.read().decode())
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"nothing is served at {address}")


# ---------------------------------------------------------------------------
# The first own change


def test_a_copy_is_made_and_never_written_over_unasked(
    asked, capsys, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    mine = tmp_path / "delocation.py"
    assert main(["lecture", "delocation", "--edit", "--headless"]) == 0
    assert mine.read_text("utf-8") == notebook("delocation").read_text("utf-8")
    mine.write_text("# my own change\n")
    assert main(["lecture", "delocation", "--edit"]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "delocation.py is there already and is left as it is" in said
    assert "marimo edit delocation.py" in said
    assert mine.read_text() == "# my own change\n"
    assert main(["lecture", "delocation", "--edit", "--replace"]) == 0
    assert mine.read_text("utf-8") == notebook("delocation").read_text("utf-8")
    assert [call["arguments"] for call in asked] == [("edit", "delocation.py")] * 2
