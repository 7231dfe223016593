"""Three Faust agents that do nothing but pass each message on; what Faust itself takes.

``python -m tests.benchmarks.bare_agents HOST:PORT PREFIX GROUP`` reads transcripts, segments and
normalised segments of the topics under the prefix and sends each to a topic of the same name behind
``bare.``, with the settings of the worker's own app but acknowledging as Faust does.
"""

import asyncio
import sys
from typing import Any

from pipeline.settings import Settings
from pipeline.stream.faustapp import stream_app

SOURCES = ("transcripts.raw", "transcripts.segmented", "transcripts.normalized")


def bare(name: str) -> str:
    """Give the topic that a source's messages are passed on to."""
    return f"bare.{name}"


async def pass_on(settings: Settings) -> None:
    """Run the agents until the process is ended."""
    app = stream_app(settings)
    for name in SOURCES:
        _declare(app, settings, name)
    await app.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def _declare(app: Any, settings: Settings, name: str) -> None:
    raw = {"key_serializer": "raw", "value_serializer": "raw"}
    target = app.topic(settings.topic(bare(name)), **raw)

    async def agent(stream: Any) -> None:
        async for event in stream.noack().events():
            message = event.message
            await (await target.send(key=message.key, value=message.value))
            app.consumer.acknowledge(message)

    app.agent(app.topic(settings.topic(name), **raw), name=name, concurrency=1)(agent)


if __name__ == "__main__":
    servers, prefix, group = sys.argv[1:]
    given = Settings(bootstrap_servers=servers, topic_prefix=prefix, worker_group=group)
    asyncio.new_event_loop().run_until_complete(pass_on(given))
