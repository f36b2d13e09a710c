"""The same day for other tools: every step of the twin, at its instant; the tools themselves take the files."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

from sim.drive.export import Format, export, steps
from sim.drive.schedule import Day
from sim.rules import NO_AGENT, Outcome
from tests.drive.test_faulty_servers import centre

K6_CONFIG = {
    "compilerOptions": {
        "allowJs": True, "checkJs": True, "noEmit": True, "strict": True, "target": "es2022", "module": "esnext",
        "moduleResolution": "bundler", "types": ["k6"], "lib": ["es2022"],
    },
    "files": ["day.js"],
}  # fmt: skip


@pytest.fixture(scope="module")
def day() -> Day:
    return Day.of(centre(), seed=1)


def test_every_step_of_the_twin_is_there_at_its_instant(day: Day):
    """Openings, assignments, messages, replies, leavings, closings: as many, and as late."""
    found, chat, turn = steps(day), day.twin.chat, day.twin.turn
    counts = Counter(step.does for step in found)
    is_in = ~np.isin(chat.outcome, [Outcome.OFFLINE, Outcome.BLOCKED])
    taken = chat.agent != NO_AGENT

    assert counts["open"] == is_in.sum()
    assert counts["assign"] == counts["close"] == taken.sum()
    assert counts["leave"] == np.isin(chat.outcome, [Outcome.ABANDONED, Outcome.LEFT]).sum() > 0
    assert counts["reply"] == (~np.isnan(turn.reply_s)).sum()
    assert counts["send"] == (~np.isnan(turn.message_s)).sum() - taken.sum()
    for does, column in (("open", chat.arrival_s[is_in]), ("assign", chat.accepted_s[taken])):
        at_s = sorted(step.at_s for step in found if step.does == does)
        np.testing.assert_allclose(at_s, np.sort(column) - day.start_s, atol=1e-6)


def test_lines_of_json_are_in_order_and_as_fast_as_asked(day: Day):
    head, *lines = map(json.loads, export(day, "jsonl", speed=10).splitlines())

    assert (head["seed"], head["speed"]) == (1, 10)
    assert [line["at_s"] for line in lines] == [round(step.at_s / 10, 6) for step in steps(day)]


@pytest.mark.parametrize("form", [Format.LOCUST, Format.K6])
def test_a_script_holds_the_whole_day(day: Day, form: Format):
    """One line a chat, as JSON; nothing of the pattern is left in it."""
    text = export(day, form)
    lines = text[text.index("[\n[") :].partition("\n]")[0]
    chats = json.loads(f"{lines}\n]")

    assert sum(map(len, chats)) == len(steps(day))
    assert "_ARE" not in text
    assert "SPEED_IS" not in text
    assert "TITLE" not in text


class _Chats(BaseHTTPRequestHandler):
    """Says yes to everything, and counts it."""

    protocol_version = "HTTP/1.1"
    asked: Counter[str]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.asked[self.path.rpartition("/")[2]] += 1
        answer = json.dumps({"id": "1"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def chat_server() -> Iterator[tuple[str, Counter[str]]]:
    """A server of plain JSON on this machine, and what it was asked for."""
    asked: Counter[str] = Counter()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Chats", (_Chats,), {"asked": asked}))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.nightly
def test_locust_plays_the_file(day: Day, tmp_path: Path):
    """In an environment of its own: all steps are asked for, and it ends by itself."""
    python = tmp_path / "locust" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "locust"], check=True)
    installed = subprocess.run(
        [python, "-m", "pip", "install", "-q", "locust"], check=False, capture_output=True
    )
    if installed.returncode:
        pytest.skip("Locust could not be installed")
    (tmp_path / "locustfile.py").write_text(export(day, "locust", speed=120))
    with chat_server() as (url, asked):
        played = subprocess.run(
            [python, "-m", "locust", "-f", tmp_path / "locustfile.py", "--headless", "--host", url],
            check=False, capture_output=True, text=True, timeout=120, cwd=tmp_path,
        )  # fmt: skip
    assert played.returncode == 0, played.stderr
    assert asked.total() == len(steps(day))
    assert asked["chats"] == sum(step.does == "open" for step in steps(day))


@pytest.mark.nightly
def test_the_k6_script_has_the_types_of_k6(day: Day, tmp_path: Path):
    """As the compiler of TypeScript reads it; a slip in it is seen."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("there is no npm")
    install = [npm, "install", "--silent", "--no-save", "@types/k6", "typescript"]
    if subprocess.run(install, check=False, cwd=tmp_path, capture_output=True).returncode:
        pytest.skip("the types of k6 could not be installed")
    (tmp_path / "tsconfig.json").write_text(json.dumps(K6_CONFIG))
    compiler = [tmp_path / "node_modules" / ".bin" / "tsc", "-p", tmp_path]
    script = export(day, "k6")
    for text, is_right in ((script, True), (script.replace("sleep(Math", "sleep(1, Math"), False)):
        (tmp_path / "day.js").write_text(text)
        told = subprocess.run(compiler, check=False, capture_output=True, text=True)
        assert (told.returncode == 0) is is_right, told.stdout
