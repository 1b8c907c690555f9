# Everything runs in .venv, which `make venv` builds from setup.cfg; pip's own settings (PIP_INDEX_URL and so on)
# are taken from the environment.

PYTHON ?= python3
BIN := .venv/bin
FACEALIGN := $(BIN)/facealign
QUICKSTART := runs/quickstart
# EXTRAS=dev,backends also tests training on JAX and PyTorch.
EXTRAS ?= dev

.PHONY: venv test lint android android-api android-bench quickstart bench

venv: .venv/installed

.venv/installed: setup.cfg pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --editable '.[$(EXTRAS)]'
	touch $@

# A file's tests stay in one process, which so trains and converts their shared models once.
test: venv
	$(BIN)/pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile

lint: venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Needs Java 17 and Maven; all else comes from Maven Central. The sample's APK is made where there are tools of Debian
# and D8, which only some of Maven's repositories have.
ANDROID := mvn --quiet --batch-mode --file tflite/android/pom.xml
APK := --activate-profiles apk
# It runs the released files; before `make venv` their test is skipped.
LITERT ?= $(if $(wildcard .venv/installed),$(shell $(BIN)/python -c \
	"import sysconfig; print(sysconfig.get_path('platlib'))")/ai_edge_litert/libLiteRt.so)
VERIFY = $(ANDROID) clean verify -Dfacealign.litert="$(LITERT)"

android:
	@if type aapt aapt2 zipalign apksigner >/dev/null 2>&1 && $(ANDROID) --projects sample $(APK) dependency:copy@d8 >/dev/null; \
	then $(VERIFY) $(APK); \
	else echo "The sample's APK is left out: it needs Debian's aapt zipalign apksigner, and D8" >&2; $(VERIFY); fi

android-api:
	$(ANDROID) clean test -Dtest=ApiTest -Dsurefire.failIfNoSpecifiedTests=false -Dfacealign.api=write

android-bench:
	mkdir -p docs/results/android
	$(ANDROID) --projects facealign-core --activate-profiles bench -DskipTests \
		-Djmh.result=$(CURDIR)/docs/results/android/jmh.json test

# Against albumentations, imgaug and PyTorch; with FACEALIGN_DATA, on 300-W as well.
bench: .venv/bench/installed
	.venv/bench/bin/python benchmarks/augmentation.py --json docs/results/bench/augmentation.json
	.venv/bench/bin/python benchmarks/input_pipeline.py --json docs/results/bench/input_pipeline.json
	.venv/bench/bin/python -m benchmarks.runtimes --json docs/results/tflite/runtimes_full.json
	.venv/bench/bin/python -m benchmarks.runtimes --width 0.25 --json docs/results/tflite/runtimes_quarter.json
	.venv/bench/bin/python benchmarks/training_step.py --json docs/results/bench/training_step.json

.venv/bench/installed: setup.cfg pyproject.toml
	$(PYTHON) -m venv .venv/bench
	.venv/bench/bin/pip install --editable '.[bench]'
	touch $@

quickstart: venv
	$(FACEALIGN) train --config configs/quickstart.yaml --workdir $(QUICKSTART) --resume
	$(FACEALIGN) evaluate --model $(QUICKSTART)/best.keras --dataset synthetic
	$(FACEALIGN) export --model $(QUICKSTART)/best.keras --output $(QUICKSTART)/quickstart.tflite
	$(FACEALIGN) synthesize --count 6 --seed 7 --output $(QUICKSTART)/faces
	$(FACEALIGN) predict --model $(QUICKSTART)/quickstart.tflite $(QUICKSTART)/faces \
		--boxes $(QUICKSTART)/faces/boxes.json \
		--json $(QUICKSTART)/landmarks.json --draw $(QUICKSTART)/drawn
	@echo "The landmarks are drawn in $(QUICKSTART)/drawn"
