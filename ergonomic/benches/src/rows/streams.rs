//! Many streams at once.

use anyhow::Result;
use dockwright_bench::engine::Play;
use dockwright_bench::memory::{self, Who, Work};
use dockwright_bench::payload::{self, FRAMES};

use crate::measure::Bench;
use crate::report::{Goal, Row};

/// What a process takes for each log that it follows.
pub fn follow(bench: &Bench, name: &'static str) -> Result<Row> {
    let count = bench.amount(1000, 10);
    let (frame, _) = payload::frames(64, 1);
    let play = Play::endless(FRAMES, &frame);
    bench.engine.on("GET /containers/followed/logs", play);
    let socket = bench.engine.socket();
    let each = |who| -> Result<f64> {
        let memory = memory::measure(who, Work::Follow, &socket, &count.to_string())?;
        let grown = memory.resident.saturating_sub(memory.before);
        Ok(grown as f64 / 1024.0 / count as f64)
    };
    let goal = Goal {
        figure: Some(40.0),
        bollard: Some(1.0),
        ..Goal::default()
    };
    let [ours, hyper, bollard] = [each(Who::Ours)?, each(Who::Hyper)?, each(Who::Bollard)?];
    Ok(Row::new(
        name,
        "KiB",
        ours,
        Some(hyper),
        Some(bollard),
        goal,
    ))
}
