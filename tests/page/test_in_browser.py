"""The page in a real browser, where one is installed: pointing, clicking, keys, and hostile text.

The page runs in a frame, and a script around it acts on it as a reader would and writes down what
then shows.
"""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pipeline.page.documents import page
from pipeline.samples import samples
from schemas import TranscriptMessage

NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)

pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs Chromium")

FRAME = """<!doctype html><meta charset="utf-8">
<iframe width="%d" height="900" srcdoc="%s"></iframe>
<script>
const frame = document.querySelector("iframe");
frame.onload = () => {
  const view = frame.contentWindow, page = frame.contentDocument, seen = {};
  const fire = (target, kind, more) =>
    target.dispatchEvent(new view[kind](more.type, { bubbles: true, cancelable: true, ...more }));
  const shown = page.querySelector("#card");
  const card = () => (shown.hidden ? null : shown.innerText);
  const marks = [...page.querySelectorAll(".text mark[id]")];
  try { %s } catch (error) { seen.error = String(error); }
  const written = document.createElement("pre");
  written.textContent = JSON.stringify(seen);
  frame.replaceWith(written);
};
</script>"""


def _see(shown: str, script: str, folder: Path, width: int = 1300) -> dict[str, Any]:
    framed = folder / "frame.html"
    framed.write_text(FRAME % (width, html.escape(shown), script), encoding="utf-8")
    run = subprocess.run(
        [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
         "--disable-background-networking", "--disable-sync", "--disable-component-update",
         f"--user-data-dir={folder / 'profile'}", "--window-size=1400,1000",
         "--virtual-time-budget=5000", "--dump-dom", framed.as_uri()],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    written = re.search(r"<pre>(.*)</pre>", run.stdout, re.DOTALL)
    assert written, run.stderr[-2000:]
    seen: dict[str, Any] = json.loads(html.unescape(written[1]))
    assert "error" not in seen, seen["error"]
    return seen


@pytest.fixture(scope="module")
def call() -> TranscriptMessage:
    return next(m for m in samples() if m.transcript_id == "halverstone-2025q3-call")


def test_pointing_clicking_and_keys_show_the_card(call: TranscriptMessage, tmp_path: Path) -> None:
    seen = _see(
        page([call]),
        """
        seen.text = page.querySelector(".text").textContent;
        seen.before = card();
        fire(marks[0], "MouseEvent", { type: "mouseover" });
        seen.pointed = card();
        fire(page.querySelector("h1"), "MouseEvent", { type: "mouseover" });
        seen.left = card();
        marks[0].click();
        fire(marks[5], "MouseEvent", { type: "mouseover" });
        seen.pinned = card();
        fire(page, "KeyboardEvent", { type: "keydown", key: "Escape" });
        seen.closed = card();
        fire(marks[1], "KeyboardEvent", { type: "keydown", key: "Enter" });
        seen.entered = card();
        fire(page.body, "KeyboardEvent", { type: "keydown", key: "j" });
        seen.next = [page.querySelector("mark.chosen").id, marks[2].id];
        const rows = [...page.querySelectorAll(".facts [data-f]")];
        rows[20].click();
        const chosen = page.querySelector("mark.chosen").dataset.f.split(" ");
        seen.row = chosen.includes(rows[20].dataset.f);
        page.querySelector("[data-kind=forward]").click();
        seen.kinds = [...new Set(rows.filter(r => !r.hidden).map(r => r.classList[0]))];
        page.querySelector("[data-kind=forward]").click();
        const find = page.querySelector("input");
        find.value = "free cash flow";
        fire(find, "Event", { type: "input" });
        seen.found = rows.filter(r => !r.hidden).length;
        seen.all = rows.length;
        """,
        tmp_path,
    )

    assert seen["text"] == call.text
    assert seen["before"] is seen["left"] is seen["closed"] is None
    assert "1.84 billion" in seen["pointed"]
    assert seen["pinned"] == seen["pointed"]
    assert seen["entered"] not in (None, seen["pinned"])
    assert seen["next"][0] == seen["next"][1]
    assert seen["row"] is True
    assert seen["kinds"] == ["forward"]
    assert 0 < seen["found"] < seen["all"]


def test_a_phone_shows_the_text_and_opens_the_list(call: TranscriptMessage, tmp_path: Path) -> None:
    seen = _see(
        page([call]),
        """
        const list = page.querySelector(".facts");
        const shows = () => view.getComputedStyle(list).display;
        seen.wide = page.documentElement.scrollWidth;
        seen.before = shows();
        page.querySelector(".open").click();
        seen.opened = shows();
        list.querySelector("[data-f]").click();
        seen.after = shows();
        seen.card = card();
        """,
        tmp_path,
        width=390,
    )

    assert seen["wide"] <= 390
    assert (seen["before"], seen["opened"], seen["after"]) == ("none", "block", "none")
    assert seen["card"]


def test_hostile_text_neither_runs_nor_loads_anything(tmp_path: Path) -> None:
    attack = "<script>parent.ran = 1</script><img src=x onerror='parent.ran = 1'>"
    text = f'Revenue was $5 billion.\n{attack}\n"><svg onload=parent.ran=1>\n{"[" * 300_000}'
    seen = _see(
        page([TranscriptMessage(transcript_id=attack, title=attack, text=text)]),
        """
        marks[0].click();
        seen.same = page.querySelector(".text").textContent.length;
        seen.card = card();
        const made = page.createElement("script");
        made.textContent = "parent.ran = 1";
        page.body.append(made);
        seen.ran = window.ran ?? 0;
        seen.images = page.images.length + page.querySelectorAll("svg").length;
        """,
        tmp_path,
    )

    assert seen["same"] == len(text)
    assert "5 billion" in seen["card"]
    assert seen["ran"] == 0
    assert seen["images"] == 0
