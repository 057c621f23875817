//! Every recorded scenario, on what each engine answered when it was recorded.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use dockwright::{ApiVersion, Docker};
use dockwright_replay::{Fixture, ReplayEngine};
use dockwright_tests::{
    Engine, Flavor, QUICKSTART, REGISTRY, SCENARIOS, fixtures, quickstart, said_hello, trial,
};
use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials: Vec<Trial> = recordings().into_iter().map(test).collect();
    trials.push(trial(QUICKSTART, newcomer));
    trials.push(trial("quickstart_with_a_wrong_host", misled));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The recordings that there are: `ENGINE/v1.NN/SCENARIO.json`.
fn recordings() -> Vec<PathBuf> {
    let within = |folder: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).expect("a folder of fixtures can be read");
        let paths = entries.map(|entry| entry.expect("its entries can be read").path());
        paths.collect()
    };
    let engines = within(&fixtures());
    let versions = engines.iter().flat_map(|engine| within(engine));
    let mut recordings: Vec<_> = versions.flat_map(|version| within(&version)).collect();
    recordings.sort();
    recordings
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

fn test(path: PathBuf) -> Trial {
    let place = path.strip_prefix(fixtures()).unwrap_or(&path);
    let name = place.with_extension("").display().to_string();
    trial(name, async move || {
        let fixture = Fixture::load(&path).map_err(|error| error.to_string())?;
        let scenario = fixture.scenario.as_str();
        let scenario = SCENARIOS.iter().find(|known| known.name == scenario);
        let scenario = scenario.ok_or("no scenario has this name any more")?;
        let flavor = match fixture.engine.name.as_str() {
            "podman" => Flavor::Podman,
            _ => Flavor::Docker,
        };
        let newest = format!("v{}", fixture.engine.api);
        let started = ReplayEngine::start(fixture).await;
        let replayed = started.map_err(|error| error.to_string())?;
        let mut connect = Docker::connect_to(replayed.docker_host()).isolated();
        // Only older versions are asked for; the newest is agreed on.
        let spoken = path.parent().and_then(Path::file_name).unwrap_or_default();
        let spoken = spoken.to_string_lossy();
        if spoken != newest {
            let number = spoken.trim_start_matches('v');
            connect = connect.api_version(number.parse::<ApiVersion>().map_err(|e| e.to_string())?);
        }
        let docker = connect.await.map_err(|error| error.to_string())?;
        let mut engine = Engine::new(docker, flavor, scenario.mark());
        engine.registry = Some(format!("{REGISTRY}:5000"));
        let played = scenario.play(engine).await;
        // What did not match is more to the point than what came of it.
        replayed
            .finish()
            .await
            .map_err(|mismatch| mismatch.to_string())?;
        played.map_err(|failure| failure.to_string())
    })
}
