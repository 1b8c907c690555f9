"""The same as `facealign benchmark`: what models cost on this machine, or on a phone."""

import sys

from tf_facealign.cli import main

if __name__ == "__main__":
    sys.exit(main(["benchmark", *sys.argv[1:]]))
