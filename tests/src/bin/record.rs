//! Records what a real engine answers: the quickstart's session, and the fixtures of the replay tests.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use dockwright::Docker;
use dockwright_replay::{Fixture, Recorder};
use dockwright_tests::{
    Engine, Kind, QUICKSTART, SCENARIOS, Scenario, fixture_path, quickstart, said_hello, workspace,
};

type Error = Box<dyn std::error::Error>;

/// Record what a real engine answers, to be replayed where there is none
#[derive(Parser)]
#[command(name = "record")]
struct Arguments {
    /// Where the engine listens, as in DOCKER_HOST
    #[arg(long, value_name = "HOST")]
    engine: String,
    /// `quickstart`, or scenarios of the replay tests; all of the latter, if none is named
    names: Vec<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match record(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn record(Arguments { engine, mut names }: Arguments) -> Result<(), Error> {
    if names.is_empty() {
        let recorded = SCENARIOS.iter().filter(|s| s.kind == Kind::Recorded);
        names.extend(recorded.map(|scenario| scenario.name.to_owned()));
    }
    for name in names {
        let path = if name == QUICKSTART {
            session(&engine).await?
        } else {
            let mut scenarios = SCENARIOS.iter();
            let scenario = scenarios.find(|s| s.name == name && s.kind == Kind::Recorded);
            let scenario = scenario.ok_or_else(|| format!("no scenario is named `{name}`"))?;
            play(scenario, &engine).await?
        };
        println!("{}", path.display());
    }
    Ok(())
}

/// Records the example, which finds the recorder where it looks for an engine.
async fn session(host: &str) -> Result<PathBuf, Error> {
    let recorder = Recorder::start(host).await?;
    let output = quickstart(&recorder.docker_host())?;
    said_hello(&output, &[])?;
    let fixture = recorder.finish(QUICKSTART).await?;
    let path = workspace().join("ergonomic/examples/quickstart/session.json");
    save(&fixture, path)
}

async fn play(scenario: &Scenario, host: &str) -> Result<PathBuf, Error> {
    let direct = Docker::connect_to(host).await?;
    let direct = Engine::of(direct, scenario.mark()).await?;
    direct.clean_up().await?;
    let recorder = Recorder::start(host).await?;
    let docker = Docker::connect_to(recorder.docker_host())
        .isolated()
        .await?;
    let played = scenario.play(direct.with(docker)).await;
    direct.clean_up().await?;
    played.map_err(|reason| format!("{}: {reason}", scenario.name))?;
    let fixture = recorder.finish(scenario.name).await?;
    let path = fixture_path(&fixture.engine, scenario.name);
    save(&fixture, path)
}

/// Writes a fixture without what is of this machine and not of the engine.
fn save(fixture: &Fixture, path: PathBuf) -> Result<PathBuf, Error> {
    let mut text = fixture.to_string();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    for (own, neutral) in [
        (workspace().display().to_string(), "/workspace"),
        (kernel.trim().to_owned(), "6.18.0"),
    ] {
        if !own.is_empty() {
            text = text.replace(&own, neutral);
        }
    }
    let fixture: Fixture = text.parse()?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fixture.save(&path)?;
    Ok(path)
}
