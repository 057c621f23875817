//! What containers write: frames in a body, frames on a connection, lines.

use anyhow::Result;
use dockwright_bench::Seen;
use dockwright_bench::contenders::{bollard, ours};
use dockwright_bench::engine::Play;
use dockwright_bench::payload::{self, CHUNK, FRAMES};

use crate::measure::Bench;
use crate::report::{Goal, Row};

/// Frames of a size; what clients see of them, and what comes over the wire.
struct Frames {
    part: Vec<u8>,
    repeat: usize,
    seen: Seen,
    raw: Seen,
}

fn frames(bench: &Bench, size: usize) -> Frames {
    let (part, seen) = payload::frames(size, bench.amount(4 << 20, 64 << 10) as usize);
    let repeat = bench.amount(if size < 1024 { 8 } else { 24 }, 1);
    Frames {
        repeat: repeat as usize,
        seen: Seen {
            items: seen.items * repeat,
            bytes: seen.bytes * repeat,
        },
        raw: Seen {
            items: 0,
            bytes: part.len() as u64 * repeat,
        },
        part,
    }
}

fn goal(size: usize, small: f64, to_bollard: f64) -> Goal {
    let (floor, bollard) = match size {
        64 => (small, to_bollard),
        1024 => (0.90, 1.1),
        _ => (0.95, 1.0),
    };
    Goal {
        more: true,
        floor: Some(floor),
        bollard: Some(bollard),
        ..Goal::default()
    }
}

pub fn logs(bench: &Bench, name: &'static str, size: usize) -> Result<Row> {
    let frames = frames(bench, size);
    let path = "/containers/bench/logs";
    let play = Play::chunked(FRAMES, &[(&frames.part, frames.repeat)], CHUNK);
    bench.engine.on(&format!("GET {path}"), play);
    let times = bench
        .race(frames.seen)
        .ours(async || ours::logs(&bench.docker).await)
        .floor(frames.raw, async || bench.hyper.drain(path).await)
        .bollard(async || bollard::logs(&bench.bollard).await)
        .run()?;
    let goal = goal(size, 0.65, 2.2);
    Ok(Row::rate(name, "MB/s", frames.raw.bytes, times, goal))
}

pub fn attach(bench: &Bench, name: &'static str, size: usize) -> Result<Row> {
    let frames = frames(bench, size);
    let path = "/containers/bench/attach";
    let play = Play::upgraded(FRAMES, &frames.part, frames.repeat);
    bench.engine.on(&format!("POST {path}"), play);
    let about = Play::answer("", &payload::inspect(false));
    bench.engine.on("GET /containers/bench/json", about);
    let times = bench
        .race(frames.seen)
        .ours(async || ours::attach(&bench.docker).await)
        .floor(frames.raw, async || bench.hyper.drain_upgraded(path).await)
        .bollard(async || bollard::attach(&bench.bollard).await)
        .run()?;
    let goal = goal(size, 0.60, 2.0);
    Ok(Row::rate(name, "MB/s", frames.raw.bytes, times, goal))
}

pub fn exec(bench: &Bench, name: &'static str, size: usize) -> Result<Row> {
    let frames = frames(bench, size);
    let created = Play::answer("", br#"{"Id":"e1"}"#);
    bench.engine.on("POST /containers/bench/exec", created);
    let path = "/exec/e1/start";
    let play = Play::upgraded(FRAMES, &frames.part, frames.repeat);
    bench.engine.on(&format!("POST {path}"), play);
    let times = bench
        .race(frames.seen)
        .ours(async || ours::exec(&bench.docker).await)
        .floor(frames.raw, async || bench.hyper.drain_upgraded(path).await)
        .bollard(async || bollard::exec(&bench.bollard).await)
        .run()?;
    let goal = goal(size, 0.60, 2.0);
    Ok(Row::rate(name, "MB/s", frames.raw.bytes, times, goal))
}

pub fn lines(bench: &Bench, name: &'static str) -> Result<Row> {
    let frames = frames(bench, 64);
    let path = "/containers/bench/logs";
    let play = Play::chunked(FRAMES, &[(&frames.part, frames.repeat)], CHUNK);
    bench.engine.on(&format!("GET {path}"), play);
    let seen = Seen {
        // Without the end of each line.
        bytes: frames.seen.bytes - frames.seen.items,
        ..frames.seen
    };
    let times = bench
        .race(seen)
        .ours(async || ours::lines(&bench.docker).await)
        .floor(frames.raw, async || bench.hyper.drain(path).await)
        .run()?;
    let goal = Goal {
        floor: Some(0.5),
        ..Goal::default()
    };
    Ok(Row::rate(name, "MB/s", frames.raw.bytes, times, goal))
}
