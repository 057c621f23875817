//! `cargo bench -p dockwright-bench`: dockwright alone, beside its own last run, for who changes it.
//! How it does beside others is told by `cargo xtask bench`.

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use dockwright::Docker;
use dockwright_bench::contenders::ours;
use dockwright_bench::engine::{Engine, Play};
use dockwright_bench::payload::{self, CHUNK, FRAMES, JSON};
use tokio::runtime::{Builder, Runtime};

/// An engine, and a client of it on a runtime of one thread.
struct Pair {
    engine: Engine,
    docker: Docker,
    runtime: Runtime,
}

impl Pair {
    /// The engine has one container, which has no terminal.
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let engine = Engine::start().unwrap();
        let inspected = Play::answer(JSON, &payload::inspect(false));
        engine.on("GET /containers/bench/json", inspected);
        let docker = runtime.block_on(ours::connect(&engine.socket())).unwrap();
        Self {
            engine,
            docker,
            runtime,
        }
    }

    /// Measures what is done with the client again and again.
    fn measure<T>(
        &self,
        group: &mut BenchmarkGroup<'_, WallTime>,
        name: &str,
        work: impl AsyncFn(&Docker) -> anyhow::Result<T>,
    ) {
        group.bench_function(name, |bencher| {
            let bencher = &mut bencher.to_async(&self.runtime);
            bencher.iter(async || black_box(work(&self.docker).await.unwrap()));
        });
    }
}

fn requests(criterion: &mut Criterion) {
    let pair = Pair::new();
    let mut group = criterion.benchmark_group("requests");
    group.throughput(Throughput::Elements(1));
    pair.measure(&mut group, "ping", async |docker| {
        ours::pings(docker, 1).await
    });
    pair.measure(&mut group, "inspect", async |docker| {
        ours::inspects(docker, 1).await
    });
}

fn output(criterion: &mut Criterion) {
    let pair = Pair::new();
    for (size, of) in [(64, "64"), (1024, "1k"), (16 * 1024, "16k")] {
        let (part, _) = payload::frames(size, 4 << 20);
        let logs = Play::chunked(FRAMES, &[(&part, 1)], CHUNK);
        pair.engine.on("GET /containers/bench/logs", logs);
        let attached = Play::upgraded(FRAMES, &part, 1);
        pair.engine.on("POST /containers/bench/attach", attached);
        let mut group = criterion.benchmark_group(format!("output-{of}"));
        group.throughput(Throughput::Bytes(part.len() as u64));
        pair.measure(&mut group, "logs", ours::logs);
        pair.measure(&mut group, "lines", ours::lines);
        pair.measure(&mut group, "attach", ours::attach);
    }
}

fn json(criterion: &mut Criterion) {
    let pair = Pair::new();
    let mut group = criterion.benchmark_group("json");
    let (events, containers) = (payload::events(5_000), payload::containers(1_000));
    for (route, json) in [
        ("GET /events", &events),
        ("GET /containers/json", &containers),
    ] {
        let play = Play::chunked(JSON, &[(json, 1)], CHUNK);
        pair.engine.on(route, play);
    }
    group.throughput(Throughput::Bytes(events.len() as u64));
    pair.measure(&mut group, "events", ours::events);
    group.throughput(Throughput::Bytes(containers.len() as u64));
    pair.measure(&mut group, "list", ours::list);
}

criterion_group!(alone, requests, output, json);
criterion_main!(alone);
