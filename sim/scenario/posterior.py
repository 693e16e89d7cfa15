"""The posterior: the sample that parameters may be drawn from, and a replicate's draw of it.

`parameters = "posterior"` in a file means the sample `posterior.parquet` beside it, else the
shipped one: a column a parameter, a row a joint draw, all rows equally likely. A scenario keeps
the sample's digest and the names it takes from it; a parameter set in a later layer is no longer
drawn.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from math import isfinite
from pathlib import Path
from statistics import median

from sim.core.diagnostics import Diagnostic, Origin, did_you_mean, shorten
from sim.core.parameters import PARAMETER_TABLE
from sim.core.shipped import shipped
from sim.scenario.describe import parameter_key
from sim.scenario.tree import Findings, Leaf, Table

FILE = "posterior.parquet"
SAID = "posterior"
WRITTEN = re.compile(rf"^\[{SAID}\]\n(?:(?!\[).*\n)*", re.MULTILINE)
LARGEST_SAMPLE = 64_000_000
DIGEST_LENGTH = 16


@dataclass(frozen=True, eq=False)
class Sample:
    """Joint draws of parameters: digest of the file, names, one row of values a draw."""

    digest: str
    names: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]

    def draw(self, seed: int, replicate: int) -> dict[str, float]:
        """Return the row of one replicate; the same in any process and beside any scenario."""
        # Streams bring numpy with them, which a scenario's checks can do without.
        from sim.core.streams import Streams

        uniform = Streams(seed, replicate).uniform(SAID, "row", 0)
        return dict(zip(self.names, self.rows[int(uniform * len(self.rows))], strict=True))

    def medians(self) -> dict[str, float]:
        """Return the middle of each parameter's draws."""
        middle = map(median, zip(*self.rows, strict=True))
        return dict(zip(self.names, middle, strict=True))


def expand(
    layer: Table, folder: Path | None, findings: Findings, samples: dict[str, Sample]
) -> Table:
    """Return a layer in which `parameters = "posterior"` is written out, and keep its sample.

    Parameters become the sample's medians, and `[posterior]` says what is drawn instead. Without
    a sample the layer stays as it is and the error joins the findings.
    """
    said = layer.entries.get("parameters")
    if isinstance(said, Leaf) and said.value == SAID:
        sample = _look_up("", folder, said.origin, findings)
        if sample is None:
            rest = {key: node for key, node in layer.entries.items() if key != "parameters"}
            return Table(rest, layer.key, layer.origin)
        samples[sample.digest] = sample
        return _written_out(layer, said, sample)
    written = layer.entries.get(SAID)
    digest = written.entries.get("sample") if isinstance(written, Table) else None
    if isinstance(digest, Leaf) and isinstance(digest.value, str):
        sample = _look_up(digest.value, folder, digest.origin, findings)
        if sample is not None:
            samples[sample.digest] = sample
    return layer


def without_draws(text: str) -> str:
    """Return a scenario as `to_toml` wrote it without its draws, at the medians of the sample.

    What the scenario is can so be read where the sample is not.
    """
    return WRITTEN.sub("", text)


def still_drawn(tree: Table, layers: Iterable[Table]) -> Table:
    """Return the merged tree without draws of what a later layer than the posterior's sets."""
    drawn: tuple[str, ...] = ()
    for layer in layers:
        posterior, written = layer.entries.get(SAID), layer.entries.get("parameters")
        listed = posterior.entries.get("draws") if isinstance(posterior, Table) else None
        if isinstance(listed, Leaf) and isinstance(listed.value, list | tuple):
            drawn = tuple(listed.value)
        elif isinstance(written, Table):
            drawn = tuple(name for name in drawn if name not in written.entries)
    posterior = tree.entries.get(SAID)
    listed = posterior.entries.get("draws") if isinstance(posterior, Table) else None
    if not isinstance(posterior, Table) or not isinstance(listed, Leaf):
        return tree
    kept = Leaf(list(drawn), listed.key, listed.origin)
    below = Table({**posterior.entries, "draws": kept}, posterior.key, posterior.origin)
    return Table({**tree.entries, SAID: below}, tree.key, tree.origin)


