"""`llmsim completion`: a script that makes a shell complete commands, scenarios and keys."""

from collections.abc import Iterable, Iterator

import click
from click.shell_completion import CompletionItem, get_completion_class

from sim.cli.output import print_json

SHELLS = ("bash", "zsh", "fish")
PROGRAM = "llmsim"
VARIABLE = "_LLMSIM_COMPLETE"
INSTALL = {
    "bash": 'eval "$(llmsim completion bash)"   in ~/.bashrc',
    "zsh": 'eval "$(llmsim completion zsh)"   in ~/.zshrc, after compinit',
    "fish": "llmsim completion fish > ~/.config/fish/completions/llmsim.fish",
}


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def completion(ctx: click.Context, shell: str, as_json: bool) -> None:
    """Print the script that makes SHELL complete commands, options, scenarios and keys.

    \b
    bash  eval "$(llmsim completion bash)"   in ~/.bashrc
    zsh   eval "$(llmsim completion zsh)"    in ~/.zshrc, after compinit
    fish  llmsim completion fish > ~/.config/fish/completions/llmsim.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None  # click ships these three
    script = kind(ctx.find_root().command, {}, PROGRAM, VARIABLE).source()
    if as_json:
        print_json({"shell": shell, "script": script})
        return
    click.echo(script)
    click.echo(f"Next: {INSTALL[shell]}", err=True)


def complete_scenario(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete a scenario: the shipped names, and files."""
    del ctx, param
    from sim.scenario.layers import shipped_files

    names = [name for name in shipped_files() if name.startswith(incomplete)]
    return [*map(CompletionItem, names), CompletionItem(incomplete, type="file")]


def complete_key(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete a dotted key; a setting `key=value` is completed up to its equals sign."""
    del ctx
    if "=" in incomplete:
        return []
    from sim.scenario import Scenario

    end = "=" if param.param_type_name == "option" else ""
    scenario = Scenario.load("baseline")
    keys = dict.fromkeys(scenario.flat())
    if incomplete.startswith("firms."):
        keys |= dict.fromkeys(_decisions(scenario.firms))
    return [CompletionItem(f"{key}{end}") for key in keys if key.startswith(incomplete)]


def _decisions(firms: Iterable[str]) -> Iterator[str]:
    """Yield the keys with which a scenario chooses and sets strategies."""
    from sim.strategies.describe import settings
    from sim.strategies.registry import DEFAULTS

    offered = {block: ("strategy", *settings(block)) for block in DEFAULTS}
    for firm in firms:
        for block, keys in offered.items():
            yield from (f"firms.{firm}.{block}.{key}" for key in keys)
