//! The gate table as data, for a layer that talks to engines of many versions.

mod bodies;
mod parameters;

use anyhow::Result;

use super::{Files, header};
use crate::history::History;
use crate::lift::Lifted;
use crate::passes::Parts;
use crate::version::Version;

const HEAD: &str = r#"//! Which operations, parameters and fields came or went between API versions.

#[rustfmt::skip]
mod bodies;
#[rustfmt::skip]
mod parameters;

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

/// The parameters of an operation, which know what of them has a gate.
pub trait Parameters {
    /// The operation, as gates name it.
    const OPERATION: &'static str;

    /// Those that are set and have a gate, as gates name them.
    fn gated(&self) -> Vec<&'static str>;
}

/// The body of a request, of which it is known where fields are that have a gate.
pub trait Body: serde::Serialize {
    /// The keys that lead to each such field, and the field as gates name it. `*` stands for every
    /// entry of a list or a map.
    const GATED: &'static [(&'static [&'static str], &'static str)];
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

/// Puts in the table of every span that has a bound, and what finds those spans in a request.
pub fn put(history: &History, parts: &Parts, lifted: &Lifted, files: &mut Files) -> Result<()> {
    let version = lifted.version;
    files.insert("src/gates.rs".to_owned(), table(history, version));
    let parameters = parameters::file(history, parts, version);
    files.insert("src/gates/parameters.rs".to_owned(), parameters);
    let bodies = bodies::file(history, parts, lifted)?;
    files.insert("src/gates/bodies.rs".to_owned(), bodies);
    Ok(())
}

fn table(history: &History, version: Version) -> String {
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
