"""The report as a page and as Markdown: every number is the report's, every name is only text."""

import html
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np
import pytest

from tf_facealign import cli
from tf_facealign.benchmark_schemes import get_scheme
from tf_facealign.data.folder import write_folder
from tf_facealign.data.synthetic_faces import synthetic_faces
from tf_facealign.errors import BadInput
from tf_facealign.evaluation.page.report_markdown import report_markdown, write_markdown
from tf_facealign.evaluation.page.report_page import report_page
from tf_facealign.evaluation.predictions import Predictions
from tf_facealign.evaluation.protocols import get_protocol
from tf_facealign.evaluation.report import Cost
from tf_facealign.evaluation.scoring import score
from tf_facealign.evaluation.tables import report_tables

SCHEME = get_scheme("ibug68")
NASTY = """</table><script>alert("1")</script> | $x^2$ & 'q' <img src=http://a.b/c.png>"""
MADE_BY = {"command": f"facealign evaluate --model {NASTY}", "commit": "abc", "versions": {"a": 1}}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update --enable-logging=stderr"
).split()


@pytest.fixture(scope="module")
def faces():
    return synthetic_faces(14, SCHEME, seed=2, size=64)


@pytest.fixture(scope="module")
def report(faces):
    """A model of two stages and another system, which lacks a face."""
    truth = np.stack([face.landmarks_px for face in faces])
    rng = np.random.default_rng(0)
    first, last, other = (truth + rng.normal(0, sigma, truth.shape) for sigma in (3, 1, 2))
    other[4] = np.nan
    costs = {"shape_0": Cost(11_562_372, 1_730_500_000), "shape_1": Cost(12_267_000, None)}
    systems = [
        Predictions("cascade", {"shape_0": first, "shape_1": last}, costs),
        Predictions(NASTY, {"shape": other}),
    ]
    return score(faces, systems, SCHEME, get_protocol("300w", SCHEME))


@pytest.fixture(scope="module")
def page(report):
    return report_page(report, MADE_BY)


