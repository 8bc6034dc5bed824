"""``unigauge lecture`` and ``unigauge explore``."""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from unigauge.errors import InputError
from unigauge.results import WIDTH

if TYPE_CHECKING:
    from argparse import _SubParsersAction

__all__ = ["FOLDER", "add_verbs"]

FOLDER = Path("unigauge-report", "lectures")
"""Where lectures are published unless the user says otherwise."""


def add_verbs(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``lecture`` and ``explore`` to the commands."""
    lecture = commands.add_parser(
        "lecture", help="list the lectures, open one, or publish them as pages"
    )
    lecture.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="a lecture, by name or number; without it they are listed",
    )
    what = lecture.add_mutually_exclusive_group()
    what.add_argument(
        "--edit",
        action="store_true",
        help="copy the lecture into this folder and open it in an editor",
    )
    what.add_argument(
        "--publish",
        action="store_true",
        help="write pages that need no server; default: all lectures",
    )
    lecture.add_argument(
        "--replace", action="store_true", help="with --edit: write over an earlier copy"
    )
    lecture.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help=f"with --publish: folder for the pages (default: {FOLDER})",
    )
    _add_address(lecture)
    lecture.set_defaults(command=_lecture)

    explore = commands.add_parser(
        "explore", help="pick a model, move its numbers, compare, in a browser"
    )
    _add_address(explore)
    explore.set_defaults(command=_explore)


def _add_address(parser: argparse.ArgumentParser) -> None:
    """Add ``--port`` and ``--headless``."""
    parser.add_argument("--port", type=int, metavar="N", help="default: a free one")
    parser.add_argument("--headless", action="store_true", help="open no browser")


def _lecture(options: argparse.Namespace) -> int:
    _refuse_idle(options)
    if options.publish:
        return _publish(options)
    if not options.names:
        return _list()
    if len(options.names) > 1:
        raise InputError(
            f"{len(options.names)} lectures were named; one can be opened at a time. "
            "With --publish several may be named."
        )
    return _edit(options) if options.edit else _open(options)


def _refuse_idle(options: argparse.Namespace) -> None:
    """Raise InputError for options that would say nothing."""
    idle = {
        "--replace goes with --edit.": options.replace and not options.edit,
        "--out goes with --publish.": options.out and not options.publish,
        "--edit goes with the name of a lecture.": options.edit and not options.names,
    }
    for reason, applies in idle.items():
        if applies:
            raise InputError(reason)


def _list() -> int:
    from unigauge.lectures.classroom.programme import programme

    for lecture in programme():
        print(f"{lecture.number:2d}  {lecture.name}")
        texts = (lecture.title, lecture.promise) if lecture.written else ("not here",)
        for text in texts:
            _paragraph(text, indent="    ")
    print()
    _paragraph(
        "unigauge lecture NAME opens one, --edit makes a copy of it that you can change, "
        "--publish writes pages."
    )
    return 0


def _open(options: argparse.Namespace) -> int:
    from unigauge.lectures.classroom.programme import find

    lecture = find(options.names[0])
    return _serve(f"Lecture {lecture.number}, {lecture.title}", lecture.file, options)


def _explore(options: argparse.Namespace) -> int:
    from unigauge.lectures import EXPLORER

    return _serve("Explorer", EXPLORER, options)


def _serve(title: str, notebook: Path, options: argparse.Namespace) -> int:
    from unigauge.lectures.classroom.serving import HOST, free_port, require_marimo, serve

    require_marimo()
    port = free_port(options.port)
    print(f"{title}: http://{HOST}:{port}\nStop with Ctrl+C.")
    return serve(notebook, port=port, headless=options.headless)


def _edit(options: argparse.Namespace) -> int:
    from unigauge.lectures.classroom.programme import find
    from unigauge.lectures.classroom.serving import copy, edit, free_port, require_marimo

    require_marimo()
    notebook = find(options.names[0]).file
    port = free_port(options.port)
    mine = copy(notebook, Path(), replace=options.replace)
    _paragraph(f"{mine} is yours: change it, and see what moves. Stop with Ctrl+C.")
    return edit(mine, port=port, headless=options.headless)


def _publish(options: argparse.Namespace) -> int:
    from unigauge.lectures.classroom.programme import find, programme
    from unigauge.lectures.classroom.publishing import publish
    from unigauge.lectures.classroom.serving import require_marimo

    require_marimo()
    names = options.names or [lecture.name for lecture in programme() if lecture.written]
    lectures = [find(name) for name in names]
    index = publish(lectures, options.out or FOLDER, on_page=lambda page: print(page))
    print(f"Lectures: {index}")
    return 0


def _paragraph(text: str, indent: str = "") -> None:
    """Print a paragraph, indented."""
    print(textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent))
