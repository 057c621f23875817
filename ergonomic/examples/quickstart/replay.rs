//! The same where there is no engine: on what one answered when it was asked.

use std::{error, io};

use dockwright::{Error, Result};

/// Whether there is no engine at all. One that may not be used, or that is not what the environment
/// says it is, is for the user to know of.
pub fn nothing_listens(error: &Error) -> bool {
    let mut causes = std::iter::successors(error::Error::source(error), |cause| cause.source());
    let cause = causes.find_map(|cause| cause.downcast_ref::<io::Error>());
    let absent = [io::ErrorKind::NotFound, io::ErrorKind::ConnectionRefused];
    error.is_connect() && cause.is_some_and(|cause| absent.contains(&cause.kind()))
}

#[cfg(unix)]
pub async fn hello(no_engine: Error) -> Result<()> {
    use dockwright::Docker;
    use dockwright_replay::{Fixture, ReplayEngine};

    let session = include_str!("session.json").parse::<Fixture>();
    let session = session.expect("the session is a fixture");
    let recorded = &session.engine;
    eprintln!(
        "replaying a session recorded with {} {}, since there is no engine: {no_engine}",
        recorded.name, recorded.version
    );

    let engine = ReplayEngine::start(session).await;
    let engine = engine.expect("a socket can be made");
    crate::hello(&Docker::connect_to(engine.docker_host()).await?).await?;
    let followed = engine.finish().await;
    followed.expect("the example asks what it asked when it was recorded");
    Ok(())
}

/// A session is replayed on a Unix socket.
#[cfg(not(unix))]
pub async fn hello(no_engine: Error) -> Result<()> {
    Err(no_engine)
}
