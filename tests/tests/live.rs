//! Every scenario on every engine that is up. What is not run is told, and why.

use std::collections::HashMap;
use std::path::Path;
use std::process::{self, ExitCode};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use dockwright::Docker;
use dockwright_tests::{
    Engine, Failure, Kind, OwnEngine, QUICKSTART, SCENARIOS, Scenario, SwarmNode, Target, Targets,
    build_examples, quickstart, revived, said_hello, survives_restarts, three_nodes, trial, ways,
    with_ssh,
};
use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    let Targets {
        found,
        registry,
        nodes,
        remotes,
        skipped,
    } = match Targets::find() {
        Ok(targets) => targets,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    match with_ssh(
        &remotes,
        &Path::new(env!("CARGO_TARGET_TMPDIR")).join("ssh"),
    ) {
        Ok(None) => {}
        Ok(Some(status)) => return status,
        Err(error) => {
            eprintln!("ssh for tests: {error}");
            return ExitCode::FAILURE;
        }
    }
    tell_skipped(&found, registry.as_deref(), &skipped);
    if !found.is_empty()
        && !arguments.list
        && let Err(error) = build_examples()
    {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    // Engines work beside each other.
    let engines = found.iter().filter(|target| !target.again).count();
    arguments.test_threads.get_or_insert(engines.max(1));
    let run = Arc::new(Run::new(registry));
    let trials = scenarios(&found, &run);
    let newcomers = found.iter().map(|target| newcomer(target.clone()));
    let restarts = restarts(&found, &run);
    let swarm = swarm(nodes);
    let ways = ways(&found, &remotes, || run.mark());
    libtest_mimic::run(
        &arguments,
        trials
            .chain(newcomers)
            .chain(restarts)
            .chain(swarm)
            .chain(ways)
            .collect(),
    )
    .exit_code()
}

/// Each scenario on each engine that it is for.
fn scenarios(found: &[Target], run: &Arc<Run>) -> impl Iterator<Item = Trial> {
    let scenarios = SCENARIOS.iter();
    let scenarios = scenarios.filter(|s| s.kind != Kind::Registry || run.registry.is_some());
    let pairs = scenarios.flat_map(|scenario| {
        let once = matches!(scenario.kind, Kind::Long | Kind::Registry);
        // Apart, for those of one engine wait for each other.
        let (again, first): (Vec<_>, Vec<_>) = found.iter().partition(|target| target.again);
        let targets = first.into_iter().chain(again);
        let targets = targets.filter(move |target| !(target.again && once));
        targets.map(move |target| (target.clone(), scenario))
    });
    pairs.map(|(target, scenario)| test(target, scenario, run.clone()))
}

/// Tells what is not tested, and why.
fn tell_skipped(found: &[Target], registry: Option<&str>, skipped: &[String]) {
    if found.is_empty() {
        println!(
            "live: no engine is up, nothing was run: {}; start some with `cargo xtask engine up`",
            skipped.join(", ")
        );
    } else if !skipped.is_empty() {
        println!("live: skipped: {}", skipped.join(", "));
    }
    if registry.is_none() && !found.is_empty() {
        println!(
            "live: no registry is known, nothing was pulled from one; start it with \
             `cargo xtask engine up registry`, and let DOCKWRIGHT_ENGINES be unset"
        );
    }
}

/// What takes the engines that are kept for a swarm, where all of them are up.
fn swarm(nodes: Vec<SwarmNode>) -> Option<Trial> {
    match <[SwarmNode; 3]>::try_from(nodes) {
        Ok(nodes) => Some(trial("swarm::three_nodes", || three_nodes(nodes))),
        Err(_) => {
            println!(
                "live: skipped: a swarm of three nodes; start them with `cargo xtask engine up \
                 swarm1 swarm2 swarm3`"
            );
            None
        }
    }
}

/// This run of the tests, which may not be the only one on its engines.
struct Run {
    started: u128,
    plays: AtomicU32,
    registry: Option<String>,
    /// One scenario at a time on each engine: it can be in one swarm, refuses a prune beside
    /// another, and loses an image that is loaded while somebody removes the same.
    turns: Mutex<HashMap<String, Arc<Turn>>>,
}

type Turn = tokio::sync::Mutex<()>;

impl Run {
    fn new(registry: Option<String>) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Self {
            started: since.unwrap_or_default().as_micros(),
            plays: AtomicU32::new(0),
            registry,
            turns: Mutex::default(),
        }
    }

    /// The turns on the engine of this target.
    fn turn(&self, target: &Target) -> Arc<Turn> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.entry(target.engine().to_owned()).or_default().clone()
    }

    /// A mark that no other play has.
    fn mark(&self) -> String {
        let play = self.plays.fetch_add(1, Ordering::Relaxed);
        format!("live-{:x}-{:x}-{play}", self.started, process::id())
    }
}

