//! The program that a newcomer runs first, run as a newcomer does.

use std::env;
use std::process::{Command, Output};

use crate::workspace;

/// The name of the example.
pub const QUICKSTART: &str = "quickstart";

/// Runs the example on the engine at `host`.
///
/// # Errors
///
/// If it cannot be run. Whether it failed is in the output.
pub fn quickstart(host: &str) -> Result<Output, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    Command::new(cargo)
        .args(["run", "--quiet", "--example", QUICKSTART])
        .current_dir(workspace())
        .env("DOCKER_HOST", host)
        .env_remove("DOCKER_API_VERSION")
        .output()
        .map_err(|error| format!("cargo: {error}"))
}

/// Checks that it did well: the words on standard output, and this among the rest.
///
/// # Errors
///
/// With what it printed instead.
pub fn said_hello(output: &Output, besides: &[&str]) -> Result<(), String> {
    let out = String::from_utf8_lossy(&output.stdout);
    let err = String::from_utf8_lossy(&output.stderr);
    let said = out == "hello world\n" && besides.iter().all(|part| err.contains(part));
    match said && output.status.success() {
        true => Ok(()),
        false => Err(format!(
            "{}: it printed {out:?}, and {err:?} besides",
            output.status
        )),
    }
}
