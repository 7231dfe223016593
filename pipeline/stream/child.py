"""One process of a worker: ``python -m pipeline.stream.child agents segment,extract``.

It says ``ready`` on its standard output, and stops cleanly on SIGTERM, on SIGINT, and when its
standard input ends, which is how it learns that the worker that started it is gone.
"""

import asyncio
import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence

from pipeline.metrics.process import observe_process
from pipeline.problem import Problem
from pipeline.settings import Settings
from pipeline.stream.logs import configure
from pipeline.stream.traces import stop_tracing, trace_process

logger = logging.getLogger(__name__)

READY = b"ready\n"
# How long a thread may keep Python from the others: at the default of 5 ms what comes from Kafka
# waits behind every stage at work. 50 KB calls on a loaded machine, alternating: first fact after
# 653 ms with 5, 487 with 1, 390 with 0.3; the processor time is the same.
SWITCH_SECONDS = 0.0005
CLAIMS_NICENESS = 10
# After how many values more a hop looks for garbage. What it reads and sends lives no longer than
# a batch and is let go without that look: with Python's 700 it took a tenth of a hop's own work.
HOP_COLLECTIONS = 20_000


def main(arguments: Sequence[str]) -> int:
    """Run one role until told to stop; gives the exit status."""
    role, stages = arguments[0], [stage for stage in arguments[1].split(",") if stage]
    sys.setswitchinterval(SWITCH_SECONDS)
    settings = Settings.load()
    configure(settings, role)
    observe_process(role)
    trace_process(role)
    threading.Thread(target=_follow_parent, daemon=True).start()
    try:
        if role == "agents":
            _agents(settings, stages)
        else:
            _hop(role, settings)
    except Problem as problem:
        logger.error("%s", problem)
        return problem.exit_status
    except Exception as failure:
        logger.critical(
            "%s: %s", type(failure).__name__, failure, exc_info=settings.log_level == "debug"
        )
        return 1
    return 0


def _agents(settings: Settings, stages: Sequence[str]) -> None:
    from pipeline.stream.agents import run_agents
    from pipeline.stream.stages import warm_up
    from pipeline.stream.threads import Threads

    warm_up()
    _leave_what_is_loaded()
    # Not asyncio.run: it would wait at its end for a stage that is still at work in a thread.
    loop = asyncio.new_event_loop()
    loop.set_default_executor(Threads())
    loop.run_until_complete(run_agents(settings, stages, _say_ready))


def _hop(role: str, settings: Settings) -> None:
    """Run a hop; the keeper of claims, whom nobody waits for, lets the others go first."""
    stop = threading.Event()
    gc.set_threshold(HOP_COLLECTIONS)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if role == "claims":
        os.nice(CLAIMS_NICENESS)
        from pipeline.claims.keeper import keep_claims

        keep_claims(settings, stop, _loaded)
    elif role == "translate":
        from pipeline.stream.translating import translate_stream

        translate_stream(settings, stop, _loaded)
    else:
        from pipeline.stream.publisher import run_publisher

        run_publisher(settings, stop, _loaded)


def _loaded() -> None:
    _leave_what_is_loaded()
    _say_ready()


def _leave_what_is_loaded() -> None:
    """Let nobody look for garbage in what stays, again and again.

    With the lexicons that cost 5 ms of the 105 for a call of 50 KB, and now and then all at once.
    """
    gc.collect()
    gc.freeze()


def _say_ready() -> None:
    os.write(1, READY)


def _follow_parent() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    status = main(sys.argv[1:])
    stop_tracing()
    sys.stderr.flush()
    # Whatever is still at work in a thread has been handed back; nothing is left to wait for.
    os._exit(status)
