"""Print the two commands under "Try it" in a README, one a line, so that CI runs what it says."""

import re
import sys
from pathlib import Path


def commands(readme: str) -> list[str]:
    """Return the one-line `sh` blocks of the section "Try it"; there must be two."""
    section = re.split(r"^## ", readme.partition("\n## Try it\n")[2], flags=re.MULTILINE)[0]
    blocks: list[str] = re.findall(r"^```sh\n(.*?)\n```$", section, re.MULTILINE | re.DOTALL)
    if len(blocks) != 2 or any("\n" in block for block in blocks):
        raise SystemExit(f'"Try it" must hold two blocks of one line, found {blocks}')
    return blocks


if __name__ == "__main__":
    print("\n".join(commands(Path(sys.argv[1]).read_text(encoding="utf-8"))))
