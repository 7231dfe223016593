"""``callfacts settings``."""

import os
from dataclasses import fields

import click

from pipeline.cli.options import format_option
from pipeline.cli.output import complain, show
from pipeline.settings import Settings, documented, unknown_variables


@click.command(name="settings")
@format_option()
def command(output_format: str | None) -> None:
    """List all settings: variable, default, present value and meaning.

    Each is an environment variable; commands that use one take an option of the same name, which
    goes before the variable.

    \b
    Examples:
      callfacts settings
      CALLFACTS_TOPIC_PREFIX=test. callfacts settings --format jsonl
      callfacts topics diff --topic-prefix test.
    """
    settings = Settings.load()
    show(
        (
            {"variable": variable, "value": value, "default": default, "meaning": meaning}
            for (variable, default, meaning), value in zip(
                documented(),
                (str(getattr(settings, each.name)) for each in fields(Settings)),
                strict=True,
            )
        ),
        output_format=output_format,
    )
    for variable in unknown_variables(os.environ):
        complain(f"{variable} is set but is no setting; is it misspelt?")
