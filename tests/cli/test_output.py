"""What a transcript says reaches a terminal as text, never as a command to it."""

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
