//! Waiting for a container to do well.

use super::Container;
use crate::answer::{Result, awaited};
use crate::error::{Error, ErrorKind, printable};
use crate::events::EventKind;
use crate::raw::types::{
    ContainerInspectResponse, ContainerState, ContainerStateStatus, Health, HealthStatus,
};

/// A wait for a container to do well; await it.
///
/// See [`Container::wait_healthy`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct WaitHealthy {
    container: Container,
}

impl Container {
    /// Waits until the container's [health check](crate::HealthCheck) says that it does well. One
    /// that does not run yet may be started meanwhile, and one that ends may be restarted by its
    /// policy.
    ///
    /// The engine tells of each change; it is not asked again and again.
    ///
    /// # Errors
    ///
    /// [`is_unhealthy`](Error::is_unhealthy) if the check says that the container does not do
    /// well, if it ends for good, and if there is no check; and
    /// [`is_not_found`](Error::is_not_found) if there is no such container, or no more.
    ///
    /// # Dropping
    ///
    /// Dropping the future stops the waiting, and nothing else.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use dockwright::HealthCheck;
    ///
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let check = HealthCheck::cmd(["pg_isready"]).interval(Duration::from_secs(1));
    /// let database = docker.containers().run("postgres").health_check(check).await?;
    /// database.wait_healthy().await?;
    /// # Ok(()) }
    /// ```
    pub fn wait_healthy(&self) -> WaitHealthy {
        WaitHealthy {
            container: self.clone(),
        }
    }
}

impl WaitHealthy {
    async fn send(self) -> Result<()> {
        let (call, name) = self.container.call("wait for health of container")?;
        // Before it is looked at, so that no change is missed in between.
        let events = self.container.docker.events();
        let events = events.kind(EventKind::Container).container(name);
        let mut events = events.await?;
        loop {
            match verdict(&self.container.inspect().await?) {
                Verdict::Healthy => return Ok(()),
                Verdict::Unhealthy(reason) => {
                    return Err(Error::new(ErrorKind::Unhealthy, reason).during(&call));
                }
                Verdict::Open => {}
            }
            // The checks themselves, which are commands that run in the container, are no change.
            loop {
                let Some(event) = events.try_next().await? else {
                    let reason = "the engine stopped to tell of its events";
                    return Err(Error::new(ErrorKind::Interrupted, reason).during(&call));
                };
                if !event.action.starts_with("exec") {
                    break;
                }
            }
        }
    }
}

awaited!(WaitHealthy => ());

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Healthy,
    Unhealthy(String),
    /// Something else will happen.
    Open,
}

fn verdict(about: &ContainerInspectResponse) -> Verdict {
    let Some(state) = &about.state else {
        return Verdict::Open;
    };
    match &state.status {
        Some(
            ContainerStateStatus::Exited
            | ContainerStateStatus::Dead
            | ContainerStateStatus::Removing,
        ) => return Verdict::Unhealthy(end(state)),
        None if state.running == Some(false) => return Verdict::Unhealthy(end(state)),
        _ => {}
    }
    let config = about.config.as_ref();
    let check = config.and_then(|config| config.healthcheck.as_ref());
    let test = check.and_then(|check| check.test.first());
    if test.is_none_or(|kind| kind == "NONE") {
        return Verdict::Unhealthy("it has no health check".to_owned());
    }
    match &state.health {
        Some(health) if health.status == Some(HealthStatus::Healthy) => Verdict::Healthy,
        // An engine that does not check, such as during a pause, calls that unhealthy, too; then
        // no check has failed.
        Some(health)
            if health.status == Some(HealthStatus::Unhealthy)
                && health.failing_streak > Some(0) =>
        {
            Verdict::Unhealthy(failure(health))
        }
        _ => Verdict::Open,
    }
}

fn end(state: &ContainerState) -> String {
    match state.exit_code {
        Some(code) => format!("the container ended, with exit status {code}"),
        None => "the container ended".to_owned(),
    }
}

fn failure(health: &Health) -> String {
    let streak = health.failing_streak.unwrap_or_default();
    let reason = format!("its health check failed {streak} times in a row");
    let last = health.log.last().and_then(|last| last.output.as_deref());
    match last.map(printable).filter(|output| !output.is_empty()) {
        Some(output) => format!("{reason}, last with: {output}"),
        None => reason,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(state: serde_json::Value, test: &[&str]) -> Verdict {
        let about = json!({"State": state, "Config": {"Healthcheck": {"Test": test}}});
        verdict(&serde_json::from_value(about).unwrap())
    }

    #[test]
    fn only_a_check_that_failed_is_a_verdict() {
        let test = &["CMD", "true"];
        let running = |status: &str, streak: i64| {
            let health = json!({"Status": status, "FailingStreak": streak, "Log": null});
            of(
                json!({"Status": "running", "Running": true, "Health": health}),
                test,
            )
        };
        assert_eq!(running("healthy", 0), Verdict::Healthy);
        for open in ["starting", "", "reset", "unhealthy"] {
            assert_eq!(running(open, 0), Verdict::Open, "{open}");
        }
        let failed = Verdict::Unhealthy("its health check failed 3 times in a row".into());
        assert_eq!(running("unhealthy", 3), failed);
        assert_eq!(
            of(json!({"Status": "created", "Running": false}), test),
            Verdict::Open
        );
    }

    #[test]
    fn what_cannot_become_healthy_is_not_waited_for() {
        let ended = of(json!({"Status": "exited", "ExitCode": 3}), &["CMD", "true"]);
        let reason = "the container ended, with exit status 3";
        assert_eq!(ended, Verdict::Unhealthy(reason.to_owned()));
        for none in [&["NONE"][..], &[]] {
            let verdict = of(json!({"Status": "running", "Running": true}), none);
            assert_eq!(
                verdict,
                Verdict::Unhealthy("it has no health check".to_owned())
            );
        }
    }
}
