//! The pages of `docs/` that follow from `spec/`: what came with which version, and where specs are wrong.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use serde::Deserialize;

use crate::fixups::{Fixup, Fixups, Shelf};
use crate::history::{History, Span};
use crate::lift::Lifted;
use crate::version::Version;
use crate::yaml;

/// The releases of engines that first spoke a version.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Release {
    api: Version,
    docker: String,
    podman: Option<String>,
}

/// Which release speaks what.
#[derive(Debug, Default)]
pub struct Releases(Vec<Release>);

impl Releases {
    /// Reads the list, oldest first.
    pub fn load(path: &Path) -> Result<Self> {
        Ok(Self(yaml::read(path)?))
    }

    /// The first release that speaks a version: the one that came with it, or with the next one.
    fn first(&self, version: Version, of: impl Fn(&Release) -> Option<&str>) -> String {
        let mut releases = self.0.iter().filter(|release| release.api >= version);
        releases.find_map(of).unwrap_or("—").to_owned()
    }
}

/// `docs/compatibility.md`: every feature that is not in all versions, by operation and by type.
pub fn compatibility(history: &History, newest: &Lifted, releases: &Releases) -> String {
    let mut text = head(
        "Compatibility",
        "What came or went after API v1.24, as the gate table has it. An engine is asked for nothing \
         that the negotiated version lacks: \
         using it is an error before anything is sent. The last two columns name the first release \
         that speaks the version; — stands for none that is known here.",
    );
    text.push_str("\n## Versions\n\n| API | Docker | Podman |\n|---|---|---|\n");
    for Release {
        api,
        docker,
        podman,
    } in &releases.0
    {
        let podman = podman.as_deref().unwrap_or("");
        text.push_str(&format!("| {api} | {docker} | {podman} |\n"));
    }
    let operations: Vec<&str> = newest.operations.iter().map(|o| o.id.as_str()).collect();
    let mut groups: BTreeMap<(bool, &str), Vec<(&str, Span)>> = BTreeMap::new();
    for (feature, span) in history.bounded() {
        let owner = feature.split(['?', '.']).next().unwrap_or(feature);
        let is_type = !operations.contains(&owner);
        groups
            .entry((is_type, owner))
            .or_default()
            .push((feature, span));
    }
    for (is_type, title) in [
        (false, "Operations and parameters"),
        (true, "Types and fields"),
    ] {
        text.push_str(&format!(
            "\n## {title}\n\n| feature | since | until | Docker | Podman |\n|---|---|---|---|---|\n"
        ));
        let rows = groups.iter().filter(|((typ, _), _)| *typ == is_type);
        for (feature, span) in rows.flat_map(|(_, features)| features) {
            text.push_str(&row(feature, *span, releases));
        }
    }
    text
}

fn row(feature: &str, span: Span, releases: &Releases) -> String {
    let shown = |version: Option<Version>| version.map(|v| v.to_string()).unwrap_or_default();
    let first = |of: fn(&Release) -> Option<&str>| match span.since {
        Some(since) => releases.first(since, of),
        None => String::new(),
    };
    let docker = first(|release| Some(&release.docker));
    let podman = first(|release| release.podman.as_deref());
    let (since, until) = (shown(span.since), shown(span.until));
    format!("| `{feature}` | {since} | {until} | {docker} | {podman} |\n")
}

/// `docs/spec-bugs.md`: where engines do otherwise than the published specs say.
pub fn spec_bugs(fixups: &Fixups) -> String {
    let mut text = head(
        "Where the specs are wrong",
        "The published Swagger files of the Docker Engine API, and what engines really do. Each entry is a \
         correction that the raw crates are generated with; it names the versions whose spec needs it and how \
         that is known. Whoever writes a client can use the list as it is.",
    );
    let mut area = "";
    for fixup in fixups.iter().filter(|fixup| fixup.shelf == Shelf::Upstream) {
        if fixup.area != area {
            area = &fixup.area;
            text.push_str(&format!("\n## {}\n", capitalized(area)));
        }
        text.push_str(&entry(fixup));
    }
    text
}

fn entry(fixup: &Fixup) -> String {
    let evidence = fixup
        .evidence
        .iter()
        .map(|line| one_line(line))
        .collect::<Vec<_>>();
    format!(
        "\n### {}\n\nAPI {}. The spec: {} Engines: {}\n\nEvidence: {}.\n",
        fixup.id,
        fixup.versions,
        one_line(&fixup.spec),
        one_line(&fixup.engine),
        evidence.join("; ").trim_end_matches('.'),
    )
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// The title, where the page comes from, and what it is.
fn head(title: &str, intro: &str) -> String {
    format!("# {title}\n\n<!-- @generated by `cargo xtask regen` from spec/. -->\n\n{intro}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn releases() -> Releases {
        let list = "- {api: '1.1', docker: '1'}\n- {api: '1.3', docker: '3', podman: '5'}";
        Releases(yaml::parse(list).unwrap())
    }

    #[test]
    fn a_feature_is_in_the_first_release_that_speaks_its_version_or_a_newer_one() {
        let span = |since| Span {
            since: Some(Version::new(1, since)),
            until: None,
        };
        let row = |since| row("Thing.Id", span(since), &releases());
        assert_eq!(row(2), "| `Thing.Id` | 1.2 |  | 3 | 5 |\n");
        assert_eq!(row(1), "| `Thing.Id` | 1.1 |  | 1 | 5 |\n");
        assert_eq!(row(4), "| `Thing.Id` | 1.4 |  | — | — |\n");
    }
}
