"""Train a model: the same as `facealign train`, for a checkout that is not installed."""

import sys

from tf_facealign.cli import main

if __name__ == "__main__":
    sys.exit(main(["train", *sys.argv[1:]]))
