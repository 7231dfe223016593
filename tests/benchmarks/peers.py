"""The peers, each in an environment of its own in the cache folder, installed when first asked."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from pipeline.settings import Settings

HERE = Path(__file__).parent
PACKAGES = {
    # Its last release, with the emoji package of its time.
    "recognizers": ["recognizers-text-suite==1.0.2a2", "emoji<1.7"],
    "quantulum": ["quantulum3[classifier]==0.10.0"],
}
_INSTALL_SECONDS, _RUN_SECONDS = 600, 300


@dataclass(frozen=True)
class Peer:
    """A peer that is there: the interpreter of its environment, and the script that runs it."""

    python: Path
    script: Path


@dataclass(frozen=True)
class Missing:
    """A peer that is not to be had here, and why."""

    reason: str


def installed(name: str) -> Peer | Missing:
    """Give a peer, installing it into its own environment if need be."""
    folder = Settings().cache_dir / "benchmarks" / name
    peer = Peer(folder / "bin/python", HERE / f"peer_{name}.py")
    if (folder / "complete").exists():
        return peer
    try:
        _run(sys.executable, "-m", "venv", "--clear", str(folder))
        _run(str(peer.python), "-m", "pip", "install", "--quiet", *PACKAGES[name])
    except (OSError, subprocess.SubprocessError) as failure:
        said = getattr(failure, "stderr", None) or str(failure)
        return Missing(said.strip().splitlines()[-1][:120])
    (folder / "complete").touch()
    return peer


def faster(peer: Peer, language: str, words: str) -> list[str]:
    """Give the text as the peer reads it faster, line by line or as a whole."""
    lines = [line for line in words.split("\n") if line.strip()]
    return max((lines, ["\n".join(lines)]), key=lambda pieces: speed(peer, language, pieces))


def speed(peer: Peer, language: str, pieces: list[str]) -> float:
    """Give the megabytes of UTF-8 that a peer reads in a second of processor time."""
    done = subprocess.run(
        [str(peer.python), str(peer.script)],
        input=json.dumps({"language": language, "pieces": pieces}),
        capture_output=True,
        text=True,
        check=True,
        timeout=_RUN_SECONDS,
    )
    return float(json.loads(done.stdout.splitlines()[-1])["megabytes_a_second"])


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=_INSTALL_SECONDS)