class Reader(HTMLParser):
    """The text of every element, by its tag and by its class, and each tag with its attributes."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.texts, self._open = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in {"meta", "link", "image", "path", "use"}:
            self._open.append([tag, dict(attributes).get("class"), ""])

    def handle_endtag(self, tag):
        if self._open and self._open[-1][0] == tag:
            self.texts.append(self._open.pop())

    def handle_data(self, data):
        for element in self._open:
            element[2] += data

    def text_of(self, *tags):
        return [" ".join(text.split()) for tag, _, text in self.texts if tag in tags]


def tables_of(page):
    """The cells of every table of a page, row by row, without the headings of groups."""
    tables = []
    for table in re.findall(r"<table>(.*?)</table>", page, re.DOTALL):
        rows = [Reader(row).text_of("th", "td") for row in re.findall(r"<tr.*?</tr>", table, re.S)]
        groups = len(re.findall('<tr class="group">', table))
        tables.append((rows[0], [row for row in rows[1:] if len(row) > 1], groups))
    return tables


def test_every_table_is_the_reports(page, report):
    shown = tables_of(page)
    expected = report_tables(report)
    assert len(shown) == len(expected) + 2  # and the landmarks of two systems
    for (head, rows, groups), table in zip(shown, expected, strict=False):
        skip = 1 if groups else 0
        assert [_plain(row.cells[skip:]) for row in table.rows] == rows
        assert len(head) == len(table.head) - skip
        if groups:
            assert groups == len({row.cells[0] for row in table.rows})


def _plain(cells):
    return [" ".join(cell.split()) for cell in cells]


def test_every_landmark_has_its_error(page, report):
    for (_, rows, _), system in zip(tables_of(page)[-2:], report.systems, strict=True):
        assert [row[0] for row in rows] == [str(index) for index in range(68)]
        for column, stage in enumerate(system.stages.values(), start=2):
            expected = 100 * stage.landmark_errors("inter_ocular")
            found = [float(row[column]) for row in rows]
            np.testing.assert_allclose(found, expected, atol=0.00501)


def test_the_cards_are_the_scores(page, report):
    cards = re.findall(r'<dl class="cards">(.*?)</dl>', page, re.DOTALL)
    for card, system in zip(cards, report.systems, strict=True):
        all_faces = system.answer.scores["inter_ocular"]["all"]
        texts = Reader(card).text_of("dd")
        assert texts[0] == " ".join(system.name.split())
        low, high = all_faces.nme_interval
        assert texts[1:3] == [f"{all_faces.nme:.2f} %", f"{low:.2f} to {high:.2f}"]
        low, high = all_faces.failure_rate_interval
        assert texts[3:5] == [f"{all_faces.failure_rate:.2f} %", f"{low:.2f} to {high:.2f}"]
        low, high = all_faces.auc_interval
        assert texts[5:7] == [f"{all_faces.auc:.4f}", f"{low:.4f} to {high:.4f}"]
    assert "12.27 M" in Reader(cards[0]).text_of("dd")
    # The other system lacks one face of 14, so no error holds for 95 % of them.
    assert Reader(cards[1]).text_of("dd")[7] == "– %"


def test_the_worst_faces_are_named_with_their_error(page, report):
    sections = re.findall(r'<section class="worst">(.*?)</section>', page, re.DOTALL)
    for section, system in zip(sections, report.systems, strict=True):
        nme = 100 * system.answer.face_errors("inter_ocular")
        order = [index for index in np.argsort(-nme) if np.isfinite(nme[index])][:12]
        expected = [f"{nme[index]:.2f} % {report.faces[index].name}" for index in order]
        assert Reader(section).text_of("figcaption") == expected


def test_provenance_protocol_and_missing_faces_are_stated(page, report):
    text = Reader(page).text_of("body")[0]
    assert " ".join(MADE_BY["command"].split()) in text
    assert report.protocol.source in text
    assert report.systems[1].missing == ("synthetic/2/00004",)
    assert "synthetic/2/00004" in Reader(page).text_of("header")[0]


def test_a_name_is_only_text(page):
    reader = Reader(page)
    assert " ".join(NASTY.split()) in reader.text_of("h1")[0]
    assert reader.text_of("title") == reader.text_of("h1")
    assert not {"script", "img"} & {tag for tag, _ in reader.tags}


def test_the_page_needs_no_other_file(page):
    for tag, attributes in Reader(page).tags:
        for key in ("src", "href", "xlink:href", "data", "action"):
            assert attributes.get(key, "#").startswith(("#", "data:")), (tag, key)
        assert not any(key.startswith("on") for key in attributes)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
    assert "@import" not in style
    assert "url(" not in style


def test_two_pages_of_one_report_are_the_same(page, report):
    assert report_page(report, MADE_BY) == page


def test_a_system_without_any_prediction_is_a_page_too(faces):
    nothing = np.full((len(faces), 68, 2), np.nan)
    page = report_page(score(faces, [Predictions("blind", {"shape": nothing})], SCHEME), {})
    assert "No face has a prediction." in page
    assert not re.search(r"\b(nan|inf)\b", Reader(page).text_of("main")[0])


def test_perfect_predictions_are_a_page_too(faces):
    truth = np.stack([face.landmarks_px for face in faces])
    assert "0.00 %" in report_page(score(faces, [Predictions("oracle", {"s": truth})], SCHEME), {})


def test_markdown_has_the_same_tables(report):
    text = report_markdown(report, MADE_BY)
    blocks = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    for block, table in zip(blocks, report_tables(report), strict=True):
        head, rule, *rows = [
            [html.unescape(cell.replace("\\|", "|")) for cell in re.split(r" ?(?<!\\)\| ?", line)]
            for line in block.splitlines()
        ]
        assert head[1:-1] == _plain(table.head)
        assert set(rule[1:-1]) == {"---"}
        assert [row[1:-1] for row in rows] == [_plain(row.cells) for row in table.rows]
    assert "<script" not in text
    assert report.protocol.source in text


def test_markdown_that_cannot_be_written_is_bad_input(report, tmp_path):
    with pytest.raises(BadInput, match=re.escape(str(tmp_path))):
        write_markdown(tmp_path, report)


def test_the_command_writes_both(faces, tmp_path):
    write_folder(tmp_path / "faces", faces[:3])
    names = sorted(str(p.relative_to(tmp_path / "faces")) for p in tmp_path.glob("faces/**/*.png"))
    points = {name: [[float(n), float(n)] for n in range(68)] for name in names}
    (tmp_path / "points.json").write_text(json.dumps({"system": "diagonal", "faces": points}))
    out = [tmp_path / "out" / "report.html", tmp_path / "out" / "report.md"]
    arguments = ["--dataset", "folder", "--root", str(tmp_path / "faces")]
    arguments += ["--predictions", str(tmp_path / "points.json")]
    arguments += ["--html", str(out[0]), "--markdown", str(out[1])]
    assert cli.main(["evaluate", *arguments]) == 0
    assert "<h1>diagonal on folder</h1>" in out[0].read_text("utf-8")
    assert out[1].read_text("utf-8").startswith("# diagonal on folder\n")


def browse(path, picture):
    """Open a page in Chromium, as a picture; the errors its console shows."""
    folder = Path(picture).with_suffix(".profile")
    options = [f"--user-data-dir={folder}", "--window-size=1280,6000", f"--screenshot={picture}"]
    done = subprocess.run(
        [CHROMIUM, *FLAGS, *options, path.as_uri()], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return [line for line in done.stderr.splitlines() if "CONSOLE" in line]


@pytest.mark.skipif(not CHROMIUM, reason="there is no chromium on the PATH")
def test_the_page_opens_in_chromium(page, tmp_path):
    path, picture = tmp_path / "report.html", tmp_path / "report.png"
    path.write_text(page, "utf-8")
    assert browse(path, picture) == []
    pixels = cv2.imread(str(picture))
    assert pixels.shape == (6000, 1280, 3)
    assert 0.02 < (pixels != pixels[0, 0]).any(2).mean() < 0.9  # neither blank nor full
    blue = np.abs(pixels.astype(int) - [0xB2, 0x72, 0x00]).max(2) < 8  # the first curve's
    assert blue.sum() > 300


@pytest.mark.skipif(not CHROMIUM, reason="there is no chromium on the PATH")
def test_chromium_tells_of_an_error(tmp_path):
    path = tmp_path / "faulty.html"
    path.write_text("<script>no_such_function()</script>")
    assert len(browse(path, tmp_path / "faulty.png")) == 1
