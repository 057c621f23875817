//! Round trips.

use anyhow::Result;
use dockwright_bench::Seen;
use dockwright_bench::contenders::{bollard, ours};
use dockwright_bench::engine::Play;
use dockwright_bench::memory::{self, Who, Work};
use dockwright_bench::payload::{self, JSON};

use crate::measure::Bench;
use crate::report::{Goal, Row};

const INSPECT: &str = "/containers/bench/json";

const GOAL: Goal = Goal {
    more: false,
    figure: None,
    floor: Some(1.20),
    bollard: Some(0.40),
};

pub fn ping(bench: &Bench, name: &'static str) -> Result<Row> {
    let count = bench.amount(500, 3);
    let seen = Seen {
        items: count,
        bytes: 0,
    };
    let times = bench
        .race(seen)
        .ours(async || ours::pings(&bench.docker, count).await)
        .floor(seen, async || bench.hyper.pings(count).await)
        .bollard(async || bollard::pings(&bench.bollard, count).await)
        .run()?;
    Ok(Row::each(name, count, times, GOAL))
}

/// The engine's answer to an inspection, and what `count` of them come to: for clients the length
/// of an id each, for the floor that of the answer.
fn inspected(bench: &Bench, count: u64) -> [Seen; 2] {
    let answer = payload::inspect(false);
    bench
        .engine
        .on(&format!("GET {INSPECT}"), Play::answer(JSON, &answer));
    [64, answer.len() as u64].map(|bytes| Seen {
        items: count,
        bytes: count * bytes,
    })
}

pub fn inspect(bench: &Bench, name: &'static str) -> Result<Row> {
    let count = bench.amount(500, 3);
    let [seen, raw] = inspected(bench, count);
    let times = bench
        .race(seen)
        .ours(async || ours::inspects(&bench.docker, count).await)
        .floor(raw, async || bench.hyper.gets(INSPECT, count).await)
        .bollard(async || bollard::inspects(&bench.bollard, count).await)
        .run()?;
    Ok(Row::each(name, count, times, GOAL))
}

pub fn inspect_at_once(bench: &Bench, name: &'static str) -> Result<Row> {
    let (tasks, each) = (bench.amount(64, 4), bench.amount(16, 2));
    let count = tasks * each;
    let [seen, raw] = inspected(bench, count);
    let times = bench
        .race(seen)
        .ours(async || ours::inspects_at_once(&bench.docker, tasks, each).await)
        .floor(raw, async || {
            bench.hyper.gets_at_once(INSPECT, tasks, each).await
        })
        .bollard(async || bollard::inspects_at_once(&bench.bollard, tasks, each).await)
        .run()?;
    Ok(Row::each(name, count, times, GOAL))
}

pub fn allocations(bench: &Bench, name: &'static str) -> Result<Row> {
    let count = bench.amount(1000, 3);
    let socket = bench.engine.socket();
    let each = |who| -> Result<f64> {
        let memory = memory::measure(who, Work::Pings, &socket, &count.to_string())?;
        Ok(memory.allocations as f64 / count as f64)
    };
    let [ours, hyper, bollard] = [each(Who::Ours)?, each(Who::Hyper)?, each(Who::Bollard)?];
    let goal = Goal {
        figure: Some(30.0),
        ..Goal::default()
    };
    Ok(Row::new(name, "", ours, Some(hyper), Some(bollard), goal))
}

pub fn connections(bench: &Bench, name: &'static str) -> Result<Row> {
    let count = bench.amount(1000, 3);
    let made = |run: &dyn Fn() -> Result<Seen>| -> Result<f64> {
        let before = bench.engine.connections();
        run()?;
        Ok((bench.engine.connections() - before) as f64)
    };
    let socket = bench.engine.socket();
    let ours = made(&|| {
        bench.block_on(async {
            let docker = ours::connect(&socket).await?;
            ours::pings(&docker, count).await
        })
    })?;
    let bollard = made(&|| bench.block_on(bollard::pings(&bench.bollard, count)))?;
    let goal = Goal {
        figure: Some(1.0),
        ..Goal::default()
    };
    Ok(Row::new(name, "", ours, Some(1.0), Some(bollard), goal))
}
