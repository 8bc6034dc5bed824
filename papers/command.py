"""``unigauge reproduce``, and the same for one paper run as a script.

The lines of the claims go to standard output, the progress bar to standard error.
"""

from __future__ import annotations

import argparse
import inspect
import io
import json
import os
import sys
import textwrap
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, redirect_stdout
from pathlib import Path
from typing import NoReturn

from unigauge.errors import DataError, InputError
from unigauge.papers.catalogue import Run, attempt
from unigauge.papers.paper import Paper
from unigauge.papers.report import write_report
from unigauge.papers.reproduction import Claim, Reproduction
from unigauge.results import WIDTH

__all__ = [
    "FOLDER",
    "add_options",
    "cut_off",
    "run_papers",
    "script",
    "speak_to_any_terminal",
]

FOLDER = "unigauge-report"
"""Where the report goes unless the user says otherwise."""


def script(run: Run) -> NoReturn:
    """Reproduce one paper from its ``reproduce.py``, and exit.

    Call it below ``if __name__ == "__main__":``.

    Parameters
    ----------
    run : callable
        The paper's ``run``.
    """
    folder = Path(inspect.getfile(run)).resolve().parent
    parser = argparse.ArgumentParser(description=f"Reproduce {folder.name}.")
    add_options(parser)
    options = parser.parse_args()
    speak_to_any_terminal()
    try:
        sys.exit(run_papers({folder: run}, options))
    except InputError as error:
        parser.error(str(error))
    except BrokenPipeError:
        sys.exit(cut_off())


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--out``, ``--fast`` and ``--json``."""
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(FOLDER),
        metavar="DIR",
        help=f"folder for the report (default: {FOLDER})",
    )
    parser.add_argument(
        "--fast", action="store_true", help="make do with fewer draws or worlds"
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object instead of lines"
    )


def speak_to_any_terminal() -> None:
    """Let output replace what the terminal's encoding lacks, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace", line_buffering=True)


def cut_off() -> int:
    """Say nothing more to a reader who left, as ``head`` does; return the exit code."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def run_papers(papers: Mapping[Path, Run | None], options: argparse.Namespace) -> int:
    """Run papers one after the other, write the report, return the exit code.

    Parameters
    ----------
    papers : mapping
        The papers' folders, each with its ``run``, or None for the installed one.
    options : Namespace
        ``out``, ``fast`` and ``json``, as from :func:`add_options`.

    Returns
    -------
    int
        0 if all claims came out as expected, else 1.

    Raises
    ------
    InputError
        If ``out`` is not and cannot be made a folder.
    """
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"--out is {options.out}; it must be a folder that can be written: {error}."
        ) from error
    done = [_run_one(folder, run, options) for folder, run in papers.items()]
    index = write_report(done, options.out)
    if options.json:
        answer = {"papers": [paper.record() for paper in done]}
        print(json.dumps(answer, allow_nan=False))
    else:
        print(_summary(done), f"Report: {index}", sep="\n")
    return 0 if all(paper.as_expected for paper in done) else 1


def _run_one(folder: Path, run: Run | None, options: argparse.Namespace) -> Reproduction:
    """Run one paper with a progress bar, and say how it went."""
    from tqdm import tqdm

    def say(line: str) -> None:
        if not options.json:
            tqdm.write(line, file=sys.stdout)

    say(folder.name)
    stray = redirect_stdout(sys.stderr) if options.json else nullcontext()
    with (
        stray,
        tqdm(
            total=_number_of_claims(folder),
            desc=folder.name[:30],
            unit="claim",
            ncols=WIDTH,
            leave=False,
            disable=None,  # quiet when standard error is no terminal
        ) as bar,
    ):
        reasons: set[str] = set()

        def tell(claim: Claim) -> None:
            say("\n".join(_told(claim, reasons)))
            bar.update()

        paper = attempt(
            folder, options.out / folder.name, fast=options.fast, run=run, on_claim=tell
        )
    if paper.error:
        place = options.out / folder.name / "error.txt"
        for text in (f"Failed: {paper.error}", f"Traceback: {place}"):
            for line in textwrap.wrap(text, WIDTH - 2):
                print(f"  {line}", file=sys.stderr)
    say("")
    return paper


def _number_of_claims(folder: Path) -> int | None:
    try:
        return len(Paper.read(folder).expectations)
    except DataError:  # reported when the paper is run
        return None


def _told(claim: Claim, reasons: set[str]) -> list[str]:
    """Return the claim's line and, below, what a reader must know.

    Why claims were not run is told once, and kept in ``reasons``.
    """
    lines = [claim.line()]
    if claim.verdict == "WRONG":
        lines += _indented(f"{claim.id}: {claim.explanation()} {claim.note}")
    elif claim.verdict == "not run" and claim.note not in reasons:
        lines += _indented(claim.note)
        reasons.add(claim.note)
    return lines


def _indented(text: str) -> list[str]:
    indent = " " * 11
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


def _summary(papers: Sequence[Reproduction]) -> str:
    outcomes = [claim.as_expected for paper in papers for claim in paper.claims]
    absent = outcomes.count(None)
    seconds = sum(paper.seconds for paper in papers)
    return (
        f"{outcomes.count(True)} of {len(outcomes) - absent} claims as expected, "
        + (f"{absent} not run, " if absent else "")
        + f"in {seconds:.1f} s."
    )
