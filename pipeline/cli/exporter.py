"""``callfacts exporter``."""

import signal
import threading

import click

from pipeline.cli.options import with_settings
from pipeline.cli.output import say
from pipeline.settings import Settings


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=9308,
    show_default=True,
    help="Port to serve /metrics and /healthz at; 0 takes any free one.",
)
@click.option(
    "--address",
    default="127.0.0.1",
    show_default=True,
    help="Address of that port; the default is loopback only.",
)
@click.option(
    "--interval",
    type=click.FloatRange(min=0.5),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="Seconds from one look at the cluster to the next.",
)
@click.option("--all-groups", is_flag=True, help="Also groups of others that read these topics.")
@with_settings("bootstrap_servers", "topic_prefix", "worker_group", "log_level", "log_format")
def command(port: int, address: str, interval: float, all_groups: bool, settings: Settings) -> None:
    """Serve the lag to Prometheus, until stopped.

    Metrics are listed in docs/metrics.md: those of kafka-lag-exporter by their own names, so that
    dashboards know them, and callfacts_* beside them. Between two looks the last one is served.
    /healthz answers 503 while the cluster cannot be seen.

    \b
    Examples:
      callfacts exporter
      callfacts exporter --port 9400 --interval 5 --all-groups
      curl -s 127.0.0.1:9308/metrics | grep verdict
    """
    from prometheus_client import CollectorRegistry, generate_latest

    from pipeline.lag.report import Watch
    from pipeline.metrics.exporter import LagCollector
    from pipeline.metrics.http import Answer, listen, serve
    from pipeline.stream.logs import configure

    configure(settings, "exporter")
    collector = LagCollector(Watch(settings, subscribers=all_groups), interval)
    registry = CollectorRegistry()
    registry.register(collector)

    def health() -> Answer:
        if collector.seeing:
            return Answer(200, b"sees the cluster\n", "text/plain")
        return Answer(503, b"the cluster cannot be seen; the log says why\n", "text/plain")

    opened = listen(address, port)
    routes = {"/metrics": lambda: Answer(200, generate_latest(registry)), "/healthz": health}
    server = serve(opened, routes)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: collector.stop())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    say(f"serving http://{address}:{opened.getsockname()[1]}/metrics")
    collector.run()
    server.shutdown()
    server.server_close()
