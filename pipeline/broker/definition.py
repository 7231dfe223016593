"""The local broker as declared in ``deploy/kafka``: its version and its settings."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

from pipeline.problem import Problem


class BrokerProblem(Problem):
    """The local broker cannot be started, found or stopped."""


@dataclass(frozen=True)
class Extra:
    """What one broker has beyond what is declared, such as listeners with TLS.

    ``properties`` are lines of ``server.properties``, which go before the declared ones and may
    name the same values (``$port``); ``java_options`` are for its JVM.
    """

    properties: str = ""
    java_options: tuple[str, ...] = ()


@cache
def folder() -> Path:
    """Find the folder with ``pom.xml``: beside this module in a wheel, else in the work tree."""
    here = Path(__file__).resolve().parent
    for place in (here / "kafka", here.parents[1] / "deploy" / "kafka"):
        if (place / "pom.xml").is_file():
            return place
    raise BrokerProblem("deploy/kafka/pom.xml is missing from this installation; install it again")


@cache
def version() -> str:
    """Give the version of Apache Kafka that the pom.xml declares, for jars and image alike."""
    pom = (folder() / "pom.xml").read_text("utf-8")
    found = re.search(r"<kafka\.version>([^<]+)</kafka\.version>", pom)
    if not found:
        raise BrokerProblem(f"{folder() / 'pom.xml'} declares no <kafka.version>")
    return found[1]


def server_properties(
    *, address: str, port: int, controller_port: int, data: str, extra: str = ""
) -> str:
    """Fill in ``server.properties``: where to listen (``address``) and where the data lie."""
    values = {"address": address, "port": port, "controller_port": controller_port, "data": data}
    declared = Template((folder() / "server.properties").read_text("utf-8")).substitute(values)
    # Of several lines for one property Java takes the last.
    return declared + Template(extra).safe_substitute(values)


def as_environment(properties: str) -> dict[str, str]:
    """Turn server properties into the ``KAFKA_*`` variables that the official image reads."""
    pairs = (
        line.partition("=")
        for line in properties.splitlines()
        if "=" in line and not line.startswith("#")
    )
    return {"KAFKA_" + name.upper().replace(".", "_"): value for name, _, value in pairs}
