"""``make bench``: run every measurement, or the named ones with their options.

make bench ARGS=business_time
make bench ARGS="pages sweeping write_up --sizes 10000,100000"
"""

import runpy
import sys
from pathlib import Path


def main(words: list[str]) -> None:
    """Run the measurements of this folder, in the order of their names unless some are named."""
    begins = next((at for at, word in enumerate(words) if word.startswith("-")), len(words))
    names, options = words[:begins], words[begins:]
    known = sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"no measurement is named {', '.join(unknown)}; there are: {', '.join(known)}")
    for name in names or known:
        print(f"\n== {name}", flush=True)
        sys.argv = [f"bench/{name}.py", *options]
        runpy.run_module(f"bench.{name}", run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
