"""A browser opens lectures and the explorer, and moves what a person would move.

Needs the extra ``browser``, and chromium with its driver on the path:
``pytest -m browser tests/lectures``.  The folder that ``UNIGAUGE_SCREENSHOTS`` names, if
any, receives a picture of every page, wide and narrow, light and dark.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from unigauge.lectures.classroom.programme import find
from unigauge.lectures.classroom.publishing import publish
from unigauge.lectures.classroom.serving import HOST, free_port

pytestmark = pytest.mark.browser
OPENED = ("delocation", "surviving_convention", "innovation_and_standards")
PATIENCE = 30
"""Seconds after which something that should happen counts as not happening."""

# marimo's widgets keep their insides in shadow trees.
DEEP = """
const deep = (root, what) => [...root.querySelectorAll(what)].concat(
    ...[root, ...root.querySelectorAll("*")].filter(e => e.shadowRoot)
        .map(e => deep(e.shadowRoot, what)));
const starts = arguments[0] ? deep(document, arguments[0]) : [document];
return [...new Set([].concat(...starts.map(start => deep(start, arguments[1]))))];
"""
BOARDS = """return [...document.querySelectorAll(".ug-board")].map(board =>
    [board.querySelector(".ug-numbers").innerText, board.querySelector("img").src]);"""
TALLEST = """document.querySelectorAll("*").forEach(e => e.scrollTop = 0);
return Math.max(...[...document.querySelectorAll("body, body *")]
    .map(e => Math.ceil(e.getBoundingClientRect().bottom)), 600);"""


class Browser:
    """Chromium, what it asks of whom, and what it complains of."""

    def __init__(self, driver) -> None:
        self.driver = driver

    def open(self, address: str) -> None:
        self.driver.get("about:blank")
        self.log("performance"), self.log("browser")
        self.driver.get(address)

    def log(self, name: str) -> list[dict]:
        return self.driver.get_log(name)

    def deep(self, within: str, what: str) -> list:
        return self.driver.execute_script(DEEP, within, what)

    def boards(self) -> list[tuple[str, str]]:
        """Return the numbers and the picture of every board."""
        return [tuple(pair) for pair in self.driver.execute_script(BOARDS)]

    def wait(self, happens: Callable[[], object], what: str):
        """Return what is waited for, once it is there."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if answer := happens():
                return answer
            time.sleep(0.1)
        raise AssertionError(f"waited in vain for {what}")

    def move(self, slider) -> None:
        """Move a slider by one step, away from its end."""
        from selenium.webdriver.common.keys import Keys

        at_end = slider.get_attribute("aria-valuenow") == slider.get_attribute(
            "aria-valuemax"
        )
        slider.send_keys(Keys.ARROW_LEFT if at_end else Keys.ARROW_RIGHT)

    def other_hosts(self) -> set[str]:
        """Return who was asked for something since the page was opened."""
        events = [
            json.loads(entry["message"])["message"] for entry in self.log("performance")
        ]
        addresses = [
            event["params"]["request"]["url"]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
        ] + [
            event["params"]["url"]
            for event in events
            if event["method"] == "Network.webSocketCreated"
        ]
        assert addresses
        return {urlsplit(address).hostname or "" for address in addresses} - {HOST, ""}

    def errors(self) -> list[str]:
        return [e["message"] for e in self.log("browser") if e["level"] == "SEVERE"]

    def wear(self, width: int, theme: str, height: int = 900) -> None:
        """Set the width of the window, and the system's theme."""
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )
        media = [
            {"name": "prefers-color-scheme", "value": theme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})

    def portraits(self, name: str) -> None:
        """Save the page as it looks, wide and narrow, light and dark, if asked to."""
        folder = os.environ.get("UNIGAUGE_SCREENSHOTS")
        for width in (1280, 400) if folder else ():
            for theme in ("light", "dark"):
                self.wear(width, theme)
                time.sleep(1)
                for _ in range(2):  # a taller window lets more be drawn
                    self.wear(width, theme, self.driver.execute_script(TALLEST))
                    time.sleep(1)
                file = Path(str(folder), f"{name}_{width}_{theme}.png")
                file.parent.mkdir(parents=True, exist_ok=True)
                self.driver.save_screenshot(str(file))
        self.wear(1280, "light")

    def sideways(self) -> int:
        """Return by how much the page is wider than the window."""
        return self.driver.execute_script(
            "return document.documentElement.scrollWidth - innerWidth"
        )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    pytest.importorskip("selenium", reason="the extra browser is not installed")
    from selenium import webdriver

    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("chromium and chromedriver are not on the path")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        "--window-size=1280,900",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    service = webdriver.ChromeService(executable_path=driver)
    opened = webdriver.Chrome(options=options, service=service)
    yield Browser(opened)
    opened.quit()


