"""One local broker: started once, found again by its folder, stopped for good."""

import contextlib
import fcntl
import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from pipeline.broker import container, jvm, readiness
from pipeline.broker.definition import BrokerProblem, Extra, version

How = Literal["auto", "container", "jvm"]

_READY_SECONDS = 90.0
_STATE = "broker.json"


@dataclass(frozen=True)
class Broker:
    """A running local broker: where it listens, what it is, where its data and its log lie.

    ``identity`` is the process id of a JVM, the id of a container.
    """

    port: int
    how: Literal["container", "jvm"]
    identity: str
    version: str
    folder: Path

    @property
    def bootstrap_servers(self) -> str:
        """The address for clients."""
        return f"127.0.0.1:{self.port}"


def start(
    folder: Path,
    *,
    cache: Path,
    port: int = 9092,
    how: How = "auto",
    tell: Callable[[str], None] = lambda _: None,
    extra: Extra | None = None,
) -> Broker:
    """Start the broker of ``folder`` on a loopback port (0: any free one) and wait until it serves.

    One that runs already is given back. Jars are kept in ``cache``; ``tell`` hears of long work.
    ``extra`` is for a Java process only.
    Raises ``BrokerProblem`` where there is nothing to run it with, or it does not come up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        running = status(folder)
        if running is not None:
            if port not in (0, running.port):
                raise BrokerProblem(
                    f"the broker of {folder} already runs on port {running.port}, not {port}; "
                    "stop it first, or start another with --name"
                )
            _wait(running)
            return running
        port = port or readiness.free_port()
        if readiness.is_open(port):
            raise BrokerProblem(
                f"port {port} is in use by another program; "
                "stop that, or choose another with --port (0: any free one)"
            )
        reasons = []
        for attempt in _ways(how, cache):
            try:
                return _start(folder, attempt, port, cache, tell, extra)
            except BrokerProblem as problem:
                reasons.append(str(problem))
        raise BrokerProblem("; and ".join(reasons))


def stop(folder: Path, *, cache: Path, delete_data: bool = False) -> bool:
    """Stop the broker of ``folder`` and wait until it is gone; False when none ran."""
    if not folder.is_dir():
        return False
    with _alone(folder):
        running = status(folder)
        if running is not None:
            _stop(running, cache)
        (folder / _STATE).unlink(missing_ok=True)
        if delete_data:
            _delete_data(folder, running)
    return running is not None


def status(folder: Path) -> Broker | None:
    """Give the broker of ``folder`` if it runs; what a dead one left behind does not count."""
    try:
        state = json.loads((folder / _STATE).read_text("utf-8"))
        broker = Broker(**state, folder=folder)
    except (OSError, ValueError, TypeError):
        return None
    return broker if _is_running(broker) else None


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, so that two commands at once do not start two brokers."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _ways(how: How, cache: Path) -> list[Literal["container", "jvm"]]:
    """List how the broker can run here, the best first; an error says what to install."""
    if how == "container" or (how == "auto" and container.engine_answers()):
        if not container.engine_answers():
            raise BrokerProblem("no Docker engine answers; start one, or use --how jvm")
        ways: list[Literal["container", "jvm"]] = ["container"]
    else:
        ways = []
    missing = jvm.what_is_missing(cache)
    if how == "jvm" and missing:
        raise BrokerProblem(f"{missing} is missing; install it to run the broker without Docker")
    if how != "container" and not missing:
        ways.append("jvm")
    if not ways:
        raise BrokerProblem(
            f"no way to run Kafka here: install Docker and start it, or install {missing} "
            f"(Java {jvm.OLDEST_JAVA}+ and Maven are needed without Docker)"
        )
    return ways


def _start(
    folder: Path,
    how: Literal["container", "jvm"],
    port: int,
    cache: Path,
    tell: Callable[[str], None],
    extra: Extra | None,
) -> Broker:
    if how == "container":
        tell(f"starting {container.image()} …")
        identity = container.run(_container_name(folder), port=port, controller_port=_beside(port))
    else:
        jvm.fetch(cache, tell)
        tell(f"starting Apache Kafka {version()} …")
        identity = str(
            jvm.launch(
                folder,
                port=port,
                controller_port=readiness.free_port(),
                cache=cache,
                extra=extra,
            )
        )
    broker = Broker(port=port, how=how, identity=identity, version=version(), folder=folder)
    try:
        state = {name: value for name, value in asdict(broker).items() if name != "folder"}
        (folder / _STATE).write_text(json.dumps(state), "utf-8")
        _wait(broker)
    except BaseException:  # also Ctrl-C: a broker half started is worse than none
        _stop(broker, cache)
        (folder / _STATE).unlink(missing_ok=True)
        raise
    return broker


def _wait(broker: Broker) -> None:
    started = time.monotonic()
    if readiness.wait_until_ready(
        broker.port, seconds=_READY_SECONDS, still_alive=lambda: _is_running(broker)
    ):
        return
    waited = f"after {time.monotonic() - started:.0f} s"
    if broker.how == "container":
        last_words = container.last_words(broker.identity)
        raise BrokerProblem(f"Kafka does not serve {waited}; its last words: {last_words}")
    raise BrokerProblem(f"Kafka does not serve {waited}; see {broker.folder / 'broker.log'}")


def _is_running(broker: Broker) -> bool:
    if broker.how == "container":
        return container.is_running(broker.identity)
    return jvm.is_running(int(broker.identity), broker.folder)


def _stop(broker: Broker, cache: Path) -> None:
    if broker.how == "container":
        container.stop(broker.identity)
    else:
        jvm.terminate(int(broker.identity), broker.folder, cache)


def _delete_data(folder: Path, broker: Broker | None) -> None:
    if (broker is not None and broker.how == "container") or container.engine_answers():
        container.remove_data(_container_name(folder))
    shutil.rmtree(folder / "data", ignore_errors=True)


def _container_name(folder: Path) -> str:
    return f"callfacts-kafka-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"


def _beside(port: int) -> int:
    """Give the controller a port of its own inside the container."""
    return port + 1 if port < 65535 else port - 1
