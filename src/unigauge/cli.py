"""The command ``unigauge``.

Exit codes: 0 all is as expected, 1 something is not, 2 the command was misused.
"""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Sequence

from unigauge import __version__
from unigauge.errors import InputError, UnigaugeError
from unigauge.results import WIDTH

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the command line.

    Examples
    --------
    >>> main(["data", "show", "technology_field"])
    2
    """
    from unigauge.papers.command import cut_off, speak_to_any_terminal

    speak_to_any_terminal()
    options = _parser().parse_args(arguments)
    try:
        code: int = options.command(options)
    except UnigaugeError as error:
        print(textwrap.fill(f"unigauge: {error}", WIDTH), file=sys.stderr)
        return 2 if isinstance(error, InputError) else 1
    except BrokenPipeError:
        return cut_off()
    return code


def _parser() -> argparse.ArgumentParser:
    from unigauge.datasets.command import add_verbs
    from unigauge.lectures.classroom.command import add_verbs as add_lectures
    from unigauge.papers.command import add_options

    parser = argparse.ArgumentParser(
        prog="unigauge",
        description="The economics of standards: papers that reproduce, data that load, "
        "lectures that move.",
    )
    parser.add_argument("--version", action="version", version=f"unigauge {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    listing = commands.add_parser("list", help="list the papers")
    listing.set_defaults(command=_list)

    reproducing = commands.add_parser("reproduce", help="check every claim of papers")
    reproducing.add_argument("keys", nargs="*", metavar="KEY", help="default: all papers")
    reproducing.set_defaults(command=_reproduce)
    add_options(reproducing)

    data = commands.add_parser("data", help="list, explain or build the data sets")
    add_verbs(data)

    add_lectures(commands)
    return parser


def _list(options: argparse.Namespace) -> int:
    from unigauge.papers.catalogue import folders
    from unigauge.papers.paper import Paper

    for folder in folders().values():
        paper = Paper.read(folder)
        _entry(paper.key, paper.title, f"{len(paper.expectations)} claims")
    return 0


def _reproduce(options: argparse.Namespace) -> int:
    from unigauge.papers.catalogue import find, folders
    from unigauge.papers.command import run_papers

    keys = dict.fromkeys(options.keys or folders())
    return run_papers({find(key): None for key in keys}, options)


def _entry(name: str, *lines: str) -> None:
    """Print a name and, indented below it, some lines."""
    print(name)
    for line in lines:
        print(textwrap.fill(line, WIDTH, initial_indent="  ", subsequent_indent="  "))