fn test(target: Target, scenario: &'static Scenario, run: Arc<Run>) -> Trial {
    let name = format!("{}::{}", target.name, scenario.name);
    trial(name, async move || {
        let turn = run.turn(&target);
        let _turn = turn.lock().await;
        let mark = run.mark();
        let attempt =
            async || play_on(scenario, &target, &connect(&target, &run, &mark).await?).await;
        match attempt().await {
            Err(reason) if revived(&target) => {
                let (target, name) = (&target, scenario.name);
                eprintln!(
                    "{}::{name}, once more, for its engine had ended: {reason}",
                    target.name
                );
                let engine = connect(target, &run, &mark).await?;
                engine.clean_up().await.map_err(|error| error.to_string())?;
                attempt().await
            }
            outcome => outcome,
        }
    })
}

async fn connect(target: &Target, run: &Run, mark: &str) -> Result<Engine, Failure> {
    let connected = Docker::connect_to(&target.host).isolated().await;
    let docker = connected.map_err(|error| error.to_string())?;
    let mut engine = Engine::of(docker, mark.to_owned())
        .await
        .map_err(|error| error.to_string())?;
    engine.registry = run.registry.clone();
    Ok(engine)
}

async fn play_on(scenario: &Scenario, target: &Target, engine: &Engine) -> Result<(), Failure> {
    match play(scenario, engine).await {
        Err(Failure::MissingOutput(reason)) if loses_output(engine).await => {
            eprintln!("{}::{}, once more: {reason}", target.name, scenario.name);
            play(scenario, engine).await
        }
        outcome => outcome,
    }
}

/// The first program says hello from this engine, and says which it is.
fn newcomer(target: Target) -> Trial {
    trial(format!("{}::{QUICKSTART}", target.name), async move || {
        said_hello(&quickstart(&target.host)?, &["Engine ", &target.host])
    })
}

/// What an engine is stopped for. It needs one of its own, which `cargo xtask engine` starts where
/// it has started others.
fn restarts(found: &[Target], run: &Arc<Run>) -> Option<Trial> {
    if !found.iter().any(|target| target.again) {
        println!("live: survives_restarts was skipped: no engine is up that xtask has started");
        return None;
    }
    let mark = run.mark();
    Some(trial("own::survives_restarts", async move || {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("engines");
        let engine = OwnEngine::start(&folder)?;
        survives_restarts(&engine, mark).await
    }))
}

async fn play(scenario: &Scenario, engine: &Engine) -> Result<(), Failure> {
    let played = scenario.play(engine.clone()).await;
    let cleaned = engine.clean_up().await;
    played?;
    cleaned.map_err(|error| format!("what it left could not be removed: {error}").into())
}

/// Docker 26.1 on a busy machine drops what one container in a thousand writes just before its end.
/// Its own log does not have it either, so that nothing is left to ask for.
async fn loses_output(engine: &Engine) -> bool {
    let version = engine.docker.version().await.unwrap_or_default();
    let version = version.version.unwrap_or_default();
    !engine.is_podman() && version.starts_with("26.1.")
}
