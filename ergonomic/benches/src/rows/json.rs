//! JSON: values in a stream, and one long list. The floor is `serde_json` alone, on bytes that are
//! there, into the same types.

use anyhow::Result;
use dockwright::Event;
use dockwright::raw::types::{ContainerStatsResponse, ContainerSummary, CreateImageInfo};
use dockwright_bench::Seen;
use dockwright_bench::contenders::{bollard, floor, ours};
use dockwright_bench::engine::Play;
use dockwright_bench::memory::{self, Who, Work};
use dockwright_bench::payload::{self, JSON};

use crate::measure::{Bench, Times};
use crate::report::{Goal, Row};

/// No multiple of any value.
const CHUNK: usize = 16_381;

const GOAL: Goal = Goal {
    more: true,
    figure: None,
    floor: Some(0.9),
    bollard: Some(1.2),
};

pub fn events(bench: &Bench, name: &'static str) -> Result<Row> {
    let count = bench.amount(20_000, 10);
    let json = payload::events(count);
    bench
        .engine
        .on("GET /events", Play::chunked(JSON, &[(&json, 1)], CHUNK));
    let seen = Seen {
        items: count,
        bytes: 4 * count,
    };
    let times = race_of_events(bench, &json, seen)?;
    Ok(Row::rate(name, "M/s", count, times, GOAL))
}

fn race_of_events(bench: &Bench, json: &[u8], seen: Seen) -> Result<Times> {
    bench
        .race(seen)
        .ours(async || ours::events(&bench.docker).await)
        .floor(seen, async || {
            floor::parse_lines(json, |event: &Event| event.attributes.len())
        })
        .bollard(async || bollard::events(&bench.bollard).await)
        .run()
}

pub fn stats(bench: &Bench, name: &'static str) -> Result<Row> {
    let count = bench.amount(4_000, 10);
    let json = payload::stats(count);
    let play = Play::chunked(JSON, &[(&json, 1)], CHUNK);
    bench.engine.on("GET /containers/bench/stats", play);
    let seen = Seen {
        items: count,
        bytes: 2 * count,
    };
    let times = bench
        .race(seen)
        .ours(async || ours::stats(&bench.docker).await)
        .floor(seen, async || {
            floor::parse_lines(&json, |sample: &ContainerStatsResponse| {
                sample.networks.len()
            })
        })
        .bollard(async || bollard::stats(&bench.bollard).await)
        .run()?;
    Ok(Row::rate(name, "M/s", count, times, GOAL))
}

pub fn pull(bench: &Bench, name: &'static str) -> Result<Row> {
    let count = bench.amount(40_000, 10);
    let json = payload::pull(count);
    let play = Play::chunked(JSON, &[(&json, 1)], CHUNK);
    bench.engine.on("POST /images/create", play);
    let seen = Seen {
        items: count,
        bytes: 0,
    };
    let times = bench
        .race(seen)
        .ours(async || ours::pull(&bench.docker).await)
        .floor(seen, async || {
            floor::parse_lines(&json, |_: &CreateImageInfo| 0)
        })
        .bollard(async || bollard::pull(&bench.bollard).await)
        .run()?;
    Ok(Row::rate(name, "M/s", count, times, GOAL))
}

/// One value that comes in many pieces.
pub fn value(bench: &Bench, name: &'static str) -> Result<Row> {
    let (json, attributes) = payload::long_event(bench.amount(4_000_000, 40_000) as usize);
    bench
        .engine
        .on("GET /events", Play::chunked(JSON, &[(&json, 1)], 1024));
    let seen = Seen {
        items: 1,
        bytes: attributes,
    };
    let times = race_of_events(bench, &json, seen)?;
    let goal = Goal {
        floor: Some(1.5),
        bollard: Some(1.0 / 50.0),
        ..Goal::default()
    };
    Ok(Row::each(name, 1, times, goal))
}

fn listed(bench: &Bench) -> (Vec<u8>, Seen) {
    let count = bench.amount(10_000, 10);
    let json = payload::containers(count);
    let play = Play::chunked(JSON, &[(&json, 1)], 32 * 1024);
    bench.engine.on("GET /containers/json", play);
    let seen = Seen {
        items: count,
        bytes: 5 * count,
    };
    (json, seen)
}

pub fn list(bench: &Bench, name: &'static str) -> Result<Row> {
    let (json, seen) = listed(bench);
    let times = bench
        .race(seen)
        .ours(async || ours::list(&bench.docker).await)
        .floor(seen, async || {
            floor::parse_list(&json, |container: &ContainerSummary| container.labels.len())
        })
        .bollard(async || bollard::list(&bench.bollard).await)
        .run()?;
    let goal = Goal {
        floor: Some(1.10),
        bollard: Some(0.90),
        ..Goal::default()
    };
    Ok(Row::each(name, 1, times, goal))
}

pub fn list_allocated(bench: &Bench, name: &'static str) -> Result<Row> {
    listed(bench);
    let socket = bench.engine.socket();
    let megabytes = |who| -> Result<f64> {
        Ok(memory::measure(who, Work::List, &socket, "")?.allocated as f64 / 1e6)
    };
    let goal = Goal {
        bollard: Some(0.8),
        ..Goal::default()
    };
    let (ours, bollard) = (megabytes(Who::Ours)?, megabytes(Who::Bollard)?);
    Ok(Row::new(name, "MB", ours, None, Some(bollard), goal))
}
