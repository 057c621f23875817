//! Where everything lives: one folder for all engines, one folder each inside it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use rustix::fs::{FlockOperation, flock};

use crate::engine::catalog::Engine;

/// Names another folder than `.engines` in the workspace.
const VARIABLE: &str = "DOCKWRIGHT_ENGINES_DIR";

/// The longest path that a Unix socket can have on Linux.
const SOCKET_PATH_MAX: usize = 107;

/// The folder that holds all engines.
pub struct Home(PathBuf);

impl Home {
    pub fn find() -> Result<Home> {
        let path = match std::env::var_os(VARIABLE) {
            Some(dir) => PathBuf::from(dir),
            None => crate::workspace_root().join(".engines"),
        };
        let path = std::path::absolute(&path)
            .with_context(|| format!("{VARIABLE}={} is no path", path.display()))?;
        Ok(Home(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn engine(&self, engine: Engine) -> EngineDir {
        EngineDir(self.0.join(engine.name()))
    }

    /// Keeps every other `up`, `down` and `rm` on this folder waiting until it is dropped.
    pub fn lock(&self) -> Result<File> {
        let longest = self.engine(Engine::Docker20).socket();
        ensure!(
            longest.as_os_str().len() <= SOCKET_PATH_MAX,
            "{} is too long for a Unix socket; set {VARIABLE} to a shorter folder",
            longest.display()
        );
        fs::create_dir_all(&self.0).with_context(|| format!("cannot make {}", self.0.display()))?;
        lock(&self.0.join("lock"), || {
            eprintln!(
                "waiting for another `engine` command on {}",
                self.0.display()
            );
        })
    }
}

/// Waits until `path` is ours, which it is until the file is dropped; says so if it must wait.
pub fn lock(path: &Path, say_waiting: impl FnOnce()) -> Result<File> {
    let file = File::create(path).with_context(|| format!("cannot open {}", path.display()))?;
    if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
        say_waiting();
        flock(&file, FlockOperation::LockExclusive)
            .with_context(|| format!("cannot lock {}", path.display()))?;
    }
    Ok(file)
}

/// The folder of one engine.
pub struct EngineDir(PathBuf);

impl EngineDir {
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// What the engine sees as `/`; it is there only when fully unpacked.
    pub fn root(&self) -> PathBuf {
        self.0.join("root")
    }

    /// What the engine sees as `/run/engine`.
    pub fn run(&self) -> PathBuf {
        self.0.join("run")
    }

    pub fn socket(&self) -> PathBuf {
        self.run().join("docker.sock")
    }

    /// The line of `/proc/PID/stat` that the engine's first process wrote at its start.
    pub fn stat(&self) -> PathBuf {
        self.run().join("init.stat")
    }

    /// Certificates and keys, for who wants to reach the engine; they are made anew at each start.
    pub fn keys(&self) -> PathBuf {
        self.run().join("keys")
    }

    pub fn log(&self) -> PathBuf {
        self.0.join("log")
    }

    pub fn is_fetched(&self) -> bool {
        self.root().is_dir()
    }
}
