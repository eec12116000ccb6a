# 河洛 Heluo. `make help` lists what there is. Every slow step is done once and leaves a mark in .venv or build.

.DEFAULT_GOAL := help
.SHELLFLAGS := -eu -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PY := .venv/bin/python
BUILT := src/heluo/site/built
SOURCES := $(shell find src tools tests benchmarks -name '*.py' 2>/dev/null)
# Templates and manifests count too: the sprite holds the icons they name.
FRONTEND := $(shell find frontend -type f -not -path '*/node_modules/*' 2>/dev/null; \
	find src -name '*.html' -o -name apps.py -o -path '*/templatetags/*.py' 2>/dev/null)
TRANSLATIONS := $(shell find src -name '*.po' 2>/dev/null)
STATIC := $(shell find src -path '*/static/*' -type f -not -path '$(BUILT)/*' 2>/dev/null)

.PHONY: run test check fix bench shots docs help lock clean \
	check-format check-lint check-types check-imports check-migrations check-templates check-translations

## run      启动平台；可设 PORT、HOST、DATA / run the platform; PORT, HOST, DATA may be set
run: build/ready
	@exec .venv/bin/heluo run

## test     全部测试，含浏览器测试 / every test, browser journeys included
test: .venv/.dev build/ready build/.outside-client
	@tools/say-missing-browser
	$(PY) -m pytest -n auto --dist loadgroup

## check    格式、规则、类型、引用、迁移、模板、翻译 / format, lint, types, imports, migrations, templates, translations
check: .venv/.dev build/ready
	@$(MAKE) -j4 -k --output-sync=target check-format check-lint check-types check-imports check-migrations \
		check-templates check-translations && echo "检查通过 / all checks passed"

check-format:
	$(PY) -m ruff format --check .
check-lint:
	$(PY) -m ruff check .
check-types:
	$(PY) -m mypy
check-imports:
	.venv/bin/lint-imports
check-migrations:
	@DATA=build/check $(PY) -W ignore manage.py makemigrations --check --dry-run
check-templates:
	.venv/bin/djlint src --lint --quiet
check-translations:
	$(PY) tools/translations.py check

## fix      自动改正格式与简单问题 / correct format and simple findings
fix: .venv/.dev
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

## bench    测量性能，写入 benchmarks/results / measure, into benchmarks/results
bench: .venv/.dev build/ready
	$(PY) -m benchmarks

## shots    为每个页面截图，写入 shots / a picture of every page, into shots
shots: .venv/.dev build/ready
	$(PY) tools/shots.py

## docs     由代码生成参考文档 / generate the reference from the code
docs: .venv/.dev build/ready
	$(PY) tools/reference.py

## lock     重新锁定依赖（需要网络） / lock the dependencies anew (needs the network)
lock: .venv/.dev
	tools/lock

## clean    删除 .venv 和生成的文件，不动数据 / remove .venv and what was generated, never data
clean:
	rm -rf .venv build $(BUILT) frontend/node_modules

## help     显示这些说明 / show these lines
help:
	@sed -n 's/^## /  make /p' Makefile

# -- what the above stand on: made once, made again when their sources change ---------------------------------------

.venv/bin/python:
	@tools/make-venv

.venv/.base: requirements.lock | .venv/bin/python
	@echo "安装依赖 / installing the dependencies …"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv/.heluo: pyproject.toml .venv/.base
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.heluo
	@echo "安装开发工具 / installing the tools for tests and checks …"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

build/.outside-client: requirements-outside.lock .venv/.dev
	@mkdir -p build
	@tools/outside-client
	@touch $@

build/frontend: $(FRONTEND) requirements-node.lock .venv/.base
	@mkdir -p build
	@if [ -f frontend/package.json ]; then tools/build-frontend; fi
	@touch $@

build/translations: $(TRANSLATIONS) .venv/.heluo
	@mkdir -p build
	@if [ -f tools/translations.py ]; then echo "编译翻译 / compiling the translations …"; $(PY) tools/translations.py compile; fi
	@touch $@

build/static: build/frontend $(STATIC) .venv/.heluo
	@echo "收集静态文件 / collecting static files …"
	@rm -rf $(BUILT)/static
	@DATA=build/check $(PY) -W ignore manage.py collectstatic --noinput --verbosity 0
	@touch $@

build/ready: build/translations build/static .venv/.heluo
	@touch $@
