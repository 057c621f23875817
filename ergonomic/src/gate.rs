//! What only some API versions have: found out before anything is sent.

use crate::raw::gates;
use crate::version::ApiVersion;

/// A feature, named for people and by its gate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Feature {
    pub(crate) name: &'static str,
    gate: &'static str,
}

pub(crate) const CREATE_PLATFORM: Feature = Feature {
    name: "a platform to create a container for",
    gate: "ContainerCreate?platform",
};
pub(crate) const LOGS_UNTIL: Feature = Feature {
    name: "logs until a time",
    gate: "ContainerLogs?until",
};
pub(crate) const PULL_PLATFORM: Feature = Feature {
    name: "a platform to pull or import for",
    gate: "ImageCreate?platform",
};
pub(crate) const STOP_SIGNAL: Feature = Feature {
    name: "a signal to stop with",
    gate: "ContainerStop?signal",
};
/// From here on the engine says that it has begun to wait, before the container ends.
pub(crate) const WAIT_CONDITION: Feature = Feature {
    name: "registering a wait, or waiting on a condition",
    gate: "ContainerWait?condition",
};

impl Feature {
    /// The first API version that has this; the floor, for what was always there.
    pub(crate) fn since(self) -> ApiVersion {
        gates::gate(self.gate)
            .and_then(|gate| gate.since)
            .map_or(ApiVersion::FLOOR, |minor| ApiVersion::new(1, minor))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_has_its_gate() {
        for (feature, minor) in [
            (CREATE_PLATFORM, 41),
            (LOGS_UNTIL, 35),
            (PULL_PLATFORM, 32),
            (STOP_SIGNAL, 42),
            (WAIT_CONDITION, 30),
        ] {
            assert_eq!(feature.since(), ApiVersion::new(1, minor), "{feature:?}");
        }
    }
}
