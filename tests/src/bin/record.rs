//! Records what a real engine answers: the quickstart's session, and the fixtures of the replay tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use dockwright::{ApiVersion, Docker};
use dockwright_replay::{Fixture, Recorder};
use dockwright_tests::{
    Engine, QUICKSTART, REGISTRY, SCENARIOS, Scenario, Targets, fixture_path, quickstart,
    said_hello, workspace,
};
use regex::Regex;

type Error = Box<dyn std::error::Error>;

/// The networks of engines that `cargo xtask engine` starts; each folder has another.
const NETWORKS: &str = r"10\.201\.[0-9]+\.";

/// Record what a real engine answers, to be replayed where there is none
#[derive(Parser)]
#[command(name = "record")]
struct Arguments {
    /// The engine: its name in `cargo xtask engine list`, or where it listens, as in DOCKER_HOST
    #[arg(long, value_name = "NAME|HOST")]
    engine: String,
    /// The API version to speak; the engine's newest if not set
    #[arg(long, value_parser = version)]
    api: Option<ApiVersion>,
    /// Write nothing, and fail if a recording is not the one that is there
    #[arg(long)]
    check: bool,
    /// `quickstart`, or scenarios of the replay tests; all that are recorded in the version, if none is named
    names: Vec<String>,
}

/// `v1.30` as in paths, or `1.30`.
fn version(text: &str) -> Result<ApiVersion, String> {
    let number = text.strip_prefix('v').unwrap_or(text);
    number
        .parse()
        .map_err(|error: dockwright::Error| error.to_string())
}

/// The engine to record.
struct Source {
    host: String,
    registry: Option<String>,
    api: Option<ApiVersion>,
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

async fn record(arguments: Arguments) -> Result<(), Error> {
    let source = source(&arguments)?;
    let named = |scenario: &&Scenario| arguments.names.iter().any(|name| name == scenario.name);
    let unknown = arguments.names.iter().find(|name| {
        *name != QUICKSTART && !SCENARIOS.iter().any(|scenario| scenario.name == **name)
    });
    if let Some(name) = unknown {
        return Err(format!("no scenario is named `{name}`").into());
    }
    let newest = Docker::connect_to(&source.host).await?.api_version();
    let version = source.api.unwrap_or(newest);
    let recorded = |scenario: &&Scenario| scenario.is_recorded(version, version == newest);
    let scenarios: Vec<_> = match arguments.names.is_empty() {
        true => SCENARIOS.iter().filter(recorded).collect(),
        false => SCENARIOS.iter().filter(named).collect(),
    };
    let mut failures = 0;
    if arguments.names.iter().any(|name| name == QUICKSTART) {
        failures += usize::from(!told(source.quickstart().await, arguments.check));
    }
    for scenario in scenarios {
        failures += usize::from(!told(source.play(scenario).await, arguments.check));
    }
    match failures {
        0 => Ok(()),
        failures => Err(format!("{failures} recordings are not as they are to be").into()),
    }
}

fn source(arguments: &Arguments) -> Result<Source, Error> {
    let targets = Targets::find()?;
    let host = if arguments.engine.contains("://") {
        arguments.engine.clone()
    } else {
        let mut found = targets.found.iter();
        let found = found.find(|target| target.name == arguments.engine);
        found
            .ok_or_else(|| format!("no engine named `{}` is up", arguments.engine))?
            .host
            .clone()
    };
    Ok(Source {
        host,
        registry: targets.registry,
        api: arguments.api,
    })
}

/// Writes or compares a recording, and says what came of it.
fn told(recorded: Result<(PathBuf, String), Error>, check: bool) -> bool {
    let outcome = recorded.and_then(|(path, text)| {
        if check {
            compare(&path, &text)?;
        } else {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(&path, text)?;
        }
        Ok(path)
    });
    match &outcome {
        Ok(path) => println!("{}", path.display()),
        Err(error) => eprintln!("error: {error}"),
    }
    outcome.is_ok()
}

fn compare(path: &Path, text: &str) -> Result<(), Error> {
    let present =
        fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    if present == text {
        return Ok(());
    }
    let mut pairs = present.lines().zip(text.lines()).enumerate();
    let difference = match pairs.find(|(_, (is, recorded))| is != recorded) {
        Some((line, (is, recorded))) => format!(
            "line {}: it has `{}`, now it is `{}`",
            line + 1,
            is.trim(),
            recorded.trim()
        ),
        None => "one goes on where the other ends".to_owned(),
    };
    Err(format!("{}: {difference}", path.display()).into())
}

impl Source {
    async fn connect(&self, host: &str) -> dockwright::Result<Docker> {
        let connect = Docker::connect_to(host).isolated();
        // The newest is agreed on, not asked for.
        match self.api {
            Some(api) => connect.api_version(api).await,
            None => connect.await,
        }
    }

    /// Records the example, which finds the recorder where it looks for an engine.
    async fn quickstart(&self) -> Result<(PathBuf, String), Error> {
        let recorder = Recorder::start(&self.host).await?;
        let output = quickstart(&recorder.docker_host())?;
        said_hello(&output, &[])?;
        let fixture = recorder.finish(QUICKSTART).await?;
        let path = workspace().join("ergonomic/examples/quickstart/session.json");
        Ok((path, self.neutral(&fixture)?))
    }

    async fn play(&self, scenario: &Scenario) -> Result<(PathBuf, String), Error> {
        let direct = self.connect(&self.host).await?;
        let mut direct = Engine::of(direct, scenario.mark()).await?;
        direct.registry = self.registry.clone();
        direct.clean_up().await?;
        if !direct.is_podman() {
            // What builds have left is in what the disk is used for, and in what other builds do.
            let docker = Docker::connect_to(&self.host).isolated().await?;
            docker.builder().prune().all(true).await?;
        }
        let recorder = Recorder::start(&self.host).await?;
        let docker = self.connect(&recorder.docker_host()).await?;
        let api = docker.api_version();
        let played = scenario.play(direct.with(docker)).await;
        direct.clean_up().await?;
        played.map_err(|reason| format!("{} in {api}: {reason}", scenario.name))?;
        let fixture = recorder.finish(scenario.name).await?;
        let path = fixture_path(&fixture.engine, api, scenario.name);
        Ok((path, self.neutral(&fixture)?))
    }

    /// The text of a fixture without what is of this machine and not of the engine.
    fn neutral(&self, fixture: &Fixture) -> Result<String, Error> {
        let mut text = fixture.to_string();
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let registry = self.registry.as_deref().and_then(|at| at.rsplit_once(':'));
        let registry = registry.map_or("", |(host, _)| host);
        for (own, neutral) in [
            (workspace().display().to_string(), "/workspace"),
            (kernel.trim().to_owned(), "6.18.0"),
            (registry.to_owned(), REGISTRY),
        ] {
            if !own.is_empty() {
                text = text.replace(&own, neutral);
            }
        }
        let networks = Regex::new(NETWORKS)?;
        let fixture: Fixture = networks.replace_all(&text, "10.201.0.").parse()?;
        Ok(fixture.to_string())
    }
}
