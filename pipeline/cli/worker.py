"""``callfacts worker``."""

import click

from pipeline.cli.options import with_settings
from pipeline.cli.output import say
from pipeline.settings import Settings

_STAGES = ("segment", "normalize", "extract", "publish", "claims")
_BESIDE = "translate"


@click.command()
@click.option(
    "--stage",
    "stages",
    type=click.Choice((*_STAGES, _BESIDE)),
    multiple=True,
    help="Run this stage only; may be given several times. Left out: all of them, translate only "
    "where CALLFACTS_TRANSLATOR is set.",
)
@with_settings(
    "bootstrap_servers",
    "topic_prefix",
    "worker_group",
    "log_level",
    "log_format",
    "metrics_port",
    "metrics_address",
)
def command(stages: tuple[str, ...], settings: Settings) -> None:
    """Run the pipeline until stopped: transcripts in, facts out.

    Any number of workers share the work, on one machine or on many. SIGTERM or Ctrl-C stops one
    within ten seconds; what it had not finished, another one does. When a part of a worker fails
    for good the whole of it ends with exit status 1 and says why, so that whatever runs it can
    start it again. Logs go to standard error.

    \b
    Examples:
      callfacts worker
      callfacts worker --stage segment --stage normalize
      callfacts worker --stage publish --log-level debug
    """
    from pipeline.stream.worker import run_worker

    every = _STAGES if settings.translator == "none" else (*_STAGES, _BESIDE)
    chosen = [stage for stage in (*_STAGES, _BESIDE) if stage in stages] or list(every)
    if _BESIDE in chosen:
        from pipeline.stream.translating import check_translator

        check_translator(settings)
    run_worker(settings, chosen, lambda: say(f"working: {', '.join(chosen)}"))
