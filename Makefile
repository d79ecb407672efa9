# Two commands: `make run` and `make test`. The work is done by scripts/; see scripts/environment.sh for what
# CARGO_TARGET_DIR, COUNCIL_MODELS_DIR and FEATURES do.

SHELL := /bin/bash
.DEFAULT_GOAL := help
CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/council
export CARGO_TARGET_DIR ?= $(CACHE)/target
# Cargo features of the binary: cuda, metal, rocm, vulkan. Unset: cuda where its compiler is installed.
ifdef FEATURES
export FEATURES
endif

.PHONY: help run build deb test check tidy fmt

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 14

run: ## install what is missing, build, fetch the default model, serve; ARGS="--port 9001" goes to the server
	@scripts/run.sh $(ARGS)

build: ## the release binary, at $CARGO_TARGET_DIR/release/council
	@scripts/build.sh

deb: ## a Debian package in dist/, for every processor with AVX2; CPU=native for this one alone
	@scripts/deb.sh

test: ## everything: formatting, lints, licences, all tests
	@scripts/test.sh

check: ## the quick part, without llama.cpp: formatting, lints, tests of the Rust crates
	@cargo fmt --all --check
	@cargo clippy --release --workspace --no-default-features --all-targets -- -D warnings
	@cargo test --release --workspace --no-default-features --lib --bins --test it

tidy: ## crate edges, file headers and sizes
	@cargo xtask tidy

fmt: ## format all Rust code
	@cargo fmt --all