@contextmanager
def served(*arguments: str) -> Iterator[str]:
    """Run the command, and give the address at which it serves."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("unigauge")), *arguments]
    with subprocess.Popen([*command, "--headless", "--port", str(port)]) as server:
        address = f"http://{HOST}:{port}"
        try:
            for _ in range(2 * PATIENCE):
                try:
                    urllib.request.urlopen(address, timeout=5).close()
                    break
                except OSError:
                    time.sleep(0.5)
            yield address
        finally:
            server.terminate()


def assert_moves(browser: Browser, sliders: list, number: int = 0) -> None:
    """Move a slider, and wait until the numbers and the picture of a board change."""
    before = browser.boards()[number]
    browser.move(sliders[number])

    def changed() -> bool:
        now = browser.boards()
        return len(now) > number and all(
            new != old for new, old in zip(now[number], before, strict=True)
        )

    browser.wait(changed, "another number and another picture")


# ---------------------------------------------------------------------------
# Live


@pytest.mark.parametrize("name", OPENED)
def test_a_lecture_answers_to_hand_and_reply(browser, run_lecture, name):
    from selenium.webdriver.common.keys import Keys

    exercises = run_lecture(name)[1]["exercises"]
    with served("lecture", name) as address:
        browser.open(address)
        sliders = browser.wait(
            lambda: browser.boards() and browser.deep(".ug-moves", "[role=slider]"),
            "a board and its sliders",
        )
        assert_moves(browser, sliders)

        for number, exercise in enumerate(exercises, start=1):
            place = f"#exercise-{number}"
            browser.wait(lambda at=place: browser.deep(at, "input, [role=radio]"), place)
            if exercise.choices:
                at = exercise.choices.index(exercise.answer)
                browser.driver.execute_script(
                    "arguments[0].click()", browser.deep(place, "[role=radio]")[at]
                )
            else:
                field = browser.deep(place, "input")[0]
                field.send_keys(f"{exercise.answer:.6f}", Keys.ENTER, Keys.TAB)
            browser.wait(
                lambda at=place: any(
                    "Right." in note.text for note in browser.deep(at, ".ug-right")
                ),
                f"the right answer to {place}",
            )
        browser.portraits(name)
        assert not browser.other_hosts()
        assert not browser.errors()


def test_the_explorer_sets_two_worlds_side_by_side(browser):
    with served("explore") as address:
        browser.open(address)
        sliders = browser.wait(
            lambda: browser.boards() and browser.deep(".ug-moves", "[role=slider]"),
            "a board and its sliders",
        )
        assert_moves(browser, sliders)
        browser.deep("marimo-switch", "button")[0].click()
        browser.wait(lambda: len(browser.boards()) == 2, "another world")
        one, other = browser.boards()
        assert one != other, "the first world was moved, the second was not"
        sliders = browser.deep(".ug-moves", "[role=slider]")
        sliders = [sliders[0], sliders[len(sliders) // 2]]
        assert_moves(browser, sliders, number=1)
        assert browser.boards()[0] == one, "the first world stays"
        browser.portraits("explorer")

        title = browser.deep("", "h2")[0].text
        choices = browser.deep("marimo-dropdown", "select option")
        choices[-1].click()
        browser.wait(
            lambda: [h.text for h in browser.deep("", "h2")][:1] not in ([], [title]),
            "another model",
        )
        browser.wait(lambda: len(browser.boards()) == 2, "its two worlds")
        browser.portraits("explorer_other")
        assert not browser.other_hosts()
        assert not browser.errors()


def test_a_page_is_dark_where_the_system_is(browser):
    ink = """return getComputedStyle(document.querySelector(".ug-heading"))
        .getPropertyValue("--ug-ink").trim()"""
    seen = {}
    with served("lecture", "delocation") as address:
        for theme in ("light", "dark"):
            browser.wear(1280, theme)
            browser.open(address)
            browser.wait(browser.boards, "a board")
            seen[theme] = browser.driver.execute_script(ink)
        browser.wear(1280, "light")
    assert seen == {"light": "#1d211f", "dark": "#e9e6df"}


# ---------------------------------------------------------------------------
# Published


def test_published_pages_show_all_without_a_server(browser, tmp_path):
    index = publish([find(name) for name in OPENED], tmp_path)
    for name in ("index", *OPENED):
        browser.open(index.with_name(f"{name}.html").as_uri())
        for width in (1280, 400):
            browser.wear(width, "light")
            assert browser.sideways() <= 0, (name, width)
        browser.wear(1280, "light")
        pictures = browser.deep("", "img")
        assert all(picture.get_property("naturalWidth") for picture in pictures)
        assert bool(pictures) is (name != "index")
        for details in browser.deep("", "details"):
            details.find_element("css selector", "summary").click()
            assert details.find_element("css selector", "p").is_displayed()
        browser.portraits(f"published_{name}")
        assert not browser.other_hosts()
        assert not browser.errors()
    browser.deep("", "nav.pages a")[-1].click()
    assert "All lectures" in browser.driver.page_source
