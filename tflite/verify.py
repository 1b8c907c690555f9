"""The same as `facealign verify`."""

import sys

from tf_facealign.cli import main

if __name__ == "__main__":
    sys.exit(main(["verify", *sys.argv[1:]]))