def not_in_sample(
    draws: Iterable[str], sample: Sample, origin: Origin | None
) -> Iterator[Diagnostic]:
    """Yield an error for each name that is to be drawn and that the sample does not hold."""
    for name in draws:
        if name not in sample.names:
            message = f"the sample {sample.digest} holds no draws of `{shorten(name)}`"
            hint = did_you_mean(name, sample.names)
            yield Diagnostic(
                "no-such", message, origin, "posterior.draws", tuple(sample.names), hint
            )


def _written_out(layer: Table, said: Leaf, sample: Sample) -> Table:
    def leaf(value: object) -> Leaf:
        return Leaf(value, said.key, said.origin)

    values = {name: leaf(value) for name, value in sample.medians().items()}
    posterior = {"sample": leaf(sample.digest), "draws": leaf(list(sample.names))}
    entries = {
        **layer.entries,
        "parameters": Table(values, said.key, said.origin),
        SAID: Table(posterior, said.key, said.origin),
    }
    return Table(entries, layer.key, layer.origin, layer.remove, layer.reset)


def _look_up(digest: str, folder: Path | None, origin: Origin, findings: Findings) -> Sample | None:
    """Return the sample beside a file, else the shipped one; of a digest, the one that has it."""
    places = [*([folder / FILE] if folder is not None else []), shipped("seeds") / FILE]
    found: list[Sample] = []
    for place in places:
        if place.is_file():
            sample = _read(place, origin, findings)
            if sample is None:
                return None
            if digest in ("", sample.digest):
                return sample
            found.append(sample)
    findings.errors.append(_none(digest, found, origin))
    return None


def _none(digest: str, found: list[Sample], origin: Origin) -> Diagnostic:
    where = f"no `{FILE}` lies beside the file or among what is shipped"
    message = f'`parameters = "{SAID}"` draws from a calibrated sample: {where}'
    if digest:
        others = ", ".join(sample.digest for sample in found)
        message = f"no sample has the digest `{shorten(digest, 40)}`: "
        message += f"there is {others}" if found else where
    return Diagnostic(
        "no-posterior",
        message,
        origin,
        "parameters",
        help="leave the line out for the hand-set values, or give numbers in [parameters]",
    )


def _read(path: Path, origin: Origin, findings: Findings) -> Sample | None:
    """Read a sample; what is wrong with it joins the findings."""
    # Parquet is read only where a scenario draws from a posterior.
    import polars as pl

    try:
        if path.stat().st_size > LARGEST_SAMPLE:
            raise ValueError(f"it is larger than {LARGEST_SAMPLE:,} bytes")
        raw = path.read_bytes()
        frame = pl.read_parquet(BytesIO(raw))
        sample = _checked(frame.to_dict(as_series=False), raw)
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        message = f"the sample `{path}` cannot be used: {shorten(str(error), 300)}"
        findings.errors.append(Diagnostic("no-posterior", message, origin, "parameters"))
        return None
    return sample


def _checked(columns: Mapping[str, list[float]], raw: bytes) -> Sample:
    """Return a sample of known parameters with physical values; raises ValueError for another."""
    for name in columns:
        if name not in PARAMETER_TABLE:
            hint = did_you_mean(name, PARAMETER_TABLE)
            raise ValueError(f"its column `{name}` is no parameter; {hint}".rstrip("; "))
    rows = tuple(zip(*columns.values(), strict=True))
    if not rows:
        raise ValueError("it holds no draws")
    for name, column in columns.items():
        allowed = parameter_key(PARAMETER_TABLE[name]).range
        for value in column:
            if not (isinstance(value, float) and isfinite(value) and allowed.holds(value)):
                raise ValueError(f"its column `{name}` holds {value}; {allowed} is possible")
    return Sample(sha256(raw).hexdigest()[:DIGEST_LENGTH], tuple(columns), rows)
