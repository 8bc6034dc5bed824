"""Make finite_games_lrsnash.json: all extreme equilibria of random games, by lrsnash.

Run it where Debian's lrslib is installed: ``python finite_games_lrsnash.py``.  Games are
drawn with :mod:`random`, whose ``randrange`` draws alike in every Python since 3.2.  For
each game the file keeps the number of extreme equilibria and the first 12 hexadecimal
digits of the SHA-256 of their sorted list, so that nothing but all of them, exactly, agrees.
"""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import tempfile
from pathlib import Path

FAMILIES = {
    f"{n}x{n}_{name}": (n, top, 200)
    for n in (3, 4, 5)
    for name, top in (("0..999", 1000), ("0..9", 10))
} | {f"{n}x{n}_coordination": (n, 0, 25) for n in (3, 4, 5, 6)}


def games(family: str) -> list[tuple[list[list[int]], list[list[int]]]]:
    """Return the bimatrix games of a family."""
    n, top, number = FAMILIES[family]
    draw = random.Random(f"unigauge {family}")
    if top:
        return [
            (
                [[draw.randrange(top) for _ in range(n)] for _ in range(n)],
                [[draw.randrange(top) for _ in range(n)] for _ in range(n)],
            )
            for _ in range(number)
        ]
    return [
        (
            [[draw.randrange(1, 50) * (i == j) for j in range(n)] for i in range(n)],
            [[draw.randrange(1, 50) * (i == j) for j in range(n)] for i in range(n)],
        )
        for _ in range(number)
    ]


def digest(equilibria: list[tuple[tuple[str, ...], tuple[str, ...]]]) -> str:
    """Return the digest of equilibria given as strings such as ``2/3``."""
    lines = sorted(f"{' '.join(x)} | {' '.join(y)}" for x, y in equilibria)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def lrsnash(
    A: list[list[int]], B: list[list[int]]
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the extreme equilibria that lrsnash lists."""
    matrix = ["\n".join(" ".join(map(str, row)) for row in M) for M in (A, B)]
    text = f"{len(A)} {len(A[0])}\n\n{matrix[0]}\n\n{matrix[1]}\n"
    with tempfile.NamedTemporaryFile("w", suffix=".nash") as file:
        file.write(text)
        file.flush()
        run = subprocess.run(
            ["lrsnash", file.name], capture_output=True, text=True, check=True
        )
    pairs, columns, fresh = [], [], False
    for line in run.stdout.splitlines():
        words = line.split()
        if words[:1] == ["2"]:
            if not fresh:
                columns = []
            fresh = True
            columns.append(tuple(words[1:-1]))
        elif words[:1] == ["1"]:
            fresh = False
            pairs += [(tuple(words[1:-1]), y) for y in columns]
        elif not words:
            fresh, columns = False, []
    return pairs


def main() -> None:
    """Write the file."""
    answer = {
        family: [
            [len(found), digest(found)] for found in (lrsnash(*g) for g in games(family))
        ]
        for family in FAMILIES
    }
    target = Path(__file__).with_suffix(".json")
    body = ",\n".join(f'"{name}": {json.dumps(rows)}' for name, rows in answer.items())
    target.write_text(f"{{\n{body}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
