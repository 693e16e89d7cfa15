"""`llmsim report`: a finished run, a comparison or a sweep as one HTML file."""

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
    """Write the report of RUN, a folder that `llmsim run`, `compare` or `sweep` wrote.

    A sweep need not be finished; the report says what is left.
    """
    from sim.experiments.comparison import is_comparison, read_comparison
    from sim.experiments.stored_sweep import Sweep
    from sim.experiments.sweep_folder import is_sweep
    from sim.results.store import REPORT, read_run
    from sim.views.report import write_report

    target = output or run / REPORT
    if is_comparison(run):
        from sim.views.comparison_page import write_comparison_page

        write_comparison_page(read_comparison(run), target)
    elif is_sweep(run):
        from sim.views.sweep_page import write_sweep_page

        write_sweep_page(Sweep.open(run), target)
    else:
        write_report(read_run(run), target)
    click.echo(f"Wrote {target}")
    if is_sweep(run):
        print_next(f"llmsim runs {run}", "its runs, to filter and look at")
    else:
        print_next("llmsim runs", "all finished runs")
