//! An engine of its own for what no engine of others can be used for: being stopped and started.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use dockwright::raw::types::{ContainerUpdateBody, RestartPolicy, RestartPolicyName};
use dockwright::{
    Container, Docker, LogLine, LogSource, Result, Resumed, ResumedEvents, ResumedLogs,
};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::timeout;

use crate::engine::Engine;
use crate::target::{xtask, xtask_engine};

/// What the engine is known as to `cargo xtask engine`.
const NAME: &str = "docker28";
/// Far more than any of this takes; what hangs fails.
const LIMIT: Duration = Duration::from_secs(180);

/// An engine that `cargo xtask engine` starts in a folder of its own, and stops in the end.
pub struct OwnEngine {
    xtask: PathBuf,
    folder: PathBuf,
}

impl OwnEngine {
    /// Starts it; what was fetched before is in the folder already.
    ///
    /// # Errors
    ///
    /// If this build has no xtask, or it cannot start engines on this machine.
    pub fn start(folder: &Path) -> Result<Self, String> {
        let xtask = xtask().ok_or("xtask, which starts engines, is not built")?;
        let folder = folder.to_owned();
        let engine = Self { xtask, folder };
        engine.run("up")?;
        Ok(engine)
    }

    fn run(&self, command: &str) -> Result<(), String> {
        run(&self.xtask, &self.folder, command)
    }

    fn host(&self) -> String {
        let folder = self.folder.display();
        format!("unix://{folder}/{NAME}/run/docker.sock")
    }

    /// Stops it and starts it again.
    fn restart(&self) -> JoinHandle<Result<(), String>> {
        let (xtask, folder) = (self.xtask.clone(), self.folder.clone());
        spawn_blocking(move || {
            run(&xtask, &folder, "down")?;
            run(&xtask, &folder, "up")
        })
    }
}

impl Drop for OwnEngine {
    fn drop(&mut self) {
        if let Err(error) = self.run("down") {
            eprintln!("{error}");
        }
    }
}

fn run(xtask: &Path, folder: &Path, command: &str) -> Result<(), String> {
    xtask_engine(xtask, &[command, NAME], Some(folder)).map(drop)
}

/// The engine is stopped and started twice while containers come and go and one writes: every
/// event and every line comes once, and what the engine forgot of its events is told.
///
/// # Errors
///
/// If the engine does not start, or this takes too long.
pub async fn survives_restarts(engine: &OwnEngine, mark: String) -> Result<(), String> {
    let connected = Docker::connect_to(engine.host()).await;
    let docker = connected.map_err(|error| error.to_string())?;
    let play = Engine::of(docker, mark).await;
    let play = play.map_err(|error| error.to_string())?;
    let outcome = timeout(LIMIT, survive(engine, &play)).await;
    let cleaned = play.clean_up().await;
    outcome.map_err(|_| format!("it hangs: not over after {LIMIT:?}"))??;
    cleaned.map_err(|error| error.to_string())
}

async fn survive(engine: &OwnEngine, play: &Engine) -> Result<(), String> {
    let writer = writer(play).await;
    let lines = tokio::spawn(lines(writer.logs().resume().await.unwrap()));
    let watched = play.docker.events().label(play.label()).resume();
    let items = tokio::spawn(items(watched.await.unwrap(), play.name("last")));

    let mut done = Vec::new();
    let mut quiet = come_and_go(play, 5).await.unwrap();
    for _ in 0..2 {
        let restart = engine.restart();
        // Until there is no engine; what was done by then is noted.
        while one(play, &mut done).await.is_ok() {}
        restart.await.unwrap()?;
        quiet.extend(come_and_go(play, 5).await.unwrap());
    }
    let last = play.create(["true"]).name(play.name("last"));
    last.await.unwrap().remove().await.unwrap();
    check_events(&items.await.unwrap(), &done, &quiet);

    writer.stop().grace(Duration::ZERO).await.unwrap();
    let came = lines.await.unwrap();
    let mut logged = Vec::new();
    let mut all = writer.logs().await.unwrap().lines();
    while let Some(line) = all.try_next().await.unwrap() {
        logged.push(line);
    }
    check_lines(&came, &logged);
    Ok(())
}

/// All lines until the container ends.
async fn lines(mut lines: ResumedLogs) -> Vec<LogLine> {
    let mut came = Vec::new();
    while let Some(line) = lines.try_next().await.unwrap() {
        came.push(line);
    }
    came
}

