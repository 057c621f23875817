//! What comes of a build: the image, by the id that the engine tells.

use serde_json::Value;

use crate::answer::Result;
use crate::docker::Docker;
use crate::error::Error;
use crate::images::{Image, is_id};
use crate::progress::{Outcome, Step};

/// What the classic builder says at the end.
const BUILT: &str = "Successfully built ";

/// Looks for the id of the image among the steps.
pub(super) struct Built {
    docker: Docker,
    /// As a result, which nothing but the engine writes.
    id: Option<String>,
    /// As the engine's last words, where there is no such result: before API version 1.30, and in
    /// quiet builds.
    said: Option<String>,
}

impl Built {
    pub(super) fn new(docker: Docker) -> Self {
        Self {
            docker,
            id: None,
            said: None,
        }
    }
}

impl Outcome<Image> for Built {
    fn see(&mut self, step: &Step) {
        match step {
            Step::Aux(aux) => {
                let id = aux.value.get("ID").and_then(Value::as_str);
                self.id = id.map(str::to_owned).or(self.id.take());
            }
            Step::Output(text) => {
                if let Some(id) = said_id(text.trim()) {
                    self.said = Some(id);
                }
            }
            _ => {}
        }
    }

    fn end(self: Box<Self>) -> Result<Image> {
        match self.id.or(self.said) {
            Some(id) => Ok(self.docker.image(id)),
            None => Err(Error::decode("the engine gave no id of the image")),
        }
    }
}

/// The id in a line that has one.
fn said_id(line: &str) -> Option<String> {
    let is_hex = |id: &str| id.bytes().all(|byte| byte.is_ascii_hexdigit());
    match line.strip_prefix(BUILT) {
        Some(id) => (id.len() >= 12 && is_hex(id)).then(|| id.to_owned()),
        // Podman's way.
        None if line.len() == 64 && is_hex(line) => Some(format!("sha256:{line}")),
        None => is_id(line).then(|| line.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_told_in_three_ways() {
        let hex = "32f5aa3e4b04".repeat(5) + "0000";
        for (line, id) in [
            ("Successfully built 32f5aa3e4b04", "32f5aa3e4b04"),
            (&format!("sha256:{hex}"), &format!("sha256:{hex}")),
            (&hex, &format!("sha256:{hex}")),
        ] {
            assert_eq!(said_id(line).as_deref(), Some(id));
        }
        for line in [
            "",
            "Successfully built",
            "Successfully built wheel",
            "Successfully tagged a:1",
            "32f5aa3e4b04",
            "sha256:",
        ] {
            assert_eq!(said_id(line), None, "{line}");
        }
    }
}
