"""Apache Kafka as a Java process: jars from Maven, kept in the cache; no Docker needed."""

import base64
import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from pipeline.broker import definition
from pipeline.broker.definition import BrokerProblem, Extra

OLDEST_JAVA = 17
_STOP_SECONDS = 30.0
_FETCH_SECONDS = 600.0

# A short-lived, lightly loaded server: the quick compiler and the small collector start faster.
# What is used some tens of times is compiled, not only what is used hundreds of times: of a server
# that has just started, a call of 50 KB takes 90 ms of processor time instead of 145.
_JVM_OPTIONS = (
    *("-Xms128m", "-Xmx512m", "-XX:+UseSerialGC"),
    *("-XX:TieredStopAtLevel=1", "-XX:CompileThresholdScaling=0.2"),
)


def what_is_missing(cache: Path) -> str | None:
    """Say what has to be installed before a broker can run as a Java process; None if nothing."""
    if java_version() is None:
        return f"Java {OLDEST_JAVA} or newer"
    if not _libs(cache).is_dir() and shutil.which("mvn") is None:
        return "Maven (mvn)"
    return None


def java_version() -> str | None:
    """Give the version of the Java to be used; None where there is none or it is too old."""
    try:
        answer = subprocess.run([_java(), "-version"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r'version "((\d+)[^"]*)"', answer.stderr)
    return found[1] if found and int(found[2]) >= OLDEST_JAVA else None


def fetch(cache: Path, tell: Callable[[str], None]) -> Path:
    """Bring the broker's jars into the cache, unless they are there, and give their folder."""
    libs = _libs(cache)
    if libs.is_dir():
        return libs
    tell(f"fetching Apache Kafka {definition.version()} with Maven, this once …")
    libs.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=libs.parent) as scratch:
        arriving = Path(scratch) / "libs"
        pom = definition.folder() / "pom.xml"
        command = ["mvn", "-B", "-q", "-ntp", "-f", str(pom), f"-Dlibs={arriving}"]
        try:
            answer = subprocess.run(
                [*command, "process-resources"],
                capture_output=True,
                text=True,
                timeout=_FETCH_SECONDS,
                cwd=scratch,
            )
        except subprocess.TimeoutExpired:
            raise BrokerProblem(f"Maven took over {_FETCH_SECONDS:.0f} s to fetch Kafka") from None
        if answer.returncode != 0 or not arriving.is_dir():
            raise BrokerProblem(f"Maven could not fetch Kafka: {_first_error(answer.stdout)}")
        with contextlib.suppress(OSError):  # another start may have brought them meanwhile
            arriving.rename(libs)
    return libs


def launch(
    folder: Path, *, port: int, controller_port: int, cache: Path, extra: Extra | None = None
) -> int:
    """Start the server with its data and its log in ``folder``; give its process id.

    Formats the storage on the first start. Does not wait for the server to be ready.
    """
    data = folder / "data"
    extra = extra or Extra()
    properties = folder / "server.properties"
    properties.write_text(
        definition.server_properties(
            address="127.0.0.1",
            port=port,
            controller_port=controller_port,
            data=str(data),
            extra=extra.properties,
        ),
        "utf-8",
    )
    environment = os.environ | {"CLASSPATH": os.pathsep.join(map(str, _jars(cache)))}
    options = [*_JVM_OPTIONS, *_shared_classes(cache), *extra.java_options]
    options.append(f"-Dlog4j2.configurationFile={(definition.folder() / _LOG_SETTINGS).as_uri()}")
    if not (data / "meta.properties").is_file():
        _format(properties, environment, options)
    if not _class_archive(cache).is_file():
        options.append(f"-XX:ArchiveClassesAtExit={_new_class_archive(cache, folder)}")
    with (folder / "broker.log").open("wb") as log:
        process = subprocess.Popen(
            [_java(), *options, "kafka.Kafka", str(properties)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=folder,
            start_new_session=True,  # Ctrl-C in the terminal is not meant for the broker
        )
    while process.poll() is None and not is_running(process.pid, folder):
        time.sleep(0.001)  # for an instant after its start a process has no command line yet
    process.returncode = 0  # it outlives this program: nobody waits for it, and Python need not
    return process.pid


def is_running(pid: int, folder: Path) -> bool:
    """Tell whether the process is this folder's broker, and not a later one of the same number."""
    with contextlib.suppress(OSError):  # reap it where it was our child and has ended
        os.waitpid(pid, os.WNOHANG)
    return str(folder / "server.properties") in _command_line(pid)


def terminate(pid: int, folder: Path, cache: Path) -> None:
    """End the broker: ask, wait, and end it by force if it does not go."""
    for sign, seconds in ((signal.SIGTERM, _STOP_SECONDS), (signal.SIGKILL, _STOP_SECONDS)):
        if not is_running(pid, folder):
            break
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sign)
        deadline = time.monotonic() + seconds
        while is_running(pid, folder) and time.monotonic() < deadline:
            time.sleep(0.02)
    if is_running(pid, folder):
        raise BrokerProblem(f"the broker's process {pid} does not end, even when killed")
    with contextlib.suppress(OSError):  # a killed server leaves no archive
        _new_class_archive(cache, folder).replace(_class_archive(cache))


_LOG_SETTINGS = "log4j2.properties"


def _java() -> str:
    home = os.environ.get("JAVA_HOME")
    if home and (Path(home) / "bin" / "java").is_file():
        return str(Path(home) / "bin" / "java")
    return "java"


def _libs(cache: Path) -> Path:
    return cache / "kafka" / definition.version() / "libs"


def _jars(cache: Path) -> list[Path]:
    return sorted(_libs(cache).glob("*.jar"))


def _class_archive(cache: Path) -> Path:
    """Classes as the JVM has them in memory: a start from it takes half the time.

    The first server to stop writes it; it serves only the very Java that wrote it.
    """
    return _libs(cache).parent / f"classes-{java_version()}.jsa"


def _new_class_archive(cache: Path, folder: Path) -> Path:
    archive = _class_archive(cache)
    return archive.with_name(f"{archive.stem}-{uuid.uuid5(uuid.NAMESPACE_URL, str(folder))}.part")


def _shared_classes(cache: Path) -> list[str]:
    archive = _class_archive(cache)
    return [f"-XX:SharedArchiveFile={archive}", "-Xshare:auto"] if archive.is_file() else []


def _format(properties: Path, environment: dict[str, str], options: list[str]) -> None:
    cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    answer = subprocess.run(
        [
            *(_java(), *options, "kafka.tools.StorageTool"),
            *("format", f"--cluster-id={cluster_id}", "--config", str(properties)),
        ],
        capture_output=True,
        text=True,
        env=environment,
    )
    if answer.returncode != 0:
        raise BrokerProblem(f"Kafka could not format its storage: {_first_error(answer.stderr)}")


def _command_line(pid: int) -> str:
    if Path("/proc/self").exists():
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace").replace("\0", " ")
        return ""
    answer = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True
    )
    return answer.stdout


def _first_error(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if "ERROR" in line or "Exception" in line]
    return re.sub(r"\x1b\[[0-9;]*m", "", (errors or lines or ["it said nothing"])[0])
