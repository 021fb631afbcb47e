"""The page under test, opened from a file in the system's Chromium, and its modules in Node.

A test that takes ``node`` or ``chromium`` is skipped, and says why, where the machine has none.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.browser.module import Module
from sim.cli import main
from sim.config.scenario import MOST_ISSUES, Scenario
from sim.page.build import SOURCE, page_html
from sim.page.contents import Contents
from sim.page.contents import contents as contents_of

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
# no word with the network
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")
Node = Callable[..., Any]


@pytest.fixture(scope="session")
def small_result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of ``tariffsim run``: 20 runs, no pictures."""
    folder = tmp_path_factory.mktemp("small_result") / "r"
    words = ["run", "scenario=breakthrough", "runs=20", "figures.draw=false"]
    assert main([*words, "figures.report=false", f"folder={folder}"]) == 0
    return folder


@pytest.fixture(scope="session")
def contents(module: Module, decoder: bytes) -> Contents:
    return contents_of(module, decoder)


@pytest.fixture(scope="session")
def page_file(contents: Contents, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page, built from the sources as they are."""
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(page_html(contents), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def node(contents: Contents, tmp_path_factory: pytest.TempPathFactory) -> Node:
    """A function that runs ``code`` in Node and gives what it hands to ``answer``.

    ``code`` finds ``contents`` (with the module's bytes), ``given`` (a value of ours) and, in
    ``use``, everything that the named modules of ``sim/page/source`` export.
    """
    program = shutil.which("node")
    if program is None:
        pytest.skip("no Node.js on this machine")
    folder = tmp_path_factory.mktemp("node")
    # sorted as the page holds them: the order of a mapping's names means nothing
    (folder / "contents.json").write_text(json.dumps(contents, sort_keys=True), encoding="utf-8")

    def run(modules: str, code: str, given: Any = None) -> Any:
        (folder / "given.json").write_text(json.dumps(given), encoding="utf-8")
        imports = "\n".join(
            f'import * as ${k} from "{(SOURCE / f"{name}.js").as_uri()}";'
            for k, name in enumerate(modules.split())
        )
        script = folder / "script.mjs"
        script.write_text(
            f"""{imports}
import fs from "node:fs";
const read = (name) => JSON.parse(fs.readFileSync(new URL(name, import.meta.url), "utf8"));
const contents = read("contents.json"), given = read("given.json");
for (const name of ["module", "decoder"]) contents[name] = new Uint8Array(Buffer.from(contents[name], "base64"));
const use = {{ {", ".join(f"...${k}" for k in range(len(modules.split())))} }};
const answer = (value) => fs.writeFileSync(new URL("answer.json", import.meta.url), JSON.stringify(value));
{code}
""",
            encoding="utf-8",
        )
        done = subprocess.run(
            [program, str(script)], capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == 0, done.stderr
        return json.loads((folder / "answer.json").read_text(encoding="utf-8"))

    return run


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless Chromium of the system, driven by Playwright."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(_FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any, page_file: Path) -> Iterator[Callable[..., Any]]:
    """A function that opens the page (or ``path``) and gives Playwright's page.

    ``fragment`` is what follows #; other arguments are those of a new context, such as
    ``viewport``. The test fails where the page asked for anything or reported an error. Its policy
    forbids ``wait_for_function``: poll with ``evaluate``, or wait for a locator.
    """
    contexts, faults = list[Any](), list[str]()

    def open_one(fragment: str = "", path: Path = page_file, **given: Any) -> Any:
        context = chromium.new_context(**given)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on("console", lambda line: line.type == "error" and faults.append(line.text))
        page.on("request", lambda request: _hear(request.url, path, faults))
        page.goto(path.as_uri() + (f"#{fragment}" if fragment else ""))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not faults, faults


def _hear(url: str, path: Path, faults: list[str]) -> None:
    if not url.startswith((path.as_uri(), "blob:", "data:")):
        faults.append(f"request: {url}")


class Firefox:
    """A headless Firefox of the system, driven by Marionette: its own protocol, JSON over TCP."""

    def __init__(self, program: str, profile: Path) -> None:
        quiet = ("app.update.enabled", "network.captive-portal-service.enabled")
        quiet += (
            "network.connectivity-service.enabled",
            "datareporting.policy.dataSubmissionEnabled",
        )
        lines = [f'user_pref("{name}", false);' for name in quiet]
        (profile / "user.js").write_text(
            "\n".join(['user_pref("marionette.port", 0);', *lines]), encoding="utf-8"
        )
        self._process = subprocess.Popen(
            [program, "--headless", "--marionette", "--no-remote", "--profile", str(profile)],
            env={**os.environ, "HOME": str(profile)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._socket = socket.create_connection(("127.0.0.1", self._port(profile)), timeout=300)
        self._number = 0
        self._receive()
        self.command("WebDriver:NewSession", capabilities={})
        self.command("WebDriver:SetTimeouts", script=280_000)

    def _port(self, profile: Path) -> int:
        """The port that it chose, which it writes into its profile."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            path = profile / "MarionetteActivePort"
            if path.exists() and (text := path.read_text()):
                return int(text)
            time.sleep(0.1)
        raise TimeoutError("Firefox did not start")

    def command(self, name: str, **given: Any) -> Any:
        """The result of a command of WebDriver."""
        self._number += 1
        message = json.dumps([0, self._number, name, given]).encode()
        self._socket.sendall(str(len(message)).encode() + b":" + message)
        _, _, error, result = self._receive()
        assert error is None, error
        return result

    def _receive(self) -> Any:
        size = b""
        while (digit := self._socket.recv(1)) != b":":
            size += digit
        content = b""
        while len(content) < int(size):
            content += self._socket.recv(int(size) - len(content))
        return json.loads(content)

    def close(self) -> None:
        """End this Firefox."""
        self._socket.close()
        self._process.terminate()
        self._process.wait(30)


@pytest.fixture(scope="session")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if program is None:
        pytest.skip("no Firefox on this machine")
    browser = Firefox(program, tmp_path_factory.mktemp("firefox"))
    yield browser
    browser.close()


# Firefox takes seconds to start
@pytest.fixture(params=["chromium", pytest.param("firefox", marks=pytest.mark.nightly)])
def asked(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """In each browser, a function that opens ``path`` and gives what the asynchronous function
    ``code``, called with ``given``, returns there.
    """
    browser = request.getfixturevalue(request.param)

    def in_chromium(path: Path, code: str, given: Any = None) -> Any:
        page = browser.new_page()
        page.goto(path.as_uri())
        try:
            return page.evaluate(code, given)
        finally:
            page.close()

    def in_firefox(path: Path, code: str, given: Any = None) -> Any:
        browser.command("WebDriver:Navigate", url=path.as_uri())
        script = f"const done = arguments[1]; ({code})(arguments[0]).then((value) => done([value]), (error) => done(String(error)));"
        found = browser.command("WebDriver:ExecuteAsyncScript", script=script, args=[given])[
            "value"
        ]
        assert isinstance(found, list), found
        return found[0]

    return in_chromium if request.param == "chromium" else in_firefox


Until = Callable[..., Any]
_LOOK = 50.0  # ms between two looks


def _wait(page: Any, expression: str, seconds: float = 90.0) -> Any:
    for _ in range(int(1000.0 * seconds / _LOOK)):
        found = page.evaluate(expression)
        if found:
            return found
        page.wait_for_timeout(_LOOK)
    raise AssertionError(f"never came true: {expression}")


@pytest.fixture
def until() -> Until:
    """A function that polls a JavaScript expression on a page until it holds, and gives its value."""
    return _wait


@pytest.fixture
def at_least(until: Until) -> Callable[[Any, int], None]:
    """A function that waits until so many runs a side are drawn."""
    seen = "Math.min(page.room.picture?.A.runs ?? 0, page.room.picture?.B.runs ?? 0)"
    return lambda page, runs: until(page, f"globalThis.page?.room && {seen} >= {runs}") and None


@pytest.fixture(scope="session")
def london(chromium: Any, page_file: Path) -> Iterator[Any]:
    """A page at London for games, one for all tests; run 17 is drawn."""
    page, faults = chromium.new_page(viewport={"width": 1280, "height": 720}), list[str]()
    page.on("pageerror", lambda error: faults.append(f"error: {error}"))
    page.goto(page_file.as_uri())
    _wait(page, "globalThis.page?.room?.picture")
    for key in ("Escape", "3"):
        page.keyboard.press(key)
    page.evaluate("Math.random = () => 0.000017")
    page.evaluate("page.play.choose()")
    yield page
    page.close()
    assert not faults, faults


def _signed(text: str) -> str:
    """The link with a right checksum."""
    return f"{text}&k={zlib.crc32(text.encode()) & 0xFFFF:04x}"


def _hostile(version: str) -> dict[str, str]:
    """Links that cannot be used, by what is wrong."""
    start, end = f"v={version}&a=tactical_pause", "&b=breakthrough&seed=1&runs=1000"
    own = f"{start}{end}"
    moved = f"{start}~truce.length_weeks=26{end}"
    return {
        "empty": "",
        "a word": "hello",
        "nothing but a version": f"v={version}",
        "no checksum": own,
        "a wrong checksum": f"{own}&k=0000",
        "cut in a number": _signed(moved)[:-20],
        "cut in a name": _signed(moved)[:60],
        "a digit changed": _signed(moved).replace("=26", "=27"),
        "something after the checksum": f"{_signed(own)}&k=1234",
        "another version": _signed(own.replace(version, "0.0.9-12345678")),
        "other rules": _signed(own.replace(version, version[:-8] + "00000000")),
        "no version": _signed(own.replace(f"v={version}&", "")),
        "an unknown part": _signed(f"{own}&theme=dark"),
        "a part twice": _signed(f"{own}&seed=2"),
        "an unknown scenario": _signed(own.replace("breakthrough", "breaktrough")),
        "a scenario of the prototype": _signed(own.replace("breakthrough", "__proto__")),
        "a path for a scenario": _signed(own.replace("breakthrough", "../../etc/passwd")),
        "an unknown setting": _signed(moved.replace("length_weeks", "lenght_weeks")),
        "a group": _signed(moved.replace("truce.length_weeks", "truce")),
        "a prototype": _signed(moved.replace("truce.length_weeks", "__proto__.polluted")),
        "a prototype below": _signed(
            moved.replace("truce.length_weeks", "truce.__proto__.polluted")
        ),
        "a constructor": _signed(moved.replace("truce.length_weeks", "constructor.prototype.x")),
        "a setting of the prototype of an item": _signed(
            moved.replace("truce.length_weeks", "issues.__proto__.benefit")
        ),
        "no value": _signed(moved.replace("=26", "")),
        "an empty value": _signed(moved.replace("=26", "=")),
        "out of bounds": _signed(moved.replace("=26", "=500")),
        "below bounds": _signed(moved.replace("=26", "=-1")),
        "no whole number": _signed(moved.replace("=26", "=26.5")),
        "a word for a number": _signed(moved.replace("=26", "=long")),
        "hexadecimal": _signed(moved.replace("=26", "=0x1a")),
        "infinity": _signed(moved.replace("=26", "=Infinity")),
        "not a number": _signed(moved.replace("=26", "=NaN")),
        "a number without end": _signed(moved.replace("=26", "=1e999")),
        "white space for a number": _signed(moved.replace("=26", "=+26")),
        "damaged signs": _signed(moved.replace("=26", "=%E0%A4%A")),
        "a lone surrogate": _signed(moved.replace("truce.length_weeks=26", "title=%ED%A0%80")),
        "control characters": _signed(moved.replace("truce.length_weeks=26", "title=%1B%5D0")),
        "interpolation": _signed(moved.replace("truce.length_weeks=26", "title=%24%7Bx%7D")),
        "too long a title": _signed(moved.replace("truce.length_weeks=26", f"title={'x' * 81}")),
        "no choice": _signed(moved.replace("truce.length_weeks=26", "linkage.tracks=apart")),
        "no flag": _signed(moved.replace("truce.length_weeks=26", "truce.in_force=1")),
        "no day": _signed(moved.replace("truce.length_weeks=26", "calendar.start=2025-02-30")),
        "a contradiction": _signed(
            moved.replace("truce.length_weeks=26", "outcomes.us_tariff=0.01")
        ),
        "a red line below terms": _signed(
            moved.replace("truce.length_weeks=26", "issues.us_tariff.red_line=0.1")
        ),
        "an item half given": _signed(
            moved.replace("truce.length_weeks=26", "issues.soy.benefit=3")
        ),
        "too many items": _signed(
            moved.replace(
                "truce.length_weeks=26",
                "~".join(
                    f"issues.i{k}.owner=cn~issues.i{k}.track=trade" for k in range(MOST_ISSUES)
                ),
            )
        ),
        "an item that is not there removed": _signed(
            moved.replace("truce.length_weeks=26", "-issues.soy")
        ),
        "a setting removed": _signed(moved.replace("truce.length_weeks=26", "-truce.length_weeks")),
        "all issues removed": _signed(
            moved.replace(
                "truce.length_weeks=26", "~".join(f"-issues.{name}" for name in Scenario().issues)
            )
        ),
        "a seed below zero": _signed(own.replace("seed=1", "seed=-1")),
        "a seed too large": _signed(own.replace("seed=1", f"seed={2**64}")),
        "a seed in words": _signed(own.replace("seed=1", "seed=one")),
        "no runs": _signed(own.replace("runs=1000", "runs=0")),
        "too many runs": _signed(own.replace("runs=1000", "runs=1000001")),
        "half a run": _signed(own.replace("runs=1000", "runs=0.5")),
        "markup": _signed(own.replace("breakthrough", "%3Cimg%20src=x%20onerror=alert(1)%3E")),
        "a script": "javascript:alert(1)",
        "very long": "v=" + "x" * 100_000,
        "many parts": "&".join(["a=b"] * 1900),
        "a question mark": f"?{_signed(own)}",
    }


@pytest.fixture(scope="session")
def with_checksum() -> Callable[[str], str]:
    return _signed


@pytest.fixture(scope="session")
def hostile_links(contents: Contents) -> dict[str, str]:
    return _hostile(f"{contents['version']}-{contents['stamp']}")
