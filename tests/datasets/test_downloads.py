"""Downloads are whole, checked, resumed and never lost, whatever the publisher does."""

from __future__ import annotations

import json
import socket

import pytest

from unigauge.datasets.builders import downloads as module
from unigauge.datasets.builders.downloads import Downloads
from unigauge.errors import DataError, UnigaugeWarning

WHOLE = bytes(range(256)) * 400
NAME = "table.bin"


def accept(content: bytes, where: str) -> None:
    """Accept any content."""


def refuse_pages(content: bytes, where: str) -> None:
    if content.startswith(b"<html"):
        raise DataError(f"{where} is a page.")


@pytest.fixture
def folder(tmp_path, publisher):
    publisher.files["/table"] = WHOLE
    return tmp_path / "downloads"


def get(folder, publisher, check=accept, **options):
    settings = {"folder": folder, "pause": 0.5, "timeout": 0.5, **options}
    return Downloads(**settings).get(f"{publisher.address}/table", NAME, check)


def test_a_file_is_fetched_once(folder, publisher, pauses):
    first = get(folder, publisher)
    assert first.content == WHOLE
    again = get(folder, publisher)
    assert again.content == WHOLE
    assert again.sha256 == first.sha256
    assert again.fetched == first.fetched
    assert len(publisher.requests) == 1
    assert pauses == []
    assert sorted(file.name for file in folder.iterdir()) == [NAME, f"{NAME}.receipt.json"]


def test_a_busy_server_is_asked_again(folder, publisher, pauses):
    publisher.troubles["/table"] = [500, ("status", 429, {"Retry-After": "7"}), 503]
    assert get(folder, publisher).content == WHOLE
    assert pauses == [0.5, 7, 2]


def test_a_server_may_name_a_date_but_no_eternity(folder, publisher, pauses):
    date = "Wed, 21 Oct 2099 07:28:00 GMT"
    publisher.troubles["/table"] = [
        ("status", 429, {"Retry-After": date}),
        ("status", 429, {"Retry-After": "soon"}),
    ]
    assert get(folder, publisher).content == WHOLE
    assert pauses == [60, 1]


def test_a_server_that_stays_busy(folder, publisher, pauses):
    publisher.troubles["/table"] = [429] * 9
    with pytest.raises(DataError, match=r"in 5 attempts: it answered 429 .*run the same"):
        get(folder, publisher)
    assert pauses == [0.5, 1, 2, 4]


def test_what_is_not_there_is_asked_for_once(folder, publisher, pauses):
    del publisher.files["/table"]
    with pytest.raises(DataError, match="in 1 attempt: it answered 404"):
        get(folder, publisher)
    assert len(publisher.requests) == 1


def test_a_silent_server(folder, publisher, pauses):
    publisher.troubles["/table"] = ["silence"]
    assert get(folder, publisher, timeout=0.1).content == WHOLE
    publisher.troubles["/table"] = ["silence"] * 2
    with pytest.raises(DataError, match=r"in 2 attempts: nothing came for 0\.1 seconds"):
        get(folder, publisher, timeout=0.1, attempts=2, refresh=True)
    assert (folder / NAME).read_bytes() == WHOLE


def test_a_download_that_breaks_off_goes_on(folder, publisher, pauses):
    publisher.troubles["/table"] = [("cut", 70_000), ("cut", 20_000)]
    assert get(folder, publisher).content == WHOLE
    starts = [wanted for _, wanted in publisher.requests]
    assert starts[0] is None
    first, second = (int(wanted[6:-1]) for wanted in starts[1:])
    assert 0 < first <= 70_000 < second <= 90_000


def test_an_end_that_comes_early_is_seen_by_its_length(
    folder, publisher, pauses, monkeypatch
):
    """As with a urllib3 that does not compare what came with what was announced."""
    import urllib3

    original = urllib3.response.HTTPResponse.__init__

    def lenient(self, *arguments, **options):
        original(self, *arguments, **{**options, "enforce_content_length": False})

    monkeypatch.setattr(urllib3.response.HTTPResponse, "__init__", lenient)
    publisher.troubles["/table"] = [("cut", 70_000)]
    with pytest.raises(DataError, match=r"broke off \(70000 bytes came of 102400\)"):
        get(folder, publisher, attempts=1)
    assert get(folder, publisher).content == WHOLE
    assert publisher.requests[-1][1] == "bytes=70000-"


