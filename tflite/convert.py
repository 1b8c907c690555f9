"""The same as `facealign export`."""

import sys

from tf_facealign.cli import main

if __name__ == "__main__":
    sys.exit(main(["export", *sys.argv[1:]]))
