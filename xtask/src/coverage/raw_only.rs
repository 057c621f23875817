//! The operations that `dockwright` has no words for, and why.

/// Why an operation is reached by `Docker::raw` only.
pub fn reason(id: &str) -> Option<&'static str> {
    REASONS
        .iter()
        .find(|(known, _)| *known == id)
        .map(|(_, reason)| *reason)
}

const REASONS: [(&str, &str); 2] = [
    (
        "Session",
        "a gRPC server in the client, deprecated by engines since 1.53; builds go without it",
    ),
    (
        "Grpc",
        "BuildKit's own API, deprecated by engines since 1.53",
    ),
];
