"""``python -m policydsl`` is ``policydsl``."""

import sys

from policydsl.cli import main

if __name__ == "__main__":
    sys.exit(main())
