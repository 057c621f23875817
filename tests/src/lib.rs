//! What the replay and live tests and the recorder share: [scenarios](SCENARIOS), and engines to play them on.

mod engine;
mod scenario;
mod scenarios;
mod target;

pub use engine::{Engine, Flavor};
pub use scenario::{Kind, Scenario, trial};
pub use scenarios::SCENARIOS;
pub use target::{Target, Targets};

use std::path::{Path, PathBuf};

/// The folder of the recording of a scenario by one engine, such as `docker-28.5.2`.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// The folder of the workspace.
pub fn workspace() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests)
}
