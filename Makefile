# The commands a person needs. Each builds on `install`, which acts only when the lock or the project's own description changed.
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
IN := .venv/bin
LOCK := requirements.lock

.PHONY: install run desk test mutation bench docs site lock
.DEFAULT_GOAL := install

install: .venv/.project-installed  ## the environment, from the hashed lock, and nothing else

run: install  ## an invented authority, from its files to signed figures
	$(IN)/countermark demo --home demo/home

desk: install demo/desk/.made  ## the desk on an invented authority, with a month's work waiting
	$(IN)/countermark serve --demo --home demo/desk/home

demo/desk/.made:
	rm -rf demo/desk
	$(IN)/countermark demo --home demo/desk/home --scale 0.5 --history 14 --desk
	@touch $@

test: install  ## every check there is
	$(IN)/python tools/check.py

mutation: install  ## definitions altered in one place at a time: what would the examples not notice? Some minutes
	$(IN)/python -m tools.mutation --jobs 2 --write

bench: install  ## seconds and memory per layer beside a floor, then pages under fifty people
	$(IN)/python -m bench
	$(IN)/python -m bench.linear
	$(IN)/python -m bench.many
	$(IN)/python -m bench.bridges
	$(IN)/python -m bench.pairs
	$(IN)/python -m bench.comparison
	$(IN)/python -m bench.census
	$(IN)/python -m bench.looked_after
	$(IN)/python -m bench.pages

docs: install  ## the pages that are made from definitions
	$(IN)/python tools/build_docs.py

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed. On Debian or Ubuntu: sudo apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "This Python cannot make an environment. On Debian or Ubuntu: sudo apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.lock-installed: $(LOCK) | .venv/bin/python
	@$(IN)/python -m pip --version >/dev/null 2>&1 || $(IN)/python -m ensurepip
	$(IN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)
	@touch $@

.venv/.project-installed: pyproject.toml .venv/.lock-installed
	$(IN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

site: install  ## the documentation as a static site in build/site
	$(IN)/python tools/site.py

# Made for every platform at once; nothing in it says where packages come from.
lock:
	@command -v uv >/dev/null || { echo "Writing the lock needs uv (any recent version)."; exit 1; }
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras \
		--extra dev --extra postgresql --output-file $(LOCK) pyproject.toml
	@! grep -nE '://|--(extra-)?index|--find-links' $(LOCK) || { echo "The lock names a host."; exit 1; }
