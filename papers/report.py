"""Write the report: one page to read, and where everything came from."""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import unigauge
from unigauge.papers.page import page
from unigauge.papers.reproduction import Reproduction

__all__ = ["environment", "write_report"]


def write_report(reproductions: Sequence[Reproduction], out: str | Path) -> Path:
    """Write ``index.html`` and ``provenance.json``, and return the page's path.

    Parameters
    ----------
    reproductions : sequence of Reproduction
        Papers whose own files, if any, are in ``out/<key>/``.
    out : str or Path
        Folder; made if it is not there.
    """
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    provenance = environment()
    provenance["papers"] = {
        paper.key: {
            **paper.provenance,
            "seconds": round(paper.seconds, 3),
            **({"error": paper.error} if paper.error else {}),
        }
        for paper in reproductions
    }
    (out / "provenance.json").write_text(
        json.dumps(provenance, indent=2) + "\n", encoding="utf-8"
    )
    index = out / "index.html"
    index.write_text(page(reproductions, provenance), encoding="utf-8")
    return index


def environment() -> dict[str, Any]:
    """Return versions, platform and time; nothing that names the machine."""
    return {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "unigauge": unigauge.__version__,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "packages": {name: metadata.version(name) for name in _dependencies()},
    }


def _dependencies() -> list[str]:
    """Return the packages that unigauge always needs."""
    required = metadata.requires("unigauge") or []
    names = (re.match(r"[\w.-]+", line) for line in required if "extra ==" not in line)
    return sorted(name.group() for name in names if name)
