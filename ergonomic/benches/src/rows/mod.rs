//! The rows: each is a function, and each is to reach what stands in it.

mod archives;
mod json;
mod output;
mod requests;
mod streams;

use anyhow::Result;

use crate::measure::Bench;
use crate::report::Row;

type Measure = fn(&Bench, &'static str) -> Result<Row>;

/// All rows by name, in the order of the table.
pub const ALL: &[(&str, Measure)] = &[
    ("ping", requests::ping),
    ("inspect", requests::inspect),
    ("inspect-64", requests::inspect_at_once),
    ("ping-allocations", requests::allocations),
    ("ping-connections", requests::connections),
    ("logs-64", |bench, name| output::logs(bench, name, 64)),
    ("logs-1k", |bench, name| output::logs(bench, name, 1024)),
    ("logs-16k", |bench, name| {
        output::logs(bench, name, 16 * 1024)
    }),
    ("attach-64", |bench, name| output::attach(bench, name, 64)),
    ("attach-1k", |bench, name| output::attach(bench, name, 1024)),
    ("attach-16k", |bench, name| {
        output::attach(bench, name, 16 * 1024)
    }),
    ("exec-64", |bench, name| output::exec(bench, name, 64)),
    ("exec-1k", |bench, name| output::exec(bench, name, 1024)),
    ("exec-16k", |bench, name| {
        output::exec(bench, name, 16 * 1024)
    }),
    ("lines-64", output::lines),
    ("events", json::events),
    ("stats", json::stats),
    ("pull", json::pull),
    ("value-4m", json::value),
    ("list-10k", json::list),
    ("list-10k-bytes", json::list_allocated),
    ("build-files", archives::build_files),
    ("build-large", archives::build_large),
    ("build-peak", archives::build_peak),
    ("copy-sink", archives::copy),
    ("copy-disk", archives::unpack),
    ("follow-1000", streams::follow),
];
