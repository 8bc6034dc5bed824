"""Fetch a publisher's file once: patiently, whole, and checked.

Each file lies in one folder beside a receipt that holds its address, hash and date.  A
download that breaks off is continued; what was fetched is never fetched again unless it
is asked for; and nothing replaces a good file before its successor is complete.
"""

from __future__ import annotations

import hashlib
import json
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unigauge.datasets.build_records import write_atomically
from unigauge.errors import DataError, UnigaugeWarning

if TYPE_CHECKING:
    import requests

__all__ = ["Downloads", "Fetched", "need"]

_BUSY = (429, 500, 502, 503, 504)
"""Answers after which it is worth asking again."""


def need(*modules: str) -> None:
    """Raise DataError unless the optional packages of the builders are installed."""
    from importlib.util import find_spec

    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        raise DataError(
            f"Building data needs {', '.join(missing)}, which "
            f"{'is' if len(missing) == 1 else 'are'} not installed. Install unigauge with "
            'its extra "data": pip install "unigauge[data]".'
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A file that is here, whole.

    Parameters
    ----------
    address : str
        Where it came from.
    file : Path
        Where it lies.
    content : bytes
        What is in it.
    sha256 : str
        Its hash.
    fetched : str
        When, in UTC.
    """

    address: str
    file: Path
    content: bytes
    sha256: str
    fetched: str

    def source(self, publisher: str) -> dict[str, Any]:
        """Return what the record of a build says of the file."""
        return {
            "publisher": publisher,
            "address": self.address,
            "sha256": self.sha256,
            "fetched": self.fetched,
            "bytes": len(self.content),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloads:
    """A folder of downloads.

    Parameters
    ----------
    folder : Path
        Where files and receipts lie.
    refresh : bool, default False
        Fetch again what is here; the old file is kept under another name if the new one
        differs.
    attempts : int, default 5
        How often one file is asked for before giving up.
    pause : float, default 1.0
        Seconds before the second attempt; each further pause is twice as long.  A server
        that names a time to wait is obeyed, up to a minute.
    timeout : float, default 60.0
        Seconds without an answer, or without a further byte, after which an attempt ends.
    """

    folder: Path
    refresh: bool = False
    attempts: int = 5
    pause: float = 1.0
    timeout: float = 60.0

    def get(
        self, address: str, name: str, check: Callable[[bytes, str], object]
    ) -> Fetched:
        """Return a file, from the folder or else from its publisher.

        Parameters
        ----------
        address : str
            URL.
        name : str
            Name of the file in the folder.
        check : callable
            Takes content and address; raises DataError if that is not what was asked
            for.  What does not pass is not kept.

        Raises
        ------
        DataError
            If the publisher cannot be reached, does not answer properly, or sends
            something else; or if a kept file is not the one that was fetched.
        """
        file = self.folder / name
        if not self.refresh and (kept := self._kept(address, file)):
            return kept
        content = self._download(address, file)
        check(content, address)
        self._set_aside(file, content)
        write_atomically(file, content)
        receipt = {
            "address": address,
            "sha256": hashlib.sha256(content).hexdigest(),
            "fetched": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        write_atomically(_receipt(file), json.dumps(receipt, indent=1).encode())
        return Fetched(file=file, content=content, **receipt)

    def _kept(self, address: str, file: Path) -> Fetched | None:
        """Return the file if it is here with its receipt; complain if it was changed."""
        if not (file.is_file() and _receipt(file).is_file()):
            return None
        content = file.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        try:
            receipt = json.loads(_receipt(file).read_text(encoding="utf-8"))
            expected, fetched = receipt["sha256"], receipt["fetched"]
            same_address = receipt["address"] == address
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(
                f"{_receipt(file)} is damaged, so that {file.name} cannot be trusted. "
                "Build with refresh=True (--refresh) to fetch it anew."
            ) from error
        if digest != expected:
            raise DataError(
                f"{file} is not what was downloaded on {fetched}: its sha256 is {digest}, "
                f"its receipt says {expected}. It was changed or damaged on this machine. "
                "Build with refresh=True (--refresh) to fetch it anew."
            )
        if not same_address:
            return None
        return Fetched(
            address=address, file=file, content=content, sha256=digest, fetched=fetched
        )

    def _set_aside(self, file: Path, content: bytes) -> None:
        """Keep a file that its successor differs from, and say so."""
        if not file.is_file() or (old := file.read_bytes()) == content:
            return
        digest = hashlib.sha256(old).hexdigest()
        aside = file.with_name(f"{file.stem}.{digest[:12]}{file.suffix}")
        file.replace(aside)
        warnings.warn(
            f"{file.name} is no longer the file that was here: sha256 was {digest}, is "
            f"{hashlib.sha256(content).hexdigest()}. The old one is kept as {aside.name}.",
            UnigaugeWarning,
            stacklevel=2,
        )

    def _download(self, address: str, file: Path) -> bytes:
        """Ask until the whole file is here, each time for what is still missing."""
        need("requests")
        import requests

        part = _Part(file.with_name(f"{file.name}.part"))
        failure = ""
        for attempt in range(self.attempts):
            wait = self.pause * 2**attempt
            answered = False
            try:
                with requests.get(
                    address,
                    headers={"Accept-Encoding": "identity", **part.resume()},
                    stream=True,
                    timeout=self.timeout,
                ) as answer:
                    answered = True
                    if answer.ok:
                        part.append(answer)
                        return part.taken()
                    failure = f"it answered {answer.status_code} ({answer.reason})"
                    if answer.status_code == 416:  # the part no longer fits the file
                        part.discard()
                    elif answer.status_code not in _BUSY:
                        break
                    wait = max(wait, _asked_to_wait(answer))
            except ValueError as error:  # what requests raises for a bad address
                failure = f"it is no address ({error})"
                break
            except requests.RequestException as error:
                failure = _failure(error, self.timeout, answered=answered)
            if attempt + 1 < self.attempts:
                time.sleep(wait)
        raise DataError(
            f"{address} could not be downloaded, in {attempt + 1} "
            f"attempt{'s' if attempt else ''}: {failure}. What was downloaded so far is "
            f"kept in {self.folder}; run the same again to go on from there."
        )


@dataclass(frozen=True, slots=True)
class _Part:
    """A download under way: its bytes, and which version of the file they are of."""

    file: Path

    def resume(self) -> dict[str, str]:
        """Return the headers that ask for the rest, if the version is known."""
        if not (self.file.is_file() and self._version.is_file()):
            return {}
        return {
            "Range": f"bytes={self.file.stat().st_size}-",
            "If-Range": self._version.read_text(encoding="utf-8"),
        }

    def append(self, answer: requests.Response) -> None:
        """Write what comes; start afresh unless the server sends just the rest."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        resumed = answer.status_code == 206
        if not resumed:
            self.discard()
            version = answer.headers.get("ETag") or answer.headers.get("Last-Modified")
            if version and not version.startswith("W/"):
                self._version.write_text(version, encoding="utf-8")
        came = 0
        with self.file.open("ab" if resumed else "wb") as out:
            for chunk in answer.iter_content(1 << 13):
                came += out.write(chunk)
        announced = answer.headers.get("Content-Length", "")
        plain = "Content-Encoding" not in answer.headers
        if plain and announced.isdigit() and came < int(announced):
            raise _short(came, int(announced))

    def taken(self) -> bytes:
        """Return the whole file and remove the part."""
        content = self.file.read_bytes()
        self.discard()
        return content

    def discard(self) -> None:
        self.file.unlink(missing_ok=True)
        self._version.unlink(missing_ok=True)

    @property
    def _version(self) -> Path:
        return self.file.with_name(f"{self.file.name}.version")


def _short(came: int, announced: int) -> requests.RequestException:
    """Return the error of an answer that ended early, which not every urllib3 raises."""
    import requests

    return requests.ConnectionError(f"{came} bytes came of {announced}")


def _receipt(file: Path) -> Path:
    return file.with_name(f"{file.name}.receipt.json")


def _asked_to_wait(answer: requests.Response) -> float:
    """Return the seconds that the server asks for, at most a minute."""
    from urllib3.exceptions import InvalidHeader
    from urllib3.util import Retry

    try:
        return min(60.0, Retry().parse_retry_after(answer.headers.get("Retry-After", "0")))
    except InvalidHeader:
        return 0.0


def _failure(error: requests.RequestException, timeout: float, *, answered: bool) -> str:
    """Return what went wrong with an attempt, in words."""
    import requests

    if isinstance(error, requests.Timeout):
        return f"nothing came for {timeout:g} seconds"
    if isinstance(error, requests.ConnectionError) and not answered:
        return f"it cannot be reached ({_reason(error)}); the machine may be offline"
    return f"the download broke off ({_reason(error)})"


def _reason(error: Exception) -> str:
    """Return the innermost reason that a library gives, in short."""
    inner: BaseException = error
    while inner.args and isinstance(inner.args[-1], BaseException):
        inner = inner.args[-1]
    reason = getattr(inner, "reason", None)
    return str(reason if reason is not None else inner).split(": ")[-1][:100]
