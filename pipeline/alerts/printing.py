"""Alerts on standard output: a line each, or JSON; what a terminal would act on is written out."""

import sys

from pipeline.readable import readable
from schemas import Alert


class Printer:
    """Prints one alert after the other, as JSON lines or for people."""

    name = "standard output"
    kind = "stdout"

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json

    def send(self, alert_id: str, body: bytes) -> None:  # noqa: ARG002
        """Print an alert; ``BrokenPipeError`` where nobody reads any more."""
        line = escaped(body) if self._as_json else line_of(Alert.model_validate_json(body)).encode()
        sys.stdout.buffer.write(line + b"\n")
        sys.stdout.buffer.flush()


def line_of(alert: Alert) -> str:
    """Write an alert in one line."""
    mark = "!" if alert.status == "fired" else "-"
    line = f"{mark} {alert.at:%Y-%m-%d %H:%M:%S}Z  {alert.text}  [{alert.alert_id}]"
    return readable(" ".join(line.split("\n")))


def escaped(body: bytes) -> bytes:
    r"""Write JSON so that neither a terminal nor a page acts on the texts in it; the same value.

    >>> escaped('{"text": "<b>\x9b2J"}'.encode())
    b'{"text": "\\u003cb\\u003e\\u009b2J"}'
    """
    text = readable(body.decode())
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text.encode()
