//! Every recorded scenario, on what each engine answered when it was recorded.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use dockwright::Docker;
use dockwright_replay::{Fixture, ReplayEngine};
use dockwright_tests::{
    Engine, Flavor, Kind, QUICKSTART, SCENARIOS, Scenario, fixtures, quickstart, said_hello, trial,
};
use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let engines = fs::read_dir(fixtures()).expect("the folder of the fixtures can be read");
    let mut engines: Vec<_> = engines
        .map(|entry| entry.expect("its entries can be read").path())
        .collect();
    engines.sort();
    let pairs = engines.into_iter().flat_map(|engine| {
        let recorded = SCENARIOS.iter().filter(|s| s.kind == Kind::Recorded);
        recorded.map(move |scenario| (engine.clone(), scenario))
    });
    let trials = pairs.map(|(engine, scenario)| test(engine, scenario));
    let trials = trials.chain([
        trial(QUICKSTART, newcomer),
        trial("quickstart_with_a_wrong_host", misled),
    ]);
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

/// Where there is no engine, the first program says hello all the same, and says how.
async fn newcomer() -> Result<(), String> {
    let nowhere = "unix:///nowhere/docker.sock";
    said_hello(
        &quickstart(nowhere)?,
        &[nowhere, "replaying a session recorded with docker"],
    )
}

/// Where the environment is wrong, the first program says so, and does not play.
async fn misled() -> Result<(), String> {
    let output = quickstart("nonsense://x")?;
    let out = String::from_utf8_lossy(&output.stdout);
    let err = String::from_utf8_lossy(&output.stderr);
    let told = err.starts_with("DOCKER_HOST: ") && err.lines().count() == 1;
    match output.status.code() == Some(1) && out.is_empty() && told {
        true => Ok(()),
        false => Err(format!(
            "{}: it printed {out:?}, and {err:?} besides",
            output.status
        )),
    }
}

fn test(engine: PathBuf, scenario: &'static Scenario) -> Trial {
    let engine_name = engine.file_name().unwrap_or_default().to_string_lossy();
    let name = format!("{engine_name}::{}", scenario.name);
    let path = engine.join(format!("{}.json", scenario.name));
    trial(name, async move || {
        let fixture = Fixture::load(&path).map_err(|error| error.to_string())?;
        let flavor = match fixture.engine.name.as_str() {
            "podman" => Flavor::Podman,
            _ => Flavor::Docker,
        };
        let started = ReplayEngine::start(fixture).await;
        let replayed = started.map_err(|error| error.to_string())?;
        let connected = Docker::connect_to(replayed.docker_host()).isolated().await;
        let docker = connected.map_err(|error| error.to_string())?;
        let played = scenario
            .play(Engine::new(docker, flavor, scenario.mark()))
            .await;
        // What did not match is more to the point than what came of it.
        replayed
            .finish()
            .await
            .map_err(|mismatch| mismatch.to_string())?;
        played
    })
}
