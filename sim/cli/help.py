"""How does `--help` read? Text as wide as the terminal, no types but choices, lines to type below."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

FORMER = {"--max-runs": "--max-replications"}
"""Options that had another name, which is still understood."""


class _Plain:
    """What the help of a command and that of a family have in common."""

    help: str | None
    epilog: str | None

    def get_params(self, ctx: Any) -> Any:
        """Parameters: flags take no value, and an argument's name says what it takes; neither has a type."""
        params = super().get_params(ctx)  # type: ignore[misc]
        for param in params:
            if isinstance(param, TyperOption) and param.is_flag and param.metavar is None:
                param.metavar = ""
            elif isinstance(param, TyperArgument):
                param.display_type_rich = _no_type  # type: ignore[method-assign]
        return params

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Show paragraphs filled, and the epilog line by line, that its lines can be copied."""
        handles_errors, epilog = self.help, self.epilog
        paragraphs = (handles_errors or "").split("\n\n")
        self.help, self.epilog = "\n\n".join(" ".join(each.split()) for each in paragraphs), None
        try:
            super().format_help(ctx, formatter)  # type: ignore[misc]
        finally:
            self.help, self.epilog = handles_errors, epilog
        if epilog:
            typer.echo("\n".join(f" {line}" for line in epilog.splitlines()) + "\n")


class Command(_Plain, TyperCommand):
    """A command whose help is plain."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read arguments, options by former names among them."""
        found: list[str] = super().parse_args(ctx, [_renamed(arg) for arg in args])
        return found


class Family(_Plain, TyperGroup):
    """A family of commands whose help is plain."""


def examples(*lines: str) -> str:
    """Epilog of a help that shows *lines* to type."""
    return "\n".join([f"Example{'s' if len(lines) > 1 else ''}:", *(f"  {line}" for line in lines)])


def _no_type(ctx: Any) -> None:
    """Type that the help of an argument shows."""


def _renamed(arg: str) -> str:
    name, equals, value = arg.partition("=")
    return FORMER.get(name, name) + equals + value