def test_it_goes_on_in_the_next_session(folder, publisher, pauses):
    publisher.troubles["/table"] = [("cut", 70_000)]
    with pytest.raises(DataError, match=r"in 1 attempt: the download broke off \("):
        get(folder, publisher, attempts=1)
    kept = (folder / f"{NAME}.part").stat().st_size
    assert kept > 0
    assert not (folder / NAME).exists()  # never half a file under its name
    assert get(folder, publisher).content == WHOLE
    assert publisher.requests[-1][1] == f"bytes={kept}-"


def test_it_starts_afresh_when_the_file_changed_meanwhile(folder, publisher, pauses):
    publisher.troubles["/table"] = [("cut", 70_000)]
    with pytest.raises(DataError):
        get(folder, publisher, attempts=1)
    publisher.files["/table"] = WHOLE[::-1]
    assert get(folder, publisher).content == WHOLE[::-1]


def test_it_starts_afresh_where_the_server_cannot_resume(folder, publisher, pauses):
    publisher.resumable = False
    publisher.troubles["/table"] = [("cut", 70_000)]
    assert get(folder, publisher).content == WHOLE
    assert publisher.requests[-1][1] is None


def test_a_part_that_is_too_long_is_thrown_away(folder, publisher, pauses):
    publisher.troubles["/table"] = [("cut", 70_000), 416]
    assert get(folder, publisher).content == WHOLE
    assert publisher.requests[-1][1] is None


def test_offline(tmp_path, pauses):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/table"
    with pytest.raises(
        DataError, match=r"cannot be reached \(.*refused.*the machine may be offline"
    ):
        Downloads(folder=tmp_path, attempts=2).get(address, NAME, accept)


def test_what_is_no_address(tmp_path, pauses):
    with pytest.raises(DataError, match=r"in 1 attempt: it is no address \(Invalid URL"):
        Downloads(folder=tmp_path).get("api.worldbank.org/v2", NAME, accept)
    assert pauses == []


def test_garbage_is_not_kept(folder, publisher, pauses):
    get(folder, publisher)
    publisher.troubles["/table"] = [b"<html>log in</html>"]
    with pytest.raises(DataError, match="is a page"):
        get(folder, publisher, refuse_pages, refresh=True)
    assert (folder / NAME).read_bytes() == WHOLE
    assert get(folder, publisher).content == WHOLE


def test_a_damaged_file_is_found_out(folder, publisher, pauses):
    get(folder, publisher)
    (folder / NAME).write_bytes(WHOLE[:-1])
    with pytest.raises(DataError, match=r"is not what was downloaded on .*--refresh"):
        get(folder, publisher)
    with pytest.warns(UnigaugeWarning, match="The old one is kept as"):
        assert get(folder, publisher, refresh=True).content == WHOLE


def test_a_damaged_receipt_is_found_out(folder, publisher, pauses):
    get(folder, publisher)
    for spoilt in ("{", "[]", "{}", "3"):
        (folder / f"{NAME}.receipt.json").write_text(spoilt)
        with pytest.raises(DataError, match=r"receipt\.json is damaged"):
            get(folder, publisher)


def test_a_file_without_receipt_is_fetched_again(folder, publisher, pauses):
    get(folder, publisher)
    (folder / f"{NAME}.receipt.json").unlink()
    assert get(folder, publisher).content == WHOLE
    assert len(publisher.requests) == 2


def test_another_address_is_another_file(folder, publisher, pauses):
    get(folder, publisher)
    receipt = folder / f"{NAME}.receipt.json"
    old = json.loads(receipt.read_text())
    receipt.write_text(json.dumps({**old, "address": "http://elsewhere/table"}))
    assert get(folder, publisher).address == f"{publisher.address}/table"
    assert len(publisher.requests) == 2


def test_a_changed_hash_is_said_and_the_old_file_kept(folder, publisher, pauses):
    old = get(folder, publisher)
    publisher.files["/table"] = WHOLE[::-1]
    with pytest.warns(UnigaugeWarning, match=f"sha256 was {old.sha256}, is"):
        new = get(folder, publisher, refresh=True)
    assert new.content == WHOLE[::-1]
    assert (folder / f"table.{old.sha256[:12]}.bin").read_bytes() == WHOLE


def test_a_missing_package_is_named(monkeypatch):
    module.need("json")
    with pytest.raises(
        DataError, match=r"needs no_such_one, no_such_two.*unigauge\[data\]"
    ):
        module.need("json", "no_such_one", "no_such_two")
