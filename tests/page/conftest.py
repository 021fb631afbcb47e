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
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.browser.module import Module
from sim.cli import main
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
    (folder / "contents.json").write_text(json.dumps(contents), encoding="utf-8")

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


@pytest.fixture
def until() -> Until:
    """A function that polls a JavaScript expression on a page until it holds, and gives its value."""

    def wait(page: Any, expression: str, seconds: float = 90.0) -> Any:
        for _ in range(int(1000.0 * seconds / _LOOK)):
            found = page.evaluate(expression)
            if found:
                return found
            page.wait_for_timeout(_LOOK)
        raise AssertionError(f"never came true: {expression}")

    return wait


@pytest.fixture
def at_least(until: Until) -> Callable[[Any, int], None]:
    """A function that waits until so many runs a side are drawn."""
    seen = "Math.min(page.room.picture?.A.runs ?? 0, page.room.picture?.B.runs ?? 0)"
    return lambda page, runs: until(page, f"globalThis.page?.room && {seen} >= {runs}") and None
