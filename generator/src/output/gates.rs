//! The gate table as data, for a layer that talks to engines of many versions.

use super::header;
use crate::history::History;
use crate::version::Version;

const HEAD: &str = r#"//! Which operations, parameters and fields came or went between API versions.

/// When a feature is part of the API: both bounds belong to it, none means no bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    /// `ContainerList`, its parameter `ContainerList?all` or a field `ContainerSummary.Id`.
    pub feature: &'static str,
    /// The minor version of API 1 that it came with.
    pub since: Option<u16>,
    /// The minor version of API 1 that had it last.
    pub until: Option<u16>,
}

/// The gate of a feature; none for what is in every version, and for what there never was.
pub fn gate(feature: &str) -> Option<&'static Gate> {
    let found = GATES.binary_search_by(|gate| gate.feature.cmp(feature));
    found.ok().map(|index| &GATES[index])
}

const fn gate_of(feature: &'static str, since: u16, until: u16) -> Gate {
    Gate {
        feature,
        since: if since == 0 { None } else { Some(since) },
        until: if until == 0 { None } else { Some(until) },
    }
}

/// Every gate, in the order of the features' names.
pub static GATES: &[Gate] = &[
"#;

/// The file with every span that has a bound.
pub fn file(history: &History, version: Version) -> String {
    let mut text = format!(
        "{}\n{HEAD}",
        header(version, " and the specs of all versions before it")
    );
    for (feature, span) in history.bounded() {
        let minor = |version: Option<Version>| version.map_or(0, Version::minor);
        text.push_str(&format!(
            "    gate_of({feature:?}, {}, {}),\n",
            minor(span.since),
            minor(span.until)
        ));
    }
    text.push_str("];\n");
    text
}
