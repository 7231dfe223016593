"""A local Apache Kafka for development and tests: one node on loopback.

``start`` returns when the broker serves, ``stop`` when nothing of it is left. Each instance has a
name and a folder of its own, so that several run side by side.
"""

from pipeline.broker.definition import BrokerProblem, Extra
from pipeline.broker.instance import Broker, How, start, status, stop

__all__ = ["Broker", "BrokerProblem", "Extra", "How", "start", "status", "stop"]
