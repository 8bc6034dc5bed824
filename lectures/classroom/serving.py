"""Lectures in a browser, served from this machine to this machine only."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from unigauge.errors import InputError, UnigaugeError

__all__ = ["HOST", "copy", "edit", "free_port", "require_marimo", "serve"]

HOST = "127.0.0.1"
"""Where pages are served: nobody else on the network sees them."""

FIRST_PORT = 2718

SETTINGS = """[tool.marimo.display]
theme = "system"
"""
"""What marimo reads beside a served notebook: light or dark as the system is."""


def require_marimo() -> None:
    """Raise UnigaugeError unless the packages of the lectures are installed."""
    missing = [name for name in ("marimo", "latex2mathml") if find_spec(name) is None]
    if missing:
        raise UnigaugeError(
            f"Lectures need {' and '.join(missing)}, which "
            f"{'is' if len(missing) == 1 else 'are'} not installed. Install unigauge "
            'with its extra "lectures": pip install "unigauge[lectures]".'
        )


def free_port(port: int | None = None) -> int:
    """Return ``port``, or without it the first free one from 2718.

    Raises
    ------
    InputError
        If the port is taken or is no port.
    """
    if port is not None and not 1 <= port <= 65535:
        raise InputError(f"the port is {port}; it must be a whole number from 1 to 65535.")
    candidates = [port] if port else range(FIRST_PORT, FIRST_PORT + 100)
    for candidate in candidates:
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((HOST, candidate))
            except OSError:
                continue
            return candidate
    raise InputError(
        f"no page can be served at port {port or FIRST_PORT}: another program uses it. "
        "Give another port, or none."
    )


def serve(notebook: Path, *, port: int, headless: bool = False) -> int:
    """Serve a notebook as an app until the user stops it; return the exit code.

    Parameters
    ----------
    notebook : Path
        A marimo notebook.  A copy of it is served, so nothing is written beside it.
    port : int
        Where on :data:`HOST`.
    headless : bool, default False
        Do not open a browser.

    Raises
    ------
    UnigaugeError
        If marimo is not installed.
    """
    require_marimo()
    with TemporaryDirectory(prefix="unigauge-") as folder:
        (Path(folder) / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
        page = shutil.copy(notebook, folder)
        return _marimo("--quiet", "run", page, "--no-token", port=port, headless=headless)


def copy(notebook: Path, folder: Path, *, replace: bool = False) -> Path:
    """Copy a notebook into a folder, to be changed there.

    Parameters
    ----------
    notebook : Path
        What to copy.
    folder : Path
        Where to.
    replace : bool, default False
        Write over a file of that name.

    Raises
    ------
    InputError
        If there is such a file and it is not to be replaced.
    """
    target = folder / notebook.name
    if target.exists() and not replace:
        raise InputError(
            f"{target} is there already and is left as it is. Open it with: marimo edit "
            f"{target.name}. Or say --replace for a new copy, which loses the changes "
            "in that file."
        )
    return Path(shutil.copyfile(notebook, target))


def edit(notebook: Path, *, port: int, headless: bool = False) -> int:
    """Open a notebook in marimo's editor until the user stops it; return the exit code.

    Raises
    ------
    UnigaugeError
        If marimo is not installed.
    """
    require_marimo()
    return _marimo("edit", str(notebook), port=port, headless=headless)


def _marimo(*arguments: str, port: int, headless: bool) -> int:
    """Run marimo until it ends or is stopped."""
    command = [sys.executable, "-m", "marimo", *arguments, "--host", HOST]
    command += ["--port", str(port), *(["--headless"] if headless else [])]
    environment = {**os.environ, "MARIMO_SKIP_UPDATE_CHECK": "1"}
    asks = "edit" in arguments  # the editor asks at Ctrl+C whether it is meant
    with subprocess.Popen(command, env=environment, start_new_session=not asks) as server:

        def stop(*_: object) -> None:
            server.terminate()

        handlers = {"SIGINT": signal.SIG_IGN if asks else stop, "SIGTERM": stop}
        handlers["SIGHUP"] = stop  # the terminal was closed; Windows has no such signal
        before = {
            number: signal.signal(number, handler)
            for name, handler in handlers.items()
            if (number := getattr(signal, name, None)) is not None
        }
        try:
            return int(server.wait() not in (0, -signal.SIGTERM))
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
