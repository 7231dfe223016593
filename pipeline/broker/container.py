"""Apache Kafka as a container of the official image, for machines where a Docker engine runs."""

import shutil
import subprocess

from pipeline.broker import definition
from pipeline.broker.definition import BrokerProblem

_DATA = "/var/lib/kafka/data"
_ALL_ADDRESSES = "0.0.0.0"  # noqa: S104 - inside the container; outside only loopback is published


def image() -> str:
    """Name the official image, of the same version as the jars."""
    return f"apache/kafka:{definition.version()}"


def engine_answers() -> bool:
    """Tell whether there is a Docker engine, not merely its client."""
    if shutil.which("docker") is None:
        return False
    try:
        return _docker("info", "--format", "{{.ServerVersion}}", seconds=10).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def environment(port: int, controller_port: int) -> dict[str, str]:
    """Give the variables that make the image run the node that ``server.properties`` describes."""
    properties = definition.server_properties(
        address=_ALL_ADDRESSES, port=port, controller_port=controller_port, data=_DATA
    )
    return definition.as_environment(properties)


def run(name: str, *, port: int, controller_port: int) -> str:
    """Start a container of this name, reachable on loopback only; give its id.

    The data stay in a volume of the same name when the container is gone.
    """
    variables = environment(port, controller_port)
    _docker("rm", "--force", name, seconds=60)
    answer = _docker(
        *("run", "--detach", "--rm", "--name", name),
        *("--publish", f"127.0.0.1:{port}:{port}"),
        *("--volume", f"{name}:{_DATA}"),
        *(part for pair in variables.items() for part in ("--env", "=".join(pair))),
        image(),
        seconds=600,
    )
    if answer.returncode != 0:
        raise BrokerProblem(f"Docker could not start {image()}: {_last_line(answer.stderr)}")
    return answer.stdout.strip()


def is_running(container: str) -> bool:
    """Tell whether the container of this id or name runs."""
    answer = _docker("inspect", "--format", "{{.State.Running}}", container, seconds=30)
    return answer.stdout.strip() == "true"


def stop(container: str) -> None:
    """Stop the container; being started with --rm it is gone afterwards."""
    answer = _docker("stop", "--time", "30", container, seconds=90)
    if answer.returncode != 0 and is_running(container):
        raise BrokerProblem(f"Docker could not stop {container}: {_last_line(answer.stderr)}")


def remove_data(name: str) -> None:
    """Remove the volume with the data, if there is one."""
    _docker("volume", "rm", "--force", name, seconds=60)


def last_words(container: str) -> str:
    """Give the last line that the container wrote, to tell why it failed."""
    answer = _docker("logs", "--tail", "20", container, seconds=30)
    return _last_line(answer.stdout + answer.stderr)


def _docker(*arguments: str, seconds: float) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["docker", *arguments], capture_output=True, text=True, timeout=seconds, check=False
    )


def _last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
