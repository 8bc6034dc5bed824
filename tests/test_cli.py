"""The command: exit codes, one JSON object, lines that fit, any terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import unigauge
from unigauge.results import WIDTH

INSTALLED = [str(Path(sys.executable).with_name("unigauge"))]

# The command as if the papers of one folder were all there are.
WITH_PAPERS = """
import sys
import unigauge.papers.command
unigauge.papers.__path__[:] = [sys.argv.pop(1)]
from unigauge.cli import main
sys.exit(main(sys.argv[1:]))
"""

WRONG = ("value=1 / 3", "value=1 / 4")
CRASH = ("value=1 / 3", "value=1 / 0")
ABSENT = (
    'study.claim("third", value=1 / 3)',
    'study.not_run("third", because="The data are not here.")',
)
NOISY = ("study = Study", 'print("a stray line")\n    study = Study')
NOT_A_NUMBER = ("value=steps.min()", 'value=float("nan")')


@pytest.fixture
def unigauge_with(tmp_path: Path):
    """Run the command over the papers of ``tmp_path / "papers"``, from another folder."""
    (tmp_path / "here").mkdir()

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", WITH_PAPERS, str(tmp_path / "papers"), *arguments],
            capture_output=True,
            text=True,
            cwd=tmp_path / "here",
            env={**os.environ, **environment},
            timeout=120,
            check=False,
        )

    return run


def installed(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*INSTALLED, *arguments], capture_output=True, text=True, timeout=120, check=False
    )


def assert_fits(text: str) -> None:
    assert max((len(line) for line in text.splitlines()), default=0) <= WIDTH


# ---------------------------------------------------------------------------
# The installed command


def test_version():
    answer = installed("--version")
    assert answer.returncode == 0
    assert answer.stdout == f"unigauge {unigauge.__version__}\n"


def test_list():
    answer = installed("list")
    assert answer.returncode == 0
    assert_fits(answer.stdout)


def test_data_list():
    answer = installed("data", "list")
    assert answer.returncode == 0
    assert "technology_fields\n" in answer.stdout
    assert "529 rows (package)" in answer.stdout
    assert_fits(answer.stdout)


def test_data_show():
    answer = installed("data", "show", "technology_fields")
    assert answer.returncode == 0
    assert "Caution: In telecom, electrical and electronics" in answer.stdout
    assert_fits(answer.stdout)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "required: COMMAND"),
        (["reproduce", "--slow"], "unrecognized arguments: --slow"),
        (["data", "show"], "required: NAME"),
        (["data", "show", "technology_field"], "Did you mean 'technology_fields'?"),
        (["data", "build"], "required: NAME"),
        (["data", "build", "grunfeld"], "grunfeld cannot be built, as only country_panel"),
        (["data", "show", "grunfeld", "--source", "no/such"], "source is 'no/such'"),
    ],
)
def test_wrong_usage(arguments, message):
    answer = installed(*arguments)
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert message in " ".join(answer.stderr.split())
    assert "Traceback" not in answer.stderr


# ---------------------------------------------------------------------------
# Papers


def test_all_as_expected(make_paper, unigauge_with, tmp_path):
    make_paper()
    answer = unigauge_with("reproduce")
    assert answer.returncode == 0
    assert answer.stderr == ""  # no progress bar where there is no terminal
    lines = answer.stdout.splitlines()
    assert lines[0] == "tiny_2000"
    assert [line.split()[0] for line in lines[1:4]] == ["holds", "holds", "differs"]
    assert lines[-2].startswith("3 of 3 claims as expected, in ")
    assert lines[-1] == f"Report: {Path('unigauge-report', 'index.html')}"
    assert_fits(answer.stdout)
    report = tmp_path / "here" / "unigauge-report"
    assert (report / "index.html").is_file()
    assert json.loads((report / "provenance.json").read_text())["papers"]["tiny_2000"]
    assert (report / "tiny_2000" / "figures" / "parabola.pdf").read_bytes()[:5] == b"%PDF-"


def test_a_wrong_number_is_exit_1_and_explained(make_paper, unigauge_with):
    make_paper(reproduce=WRONG)
    answer = unigauge_with("reproduce", "tiny_2000")
    assert answer.returncode == 1
    assert "WRONG    A third is 0.333." in answer.stdout
    assert "third: 0.25 against 0.333: further apart than 0.0005." in answer.stdout
    assert "2 of 3 claims as expected" in answer.stdout
    assert_fits(answer.stdout)


def test_not_run_is_no_failure(make_paper, unigauge_with):
    make_paper(reproduce=ABSENT)
    answer = unigauge_with("reproduce")
    assert answer.returncode == 0
    assert answer.stdout.count("           The data are not here.") == 1
    assert "2 of 2 claims as expected, 1 not run" in answer.stdout
    (paper,) = json.loads(unigauge_with("reproduce", "--json").stdout)["papers"]
    assert paper["claims"][1]["holds"] is None
    assert paper["claims"][1]["as_expected"] is None


def test_why_claims_were_not_run_is_told_once(make_paper, unigauge_with):
    missing = ABSENT[1].replace('"third"', '"third", "root"')
    root = '    study.claim("root", value=2**0.5)\n'
    make_paper(reproduce=(f"{ABSENT[0]}\n{root}", f"{missing}\n"))
    answer = unigauge_with("reproduce")
    assert "2 not run" in answer.stdout
    assert answer.stdout.count("The data are not here.") == 1


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell")
@pytest.mark.parametrize("command", ["list", "data list", "data show technology_fields"])
def test_a_reader_who_leaves_is_no_crash(command):
    code = f"import sys; from unigauge.cli import main; sys.exit(main({command.split()}))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=120) == 1


def test_a_crash_stops_no_other_paper(make_paper, unigauge_with, tmp_path):
    make_paper("crashing_2000", reproduce=CRASH)
    make_paper("tiny_2000")
    answer = unigauge_with("reproduce", "--out", "report")
    assert answer.returncode == 1
    assert "Failed: ZeroDivisionError: division by zero (reproduce.py" in answer.stderr
    assert "4 of 6 claims as expected" in answer.stdout
    report = tmp_path / "here" / "report"
    assert "Traceback" in (report / "crashing_2000" / "error.txt").read_text()
    assert "ZeroDivisionError" in (report / "index.html").read_text(encoding="utf-8")
    assert (report / "tiny_2000" / "tables" / "squares.csv").is_file()


def test_one_paper_of_several(make_paper, unigauge_with):
    make_paper("crashing_2000", reproduce=CRASH)
    make_paper("tiny_2000")
    answer = unigauge_with("reproduce", "tiny_2000", "tiny_2000", "--json")
    assert answer.returncode == 0
    assert [paper["key"] for paper in json.loads(answer.stdout)["papers"]] == ["tiny_2000"]


def test_json_is_one_valid_object(make_paper, unigauge_with):
    make_paper("noisy_2000", reproduce=NOISY)
    make_paper("nan_2000", reproduce=NOT_A_NUMBER)
    make_paper("crashing_2000", reproduce=CRASH)
    answer = unigauge_with("reproduce", "--json", "--fast")
    assert answer.returncode == 1

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    record = json.loads(answer.stdout, parse_constant=refuse)
    assert list(record) == ["papers"]
    crashing, nan, noisy = record["papers"]
    assert noisy == {
        "key": "noisy_2000",
        "claims": [
            {
                "id": "monotone",
                "statement": "Squares of positive numbers rise.",
                "kind": "reconstruction",
                "holds": True,
                "as_expected": True,
                "value": 3.0,
                "expected": True,
                "source": "abstract",
            },
            {
                "id": "third",
                "statement": "A third is 0.333.",
                "kind": "printed",
                "holds": True,
                "as_expected": True,
                "value": 1 / 3,
                "expected": "0.333",
                "source": "Table 1",
            },
            {
                "id": "root",
                "statement": "The root of two is 1.5.",
                "kind": "printed",
                "holds": False,
                "as_expected": True,
                "value": 2**0.5,
                "expected": "1.5",
                "source": "Table 2",
            },
        ],
        "seconds": noisy["seconds"],
    }
    assert "a stray line" in answer.stderr
    assert nan["claims"][0]["value"] is None
    assert crashing["error"].startswith("ZeroDivisionError")
    assert [claim["as_expected"] for claim in crashing["claims"]] == [True, False, False]


def test_unknown_paper_is_suggested(make_paper, unigauge_with, tmp_path):
    make_paper()
    answer = unigauge_with("reproduce", "tiny_2001")
    assert answer.returncode == 2
    assert "Did you mean 'tiny_2000'?" in " ".join(answer.stderr.split())
    assert answer.stdout == ""
    assert list((tmp_path / "here").iterdir()) == []


def test_out_must_be_a_folder(make_paper, unigauge_with, tmp_path):
    make_paper()
    (tmp_path / "here" / "taken").write_text("a file")
    answer = unigauge_with("reproduce", "--out", "taken")
    assert answer.returncode == 2
    assert "--out is taken; it must be a folder" in answer.stderr


def test_list_of_papers(make_paper, unigauge_with):
    make_paper()
    answer = unigauge_with("list")
    assert answer.stdout == "tiny_2000\n  A tiny paper\n  3 claims\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_terminal(make_paper, unigauge_with, encoding):
    make_paper(expected=("A third", "Ein Drittel \u2013 \u2153 \u2013"))
    plain = {"LANG": "C", "LC_ALL": "C", "PYTHONIOENCODING": encoding}
    for arguments in (["reproduce"], ["list"], ["data", "list"], ["reproduce", "--json"]):
        answer = unigauge_with(*arguments, **plain)
        assert answer.returncode == 0
        assert "Traceback" not in answer.stderr


def test_a_paper_runs_as_a_script(make_paper, tmp_path):
    folder = make_paper()
    (tmp_path / "here").mkdir()

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(folder / "reproduce.py"), *arguments],
            capture_output=True,
            text=True,
            cwd=tmp_path / "here",
            timeout=120,
            check=False,
        )

    answer = run()
    assert answer.returncode == 0
    assert "3 of 3 claims as expected" in answer.stdout
    assert (tmp_path / "here" / "unigauge-report" / "index.html").is_file()
    script = folder / "reproduce.py"
    script.write_text(script.read_text().replace(*WRONG))  # what is run is this file
    answer = run("--json", "--fast", "--out", "elsewhere")
    assert answer.returncode == 1
    assert json.loads(answer.stdout)["papers"][0]["claims"][1]["value"] == 0.25
    assert run("--slow").returncode == 2
    assert run("--out", str(script)).returncode == 2
