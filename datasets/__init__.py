"""Data with provenance."""

from __future__ import annotations

if __name__ == "datasets":
    raise ImportError(
        "`import datasets` found the source folder of unigauge.datasets because the "
        "repository root is on sys.path. Run from another folder, or use `python -P`."
    )
