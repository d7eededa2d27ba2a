"""``python -m devstack``: the commands behind the Makefile."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - said in words before anything newer is read
    version = ".".join(str(part) for part in sys.version_info[:2])
    sys.exit("The portal needs Python 3.11 or newer; this is " + version + ".")

from devstack.cli import main

sys.exit(main(sys.argv[1:]))
