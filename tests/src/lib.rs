//! What the replay and live tests and the recorder share: [scenarios](SCENARIOS), and engines to play them on.

mod deaths;
mod engine;
mod examples;
mod proxy;
mod quickstart;
mod restart;
mod scenario;
mod scenarios;
mod swarm;
mod target;
mod ways;

pub use deaths::revived;
pub use engine::{Engine, Flavor};
pub use examples::build_examples;
pub use quickstart::{QUICKSTART, quickstart, said_hello};
pub use restart::{OwnEngine, survives_restarts};
pub use scenario::{Failure, Kind, Scenario, trial};
pub use scenarios::SCENARIOS;
pub use swarm::three_nodes;
pub use target::{Remote, SwarmNode, Target, Targets};
pub use ways::{ways, with_ssh};

use std::path::{Path, PathBuf};

use dockwright::ApiVersion;
use dockwright_replay::EngineInfo;

/// The folder that has a folder for each engine whose answers were recorded.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// The host of the registry in recordings.
pub const REGISTRY: &str = "10.201.0.5";

/// Where the recording of a scenario by this engine, spoken to in this version, lies.
pub fn fixture_path(engine: &EngineInfo, api: ApiVersion, scenario: &str) -> PathBuf {
    // What a distribution adds to the version does not matter.
    let version = engine.version.split('+').next().unwrap_or_default();
    let folder = fixtures().join(format!("{}-{version}", engine.name));
    folder
        .join(format!("v{api}"))
        .join(format!("{scenario}.json"))
}

/// The folder of the workspace.
pub fn workspace() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests)
}
