"""`llmsim report`: a finished run, or a comparison, as one HTML file."""

from pathlib import Path

import click

from sim.cli.output import print_next


@click.command()
@click.argument("run", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False),
    help="File to write.  [default: RUN/report.html]",
)  # fmt: skip
def report(run: Path, output: Path | None) -> None:
    """Write the report of RUN, a folder that `llmsim run` or `llmsim compare` wrote."""
    from sim.experiments.comparison import is_comparison, read_comparison
    from sim.results.store import REPORT, read_run
    from sim.views.report import write_report

    target = output or run / REPORT
    if is_comparison(run):
        from sim.views.comparison_page import write_comparison_page

        write_comparison_page(read_comparison(run), target)
    else:
        write_report(read_run(run), target)
    click.echo(f"Wrote {target}")
    print_next("llmsim runs", "all finished runs")
