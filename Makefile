# The commands of the portal. All set-up happens by itself; see README.md.
.PHONY: run test lint format bench trial lock sbom clean
.DEFAULT_GOAL := run
PYTHON := .venv/bin/python
export PORT

run:
	@sh .ci/setup run
	@exec $(PYTHON) -m hmis_portal.dev_services.run

test:
	@sh .ci/setup test
	@exec sh .ci/tests

lint:
	@sh .ci/setup test
	@$(PYTHON) -m hmis_portal.dev_services exec --scratch -- sh .ci/checks

format:
	@sh .ci/setup run
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

bench:
	@sh .ci/setup run
	@$(PYTHON) -m hmis_portal.dev_services exec --data bench --empty -- \
	  sh -c '$(PYTHON) manage.py migrate --verbosity 0 && exec $(PYTHON) manage.py bench'

trial:
	@sh .ci/setup test
	@exec timeout --signal INT 2400 $(PYTHON) -m pytest -m fault --rounds=full

lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --extra local --extra dev --extra s3 \
	  --generate-hashes --no-header --no-emit-index-url --quiet --upgrade --output-file requirements.lock
	uv pip compile pyproject.toml --universal --python-version 3.11 --extra s3 --extra pkcs11 --constraint requirements.lock \
	  --generate-hashes --no-header --no-emit-index-url --quiet --upgrade --output-file requirements-production.lock

sbom:
	@sh .ci/setup run
	@$(PYTHON) -W ignore -m cyclonedx_py requirements --pyproject pyproject.toml --output-reproducible --validate \
	  --output-file var/sbom.json requirements-production.lock
	@echo "Written to var/sbom.json (CycloneDX)"

clean:
	@sh .ci/setup clean
