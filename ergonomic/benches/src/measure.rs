//! Contenders take turns at the same work, and the middle of each one's times counts.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use dockwright_bench::Seen;
use dockwright_bench::contenders::floor::Hyper;
use dockwright_bench::contenders::{bollard, ours};
use dockwright_bench::engine::Engine;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use tokio::runtime::Runtime;

/// How long a contender may take for all its rounds; one that is that slow has fewer.
const PATIENCE: Duration = Duration::from_secs(20);

/// What all rows share: one runtime of one thread for the clients, and one engine.
pub struct Bench {
    pub engine: Engine,
    pub docker: dockwright::Docker,
    pub hyper: Hyper,
    pub bollard: ::bollard::Docker,
    runtime: Runtime,
    rounds: usize,
    /// Only whether rows work and contenders agree.
    smoke: bool,
    by_cpu: bool,
}

impl Bench {
    pub fn new(rounds: usize, smoke: bool, by_cpu: bool) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        if !smoke {
            keep_awake();
        }
        let engine = Engine::start()?;
        let socket = engine.socket();
        Ok(Self {
            docker: runtime.block_on(ours::connect(&socket))?,
            hyper: Hyper::new(&socket),
            bollard: runtime.block_on(async { bollard::connect(&socket) })?,
            engine,
            runtime,
            rounds: if smoke { 1 } else { rounds },
            smoke,
            by_cpu,
        })
    }

    /// How much to do: `full`, or next to nothing.
    pub fn amount(&self, full: u64, smoke: u64) -> u64 {
        if self.smoke { smoke } else { full }
    }

    /// A race in which dockwright and bollard are to see this.
    pub fn race(&self, seen: Seen) -> Race<'_> {
        Race {
            bench: self,
            seen,
            contenders: Vec::new(),
        }
    }

    pub fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }
}

/// Keeps processors from falling asleep, as those of a virtual machine do at each wait: to wake
/// them takes longer than a round trip. What keeps them awake steps back for all else.
fn keep_awake() {
    let processors = std::thread::available_parallelism().map_or(1, |count| count.get());
    for _ in 0..processors {
        std::thread::spawn(|| {
            // On Linux this is the niceness of the thread.
            if rustix::process::nice(19).is_ok() {
                loop {
                    std::hint::spin_loop();
                }
            }
        });
    }
}

type Run<'a> = Box<dyn Fn(&Runtime) -> Result<Seen> + 'a>;

struct Contender<'a> {
    name: &'static str,
    seen: Seen,
    run: Run<'a>,
    times: Vec<f64>,
}

pub struct Race<'a> {
    bench: &'a Bench,
    seen: Seen,
    contenders: Vec<Contender<'a>>,
}

/// Seconds, the middle of all rounds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Times {
    pub ours: f64,
    pub floor: Option<f64>,
    pub bollard: Option<f64>,
}

impl<'a> Race<'a> {
    pub fn ours(self, run: impl AsyncFn() -> Result<Seen> + 'a) -> Self {
        let seen = self.seen;
        self.contender("ours", seen, run)
    }

    pub fn bollard(self, run: impl AsyncFn() -> Result<Seen> + 'a) -> Self {
        let seen = self.seen;
        self.contender("bollard", seen, run)
    }

    /// What it sees may be other than what clients see: raw bytes.
    pub fn floor(self, seen: Seen, run: impl AsyncFn() -> Result<Seen> + 'a) -> Self {
        self.contender("floor", seen, run)
    }

    fn contender(
        mut self,
        name: &'static str,
        seen: Seen,
        run: impl AsyncFn() -> Result<Seen> + 'a,
    ) -> Self {
        self.contenders.push(Contender {
            name,
            seen,
            run: Box::new(move |runtime| runtime.block_on(run())),
            times: Vec::new(),
        });
        self
    }

    pub fn run(mut self) -> Result<Times> {
        let (rounds, runners) = (self.bench.rounds, self.contenders.len());
        // The first is for being warm.
        for round in 0..=rounds {
            for turn in 0..runners {
                let contender = &mut self.contenders[(turn + round) % runners];
                let spent = contender.times.iter().sum::<f64>();
                if round > 1 && spent > PATIENCE.as_secs_f64() {
                    continue;
                }
                let time = self.bench.time(contender)?;
                if round > 0 {
                    contender.times.push(time);
                }
            }
        }
        let mut of = |name| {
            let contender = self.contenders.iter_mut().find(|of| of.name == name)?;
            Some(median(&mut contender.times))
        };
        Ok(Times {
            ours: of("ours").context("no times of ours")?,
            floor: of("floor"),
            bollard: of("bollard"),
        })
    }
}

impl Bench {
    fn time(&self, contender: &Contender) -> Result<f64> {
        let (clock, cpu) = (Instant::now(), cpu_of_thread()?);
        let seen = (contender.run)(&self.runtime);
        let (clock, cpu) = (clock.elapsed().as_secs_f64(), cpu_of_thread()? - cpu);
        let seen = seen.with_context(|| contender.name)?;
        ensure!(
            seen == contender.seen,
            "{} saw {seen:?} where {:?} is to be seen",
            contender.name,
            contender.seen
        );
        Ok(if self.by_cpu { cpu } else { clock })
    }
}

fn cpu_of_thread() -> Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_THREAD)?;
    let micros = (usage.user_time() + usage.system_time()).num_microseconds();
    Ok(micros as f64 / 1e6)
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}
