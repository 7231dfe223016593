"""What a transcript says reaches a terminal as text, never as a command to it."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

CALLFACTS = [sys.executable, "-c", "from pipeline.cli import main; main()"]
HOSTILE = "Revenue was $5 billion, up 12%\x9b2J\x9b31m, \u202eand margin was 40%.\n"


def test_tables_show_what_a_terminal_would_act_on(tmp_path: Path) -> None:
    call = tmp_path / "call.txt"
    call.write_text(HOSTILE)
    read = subprocess.run(
        [*CALLFACTS, "extract", str(call), "--format", "table"],
        capture_output=True,
        check=True,
    )
    shown = read.stdout.decode()
    assert "$5 billion" in shown
    assert not set("\x9b\u202e") & set(shown)
    assert "\\u009b2J" in "".join(shown.split())


def test_json_on_a_terminal_is_escaped_and_equal(tmp_path: Path) -> None:
    call = tmp_path / "call.txt"
    call.write_text(HOSTILE + "毛利率為 58%。\n")
    extract = [*CALLFACTS, "extract", str(call), "--stage", "segmented", "--format", "jsonl"]
    piped = subprocess.run(extract, capture_output=True, check=True).stdout
    shown = on_terminal(extract)
    assert "\x9b" in piped.decode()
    assert not set("\x9b\u202e") & set(shown)
    assert "毛利率" in shown
    assert [*map(json.loads, shown.splitlines())] == [*map(json.loads, piped.splitlines())]


def on_terminal(arguments: list[str]) -> str:
    """Run a program whose standard output is a terminal; give what it wrote there."""
    own, terminal = pty.openpty()
    with subprocess.Popen(arguments, stdout=terminal, stderr=subprocess.PIPE) as process:
        os.close(terminal)
        written = b""
        while True:
            try:
                read = os.read(own, 65536)
            except OSError:  # so Linux tells that the other side is closed
                break
            if not read:
                break
            written += read
    os.close(own)
    assert process.returncode == 0
    return written.decode()