/// All that comes until the container with this name is gone.
async fn items(mut events: ResumedEvents, last: String) -> Vec<Resumed> {
    let mut came = Vec::new();
    while let Some(item) = events.try_next().await.unwrap() {
        let over = match &item {
            Resumed::Event(event) => {
                event.action == "destroy" && event.name() == Some(last.as_str())
            }
            _ => false,
        };
        came.push(item);
        if over {
            break;
        }
    }
    came
}

/// A container that writes on and on, and is started again with the engine.
async fn writer(play: &Engine) -> Container {
    let script = "while true; do cat /proc/uptime; cat /proc/uptime >&2; usleep 20000; done";
    let writer = play.create(["sh", "-c", script]).await.unwrap();
    restart_policy(&writer, play, RestartPolicyName::Always).await;
    writer.start().await.unwrap();
    writer
}

async fn restart_policy(container: &Container, play: &Engine, name: RestartPolicyName) {
    let body = ContainerUpdateBody {
        restart_policy: Some(RestartPolicy {
            name: Some(name),
            ..Default::default()
        }),
        ..Default::default()
    };
    let raw = play.docker.raw();
    let updated = raw.container_update(container.name_or_id(), &body).await;
    updated.unwrap();
}

/// Something that was done to a container, and within which time.
#[derive(Clone, Debug)]
struct Done {
    id: String,
    action: &'static str,
    from: SystemTime,
    until: SystemTime,
}

async fn come_and_go(play: &Engine, times: usize) -> Result<Vec<Done>> {
    let mut done = Vec::new();
    for _ in 0..times {
        one(play, &mut done).await?;
    }
    Ok(done)
}

/// A container comes, runs and goes.
async fn one(play: &Engine, done: &mut Vec<Done>) -> Result<()> {
    let mut from = SystemTime::now();
    let mut note = |id: &str, action| {
        let until = SystemTime::now();
        let id = id.to_owned();
        done.push(Done {
            id,
            action,
            from: std::mem::replace(&mut from, until),
            until,
        });
    };
    let container = play.create(["true"]).await?;
    let id = container.name_or_id();
    note(id, "create");
    container.start().await?;
    note(id, "start");
    container.wait().await?;
    note(id, "die");
    container.remove().force(true).await?;
    note(id, "destroy");
    Ok(())
}

/// What was done while the engine was there came once; of what was `done` around its restarts,
/// only what lies in a gap that was told may be missing.
fn check_events(items: &[Resumed], done: &[Done], quiet: &[Done]) {
    let mut events: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    let mut gaps = Vec::new();
    for item in items {
        match item {
            Resumed::Event(event) => *events.entry((&event.id, &event.action)).or_default() += 1,
            Resumed::Gap { from, until, .. } => gaps.push((*from, *until)),
            _ => {}
        }
    }
    println!(
        "{} events, {} things done, gaps: {gaps:?}",
        events.len(),
        done.len() + quiet.len()
    );
    assert_eq!(gaps.len(), 2, "{gaps:?}");
    let writers = |action| matches!(action, "start" | "die" | "stop" | "kill" | "restart");
    for ((id, action), times) in &events {
        let own = quiet.iter().chain(done).any(|done| done.id == *id);
        assert!(
            *times == 1 || (!own && writers(action)),
            "{action} of {id} came {times} times"
        );
    }
    let missing = |done: &&Done| !events.contains_key(&(&*done.id, done.action));
    let lost: Vec<_> = quiet.iter().filter(missing).collect();
    assert!(lost.is_empty(), "{lost:?}");
    let told = |done: &Done| {
        let mut gaps = gaps.iter();
        gaps.any(|(from, until)| done.until >= *from && done.from <= *until)
    };
    let lost: Vec<_> = done.iter().filter(missing).collect();
    println!(
        "{} of {} that were done around restarts are lost",
        lost.len(),
        done.len()
    );
    assert!(lost.iter().all(|done| told(done)), "{lost:?} of {gaps:?}");
}

/// Each output is the same, line by line; which of the two comes first when is not told.
fn check_lines(came: &[LogLine], logged: &[LogLine]) {
    println!("{} lines", came.len());
    for source in [LogSource::Stdout, LogSource::Stderr] {
        let of = |lines: &[LogLine]| {
            let lines = lines.iter().filter(|line| line.source == source);
            lines.map(LogLine::to_string).collect::<Vec<_>>()
        };
        let (came, logged) = (of(came), of(logged));
        assert!(logged.len() > 50, "{source:?}: {}", logged.len());
        let differs = came
            .iter()
            .zip(&logged)
            .position(|(came, logged)| came != logged);
        assert_eq!(
            differs,
            None,
            "{source:?}, of {} and {}",
            came.len(),
            logged.len()
        );
        assert_eq!(came.len(), logged.len(), "{source:?}");
    }
}
