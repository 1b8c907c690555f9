"""Writes the table of docs/peers.md from docs/results: python docs/make_peer_table.py."""

import json
from pathlib import Path

from make_tables import BLOCK, RESULTS, megabytes, minutes

from tf_facealign.released_models import released_names

PAGE = Path(__file__).with_name("peers.md")


def peers_table() -> str:
    """A Markdown table of our models and of other methods, by their error."""
    models = {name: _released_scores(name) for name in released_names()}
    peers = {path.stem: _peer_scores(path) for path in _peers()}
    dlib = peers["dlib"]["nme"]
    rows = [
        "| method | NME | than dlib | Haar's boxes | looked at twice | MB | minutes of training |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, found in sorted((models | peers).items(), key=lambda item: item[1]["nme"]):
        low, high = found["nme_interval"]
        cells = [found["label"], f"{found['nme']:.2f} ({low:.2f} to {high:.2f})"]
        cells.append("" if name == "dlib" else f"{100 * (found['nme'] / dlib - 1):+.1f} %")
        cells += [f"{found[looks]['nme']:.2f}" for looks in ("once", "twice")]
        cells += [f"{found['megabytes']:.1f}", f"{found['minutes']:.0f}"]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _peers() -> list[Path]:
    return [path for path in (RESULTS / "peers").glob("*.json") if "_" not in path.stem]


def _released_scores(name: str) -> dict:
    *_, answer = json.loads((RESULTS / f"{name}.json").read_text())["stages"].values()
    boxes = json.loads((RESULTS / f"bench/detectors_{name}.json").read_text())["rows"]
    return answer["lfpw_test"] | {
        "label": f"**{name}**",
        "once": boxes["haar, looked at once"],
        "twice": boxes["haar"],
        "megabytes": megabytes(name),
        "minutes": minutes(name),
    }


def _peer_scores(path: Path) -> dict:
    made = json.loads(path.read_text())
    landmarks, once, twice = (
        json.loads(path.with_stem(f"{path.stem}_{boxes}").read_text())["subsets"]["lfpw_test"]
        for boxes in ("landmarks", "haar", "haar_twice")
    )
    return landmarks | {
        "label": f"[{made['system']}](results/peers/{path.name})",
        "once": once,
        "twice": twice,
        "megabytes": made["bytes"] / 1e6,
        "minutes": made["minutes"],
    }


def peers() -> str:
    """The page as it should be."""
    return BLOCK.sub(lambda _: peers_table(), PAGE.read_text("utf-8"))


if __name__ == "__main__":
    PAGE.write_text(peers(), "utf-8")
