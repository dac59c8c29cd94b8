# Recipes for people. What a machine runs is .ci/run, which stands alone.

set shell := ["bash", "-euo", "pipefail", "-c"]

# Lists the recipes.
default:
    @just --list --unsorted

# Formats, lints and tests: run it before a commit.
check: fmt-check clippy test

# Fails where rustfmt would change something.
fmt-check:
    cargo fmt --check

# All lints, warnings denied.
clippy:
    cargo clippy --all-targets --locked -- -D warnings

# All tests.
test:
    cargo test --locked

# The tests whose name holds NAME (`just it tidy`, `just it golden`).
it NAME:
    cargo test --locked --test it -- {{ NAME }}

# Starts the Kafka of the tests on port 9092 and leaves it running, so that no test run starts one.
up:
    tests/kafka/up developer

# Ends what `just up` started.
down:
    tests/kafka/up down

# Rewrites what is generated or expected: golden files, scenarios, examples, documents. Review the diff.
bless:
    TENURE_BLESS=1 cargo test --locked --test it
    git diff --stat

# Benchmarks; pass a filter to run a few (`just bench parse`).
bench FILTER="":
    cargo bench --locked -- {{ FILTER }}

# Fuzzes one target (a source with _ for ., or `reading`). Needs a nightly compiler and cargo-fuzz.
fuzz TARGET SECONDS="300":
    fuzz/seed
    cargo +nightly fuzz run -s none {{ TARGET }} -- -max_len=16384 -max_total_time={{ SECONDS }}

# Licences, advisories, duplicate crates. Needs cargo-deny.
deny:
    cargo deny check

# The documentation of the crate, private items too.
doc:
    cargo doc --no-deps --document-private-items --locked

# The examples, as the README runs them.
examples:
    cargo run --release --locked -- scan examples/

# What CI runs, in a clean clone of HEAD.
ci:
    dir="$(mktemp -d)" && git clone --quiet . "$dir/tenure" && "$dir/tenure/.ci/run"
