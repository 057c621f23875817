//! `cargo xtask bench growth`: what more of something costs. Nothing may grow faster than that.

use std::path::Path;

use anyhow::Result;
use dockwright_bench::Seen;
use dockwright_bench::contenders::ours;
use dockwright_bench::engine::Play;
use dockwright_bench::memory::{self, Memory, Who, Work};
use dockwright_bench::payload::{self, CHUNK, FRAMES, JSON};

use crate::measure::Bench;

/// How much steeper than a straight line the measured one may be: caches are finite.
const STEEPEST: f64 = 1.15;

/// What the time and the memory of some work come to, for more and more of something.
struct Growth {
    of: &'static str,
    points: Vec<Point>,
}

struct Point {
    count: u64,
    seconds: f64,
    /// Bytes: the most that was resident at once, less what was before.
    memory: u64,
}

pub fn run(bench: &Bench) -> Result<()> {
    println!(
        "{:<28} {:>12} {:>12} {:>14}",
        "of", "count", "ms", "memory in KiB"
    );
    let all = [
        containers(bench)?,
        frames(bench)?,
        value(bench)?,
        streams(bench)?,
        files(bench)?,
    ];
    println!("\n{:<28} {:>12} {:>12}", "exponent", "of time", "of memory");
    let mut reached = 0;
    for growth in &all {
        let time = growth.exponent(|point| point.seconds);
        let memory = growth.exponent(|point| point.memory as f64);
        let linear = time <= STEEPEST && memory <= STEEPEST;
        reached += usize::from(linear);
        let verdict = if linear { "at goal" } else { "missed" };
        println!("{:<28} {time:>12.2} {memory:>12.2}  {verdict}", growth.of);
    }
    println!("rows: {}, at goal: {reached}", all.len());
    Ok(())
}

impl Growth {
    fn new(of: &'static str) -> Self {
        let points = Vec::new();
        Self { of, points }
    }

    fn add(&mut self, count: u64, seconds: f64, memory: Memory) {
        let memory = memory.peak.saturating_sub(memory.before).max(4096);
        println!(
            "{:<28} {count:>12} {:>12.2} {:>14}",
            self.of,
            seconds * 1e3,
            memory / 1024
        );
        self.points.push(Point {
            count,
            seconds,
            memory,
        });
    }

    /// 1 where twice as many take twice as much, 0 where they take no more.
    fn exponent(&self, what: impl Fn(&Point) -> f64) -> f64 {
        let (Some(first), Some(last)) = (self.points.first(), self.points.last()) else {
            return 0.0;
        };
        (what(last) / what(first)).ln() / (last.count as f64 / first.count as f64).ln()
    }
}

fn child(bench: &Bench, work: Work, argument: &str) -> Result<Memory> {
    memory::measure(Who::Ours, work, &bench.engine.socket(), argument)
}

fn containers(bench: &Bench) -> Result<Growth> {
    let mut growth = Growth::new("containers in a list");
    for count in [1_000, 4_000, 16_000].map(|full| bench.amount(full, full / 100)) {
        let json = payload::containers(count);
        let play = Play::chunked(JSON, &[(&json, 1)], 32 * 1024);
        bench.engine.on("GET /containers/json", play);
        let (items, bytes) = (count, 5 * count);
        let race = bench.race(Seen { items, bytes });
        let times = race.ours(async || ours::list(&bench.docker).await).run()?;
        growth.add(count, times.ours, child(bench, Work::List, "")?);
    }
    Ok(growth)
}

fn frames(bench: &Bench) -> Result<Growth> {
    let mut growth = Growth::new("frames of a log");
    let (part, seen) = payload::frames(64, 1 << 20);
    for repeat in [4, 16, 64].map(|full| bench.amount(full, full / 4)) {
        let play = Play::chunked(FRAMES, &[(&part, repeat as usize)], CHUNK);
        bench.engine.on("GET /containers/bench/logs", play);
        let (items, bytes) = (seen.items * repeat, seen.bytes * repeat);
        let race = bench.race(Seen { items, bytes });
        let times = race.ours(async || ours::logs(&bench.docker).await).run()?;
        growth.add(items, times.ours, child(bench, Work::Logs, "")?);
    }
    Ok(growth)
}

fn value(bench: &Bench) -> Result<Growth> {
    let mut growth = Growth::new("bytes of a value");
    for length in [1_000_000, 4_000_000, 16_000_000, 62_000_000] {
        let (json, attributes) = payload::long_event(bench.amount(length, length / 100) as usize);
        bench
            .engine
            .on("GET /events", Play::chunked(JSON, &[(&json, 1)], 1024));
        let (items, bytes) = (1, attributes);
        let race = bench.race(Seen { items, bytes });
        let times = race
            .ours(async || ours::events(&bench.docker).await)
            .run()?;
        growth.add(
            json.len() as u64,
            times.ours,
            child(bench, Work::Events, "")?,
        );
    }
    Ok(growth)
}

fn streams(bench: &Bench) -> Result<Growth> {
    let mut growth = Growth::new("logs followed at once");
    let (frame, _) = payload::frames(64, 1);
    bench.engine.on(
        "GET /containers/followed/logs",
        Play::endless(FRAMES, &frame),
    );
    for count in [64, 256, 1024].map(|full| bench.amount(full, full / 16)) {
        let (items, bytes) = (count, 64 * count);
        let race = bench.race(Seen { items, bytes });
        let follow = async || {
            let mut seen = Seen::default();
            for (_, chunk) in ours::follow(&bench.docker, count).await? {
                seen.add(chunk.bytes().len());
            }
            Ok(seen)
        };
        let times = race.ours(follow).run()?;
        growth.add(
            count,
            times.ours,
            child(bench, Work::Follow, &count.to_string())?,
        );
    }
    Ok(growth)
}

fn files(bench: &Bench) -> Result<Growth> {
    let mut growth = Growth::new("files of a build context");
    let steps = payload::built();
    let play = Play::chunked(JSON, &[(&steps, 1)], 1024);
    bench.engine.on("POST /build", play);
    for count in [1_000, 4_000, 16_000].map(|full| bench.amount(full, full / 100)) {
        let folder = tempfile::tempdir()?;
        let folder: &Path = folder.path();
        payload::small_files(folder, count)?;
        let (items, bytes) = (2, 0);
        let race = bench.race(Seen { items, bytes });
        let build = async || ours::build(&bench.docker, folder).await;
        let times = race.ours(build).run()?;
        let argument = folder.display().to_string();
        growth.add(count, times.ours, child(bench, Work::Build, &argument)?);
    }
    Ok(growth)
}
