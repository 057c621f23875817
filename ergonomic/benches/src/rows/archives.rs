//! Archives on their way in and out. The floor is `tar` at a socket, or hyper reading the body.

use std::fs;

use anyhow::{Result, ensure};
use dockwright_bench::Seen;
use dockwright_bench::contenders::{bollard, floor, ours};
use dockwright_bench::engine::Play;
use dockwright_bench::memory::{self, Who, Work};
use dockwright_bench::payload::{self, JSON};
use tempfile::TempDir;

use crate::measure::Bench;
use crate::report::{Goal, Row};

/// The pieces in which engines send an archive.
const CHUNK: usize = 32 * 1024;
/// What tar adds to a file at the most, and to an archive.
const OVERHEAD: u64 = 2048;

/// A build context, and how long its files are altogether.
struct Context {
    folder: TempDir,
    files: u64,
    length: u64,
}

impl Context {
    fn small(bench: &Bench) -> Result<Self> {
        let (folder, files) = (tempfile::tempdir()?, bench.amount(10_000, 100));
        let length = payload::small_files(folder.path(), files)?;
        Ok(Self {
            folder,
            files,
            length,
        })
    }

    fn large(bench: &Bench) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let length = payload::large_file(folder.path(), bench.amount(2 << 30, 4 << 20))?;
        Ok(Self {
            folder,
            files: 1,
            length,
        })
    }

    /// Whether all of it has come to the engine, and not much more.
    fn has_come(&self, bench: &Bench) -> Result<()> {
        let received = bench.engine.received();
        let most = self.length + (self.files + 128) * OVERHEAD;
        ensure!(
            (self.length..=most).contains(&received),
            "{received} bytes came"
        );
        Ok(())
    }
}

fn engine_builds(bench: &Bench) {
    let steps = payload::built();
    bench
        .engine
        .on("POST /build", Play::chunked(JSON, &[(&steps, 1)], CHUNK));
    bench
        .engine
        .on("POST /drain", Play::answer("Connection: close\r\n", b""));
}

fn build(bench: &Bench, name: &'static str, context: &Context) -> Result<Row> {
    engine_builds(bench);
    bench.engine.received();
    let (socket, folder) = (bench.engine.socket(), context.folder.path());
    let seen = Seen { items: 2, bytes: 0 };
    let times = bench
        .race(seen)
        .ours(async || {
            let seen = ours::build(&bench.docker, folder).await?;
            context.has_come(bench)?;
            Ok(seen)
        })
        .floor(Seen::default(), async || {
            let seen = floor::pack(&socket, folder)?;
            context.has_come(bench)?;
            Ok(seen)
        })
        .run()?;
    let goal = Goal {
        floor: Some(0.8),
        ..Goal::default()
    };
    Ok(Row::rate(name, "MB/s", context.length, times, goal))
}

pub fn build_files(bench: &Bench, name: &'static str) -> Result<Row> {
    build(bench, name, &Context::small(bench)?)
}

pub fn build_large(bench: &Bench, name: &'static str) -> Result<Row> {
    build(bench, name, &Context::large(bench)?)
}

/// The most memory that either of the two takes.
pub fn build_peak(bench: &Bench, name: &'static str) -> Result<Row> {
    engine_builds(bench);
    let mut peak = 0;
    for context in [Context::small(bench)?, Context::large(bench)?] {
        bench.engine.received();
        let folder = context.folder.path().display().to_string();
        let socket = bench.engine.socket();
        let memory = memory::measure(Who::Ours, Work::Build, &socket, &folder)?;
        context.has_come(bench)?;
        peak = peak.max(memory.peak);
    }
    let goal = Goal {
        figure: Some(64.0),
        ..Goal::default()
    };
    let mebibytes = peak as f64 / f64::from(1 << 20);
    Ok(Row::new(name, "MiB", mebibytes, None, None, goal))
}

/// The archive of one file, answered to clients and given as it is to `tar`; how long both are.
fn archived(bench: &Bench) -> Result<[u64; 2]> {
    let (part, repeat) = (vec![7; 1 << 20], bench.amount(1024, 4));
    let length = part.len() as u64 * repeat;
    let (header, end) = (payload::file_header(length)?, [0; 1024]);
    let parts: [(&[u8], usize); 3] = [(&header, 1), (&part, repeat as usize), (&end, 1)];
    let play = Play::chunked(&payload::path_stat(length), &parts, CHUNK);
    bench.engine.on("GET /containers/bench/archive", play);
    bench.engine.on("GET /raw", Play::raw(&parts));
    Ok([length, length + 512 + 1024])
}

pub fn copy(bench: &Bench, name: &'static str) -> Result<Row> {
    let [_, bytes] = archived(bench)?;
    let seen = Seen { items: 0, bytes };
    let times = bench
        .race(seen)
        .ours(async || ours::copy(&bench.docker).await)
        .floor(seen, async || {
            let path = "/containers/bench/archive?path=/data";
            bench.hyper.drain(path).await
        })
        .bollard(async || bollard::copy(&bench.bollard).await)
        .run()?;
    let goal = Goal {
        floor: Some(0.95),
        bollard: Some(1.0),
        ..Goal::default()
    };
    Ok(Row::rate(name, "MB/s", bytes, times, goal))
}

pub fn unpack(bench: &Bench, name: &'static str) -> Result<Row> {
    let [bytes, _] = archived(bench)?;
    let (socket, folder) = (bench.engine.socket(), tempfile::tempdir()?);
    let folder = folder.path();
    let unpacked = || -> Result<Seen> {
        let file = folder.join("data");
        let bytes = fs::metadata(&file)?.len();
        fs::remove_file(file)?;
        Ok(Seen { items: 1, bytes })
    };
    let seen = Seen { items: 1, bytes };
    let times = bench
        .race(seen)
        .ours(async || {
            ours::unpack(&bench.docker, folder).await?;
            unpacked()
        })
        .floor(seen, async || {
            floor::unpack(&socket, folder)?;
            unpacked()
        })
        .run()?;
    let goal = Goal {
        floor: Some(0.7),
        ..Goal::default()
    };
    Ok(Row::rate(name, "MB/s", bytes, times, goal))
}
