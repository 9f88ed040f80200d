# `make book` and `make test` set up what they need and do the rest. See README.md.
SHELL := /bin/sh
PYTHON ?= python3
RUN := .venv/bin/python
export PYTHONDONTWRITEBYTECODE :=
# whatever the language of the machine
export PYTHONUTF8 := 1

.PHONY: book html pdf figures check test serve bench stress data references accept redline release lock clean setup setup-test

book html pdf check: setup  ## make an edition, or only check data and prose
	@$(RUN) -m lifeline.press $@

figures: setup  ## draw every figure and table, or those that ONLY names
	@$(RUN) -m lifeline.press $@ $(ONLY)

test: setup-test  ## run every test
	@$(RUN) -m pytest

serve: html  ## read the HTML edition at http://localhost:8000
	@$(RUN) -m http.server 8000 --bind 127.0.0.1 --directory _build/html

bench: setup  ## time the build, as ratios
	@$(RUN) -m lifeline.press.bench

stress: setup-test  ## try to break data, builds and code; takes hours
	@PYTHONPATH=tests $(RUN) -m stress $(CAMPAIGNS)

data: setup  ## build the derived tables of data/ again
	@for each in exchange_rates checks agreement; do $(RUN) data/builders/$$each.py || exit 1; done

references: setup  ## write the entries of references.bib that come from data/documents.csv
	@$(RUN) -m lifeline.press.references

accept: figures  ## keep the value of every finding and the look of every figure as they are now
	@$(RUN) -m lifeline.press.redline --accept
	@$(RUN) -m lifeline.press.looks

redline: setup  ## print every number that changed since the last version, or since SINCE
	@$(RUN) -m lifeline.press.redline --since "$(SINCE)"

release: book redline  ## put what a version hands out into _build/release, with checksums
	@$(RUN) -m lifeline.press.release

lock: setup  ## make the locked requirements again from the .in files
	@$(RUN) -m uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --custom-compile-command "make lock" -o requirements.txt requirements.in
	@$(RUN) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --custom-compile-command "make lock" -c requirements.txt -o requirements-test.txt requirements-test.in

clean:  ## remove everything that was built, the execution cache too
	@rm -rf _build

setup:
	@$(PYTHON) lifeline/press/setup.py

setup-test:
	@$(PYTHON) lifeline/press/setup.py test
