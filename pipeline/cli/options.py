"""Options that several commands share."""

from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from typing import Any, TypeVar

import click

Function = TypeVar("Function", bound=Callable[..., Any])


def with_settings(*names: str, short: str = "") -> Callable[[Function], Function]:
    """Give a command its ``settings`` and, for the named ones, options that go before variables.

    The command takes a keyword argument ``settings: Settings``. Names that begin with ``short``
    have an option without that beginning too.
    """
    # Not at the top: commands without settings would wait for them too.
    from pipeline.settings import Settings, option_of, variable_of

    meanings = {each.name: str(each.metadata["meaning"]) for each in fields(Settings)}

    def decorate(function: Function) -> Function:
        @wraps(function)
        def called(*arguments: Any, **options: Any) -> Any:
            chosen = {name: options.pop(name) for name in names}
            return function(*arguments, settings=Settings.load(**chosen), **options)

        decorated: Any = called
        for name in reversed(names):
            shown = f"{meanings[name]}  [{variable_of(name)}]"
            spelled = [option_of(name)]
            if short and name.startswith(short):
                spelled.insert(0, option_of(name.removeprefix(short)))
            decorated = click.option(*spelled, name, metavar="VALUE", help=shown)(decorated)
        return decorated  # type: ignore[no-any-return]

    return decorate


def format_option(*formats: str) -> Callable[[Function], Function]:
    """Give a command the option ``--format``, passed on as ``output_format``; None if left out."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(formats or ("table", "jsonl")),
        help="How to print the data; left out: a table on a terminal, else JSON lines.",
    )
