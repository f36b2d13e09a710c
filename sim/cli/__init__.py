"""What does the user type? The command `sim`: parse, call one function, print.

Heavy modules are imported inside the commands, so that help and errors answer at once; the commands
themselves are imported inside :func:`main`, so that Ctrl-C is answered well from the start.
"""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    try:
        from sim.cli.commands import app  # noqa: PLC0415

        app()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
