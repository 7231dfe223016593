"""A board in a process of its own, as its command starts it."""

import os
import re
import signal
import subprocess
import sys

from kafka_view import Stream


def started(stream: Stream, *options: str) -> tuple["subprocess.Popen[str]", str]:
    """Start a board and give its process and its address."""
    process = subprocess.Popen(
        [sys.executable, "-c", "from pipeline.cli import main; main()",
         "board", "--port", "0", *options],
        env={
            **os.environ,
            "CALLFACTS_BOOTSTRAP_SERVERS": stream.settings.bootstrap_servers,
            "CALLFACTS_TOPIC_PREFIX": stream.settings.topic_prefix,
            "CALLFACTS_LOG_LEVEL": "error",
        },
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert process.stderr is not None
    line = process.stderr.readline()
    found = re.search(r"http://\S+:\d+", line)
    assert found, line + process.stderr.read()
    return process, found[0]


def ended(process: "subprocess.Popen[str]") -> int:
    """Ask it to end and give its exit status."""
    process.send_signal(signal.SIGTERM)
    try:
        return process.wait(60)
    finally:
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()
