//! Waiting until a swarm has made of a service what it is to be.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Service;
use crate::answer::{Result, awaited};
use crate::error::Error;
use crate::raw::types::{
    self, ServiceSpecMode, ServiceUpdateStatus, ServiceUpdateStatusState as State, Task, TaskState,
};
use crate::version::ApiVersion;

/// How long to wait before the managers are asked again: no event tells of tasks.
const PAUSE: Duration = Duration::from_millis(250);

/// The first version in which engines tell tasks of the current spec from others.
const UP_TO_DATE: ApiVersion = ApiVersion::new(1, 29);

/// A wait for the tasks of a service; await it for the service as it is then.
///
/// See [`Service::converged`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Converge {
    service: Service,
    stable_for: Duration,
}

impl Service {
    /// Waits until as many tasks run as are wanted, of the spec as it is now; for a job, until it
    /// is done. Gives the service as it is then: its update status tells if an update was rolled
    /// back.
    ///
    /// There is no end to this while tasks cannot run, for a want of nodes or of an image; what
    /// hinders them is said by [`tasks`](Service::tasks). The managers are asked four times a
    /// second.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such service, and the engine's words
    /// if an update has been paused for its failures.
    ///
    /// # Dropping
    ///
    /// Dropping the future stops the waiting, and nothing else.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use tokio::time::timeout;
    ///
    /// # async fn example(docker: dockwright::Docker) -> Result<(), Box<dyn std::error::Error>> {
    /// let web = docker.service("web");
    /// web.scale(5).await?;
    /// timeout(Duration::from_secs(60), web.converged().into_future()).await??;
    /// # Ok(()) }
    /// ```
    pub fn converged(&self) -> Converge {
        Converge {
            service: self.clone(),
            stable_for: Duration::ZERO,
        }
    }
}

impl Converge {
    /// How long it has to stay so; not at all, if not set.
    pub fn stable_for(mut self, time: Duration) -> Self {
        self.stable_for = time;
        self
    }

    async fn send(self) -> Result<types::Service> {
        let mut since = None;
        loop {
            let service = self.service.inspect().await?;
            if self.holds(&service).await? {
                let since = since.get_or_insert_with(Instant::now);
                if since.elapsed() >= self.stable_for {
                    return Ok(service);
                }
            } else {
                since = None;
            }
            sleep(PAUSE).await;
        }
    }

    async fn holds(&self, service: &types::Service) -> Result<bool> {
        let (call, name) = self.service.call("wait for service")?;
        if self
            .is_changing(service.update_status.as_ref())
            .map_err(|error| error.during(&call))?
        {
            return Ok(false);
        }
        let mode = service.spec.as_ref().and_then(|spec| spec.mode.as_ref());
        let Some(mode) = mode else {
            return Err(Error::decode("the engine gave no mode").during(&call));
        };
        // Its name may be another's by now.
        let mut tasks = self.service.docker.tasks().list();
        tasks = tasks.service(service.id.as_deref().unwrap_or(name));
        if is_job(mode) {
            return Ok(is_done(mode, service, &tasks.await?));
        }
        if self.service.docker.api_version() >= UP_TO_DATE {
            tasks = tasks.filter("_up-to-date", "true");
        }
        Ok(is_running(mode, &tasks.running().await?))
    }

    /// Whether an update goes on. One that does not, and has not come to its end, is an error.
    fn is_changing(&self, status: Option<&ServiceUpdateStatus>) -> Result<bool> {
        let Some(status) = status else {
            return Ok(false);
        };
        match status.state {
            Some(State::Updating | State::RollbackStarted) => Ok(true),
            Some(State::Paused | State::RollbackPaused) => {
                let message = status.message.clone();
                Err(Error::engine(None, message.unwrap_or_default()))
            }
            _ => Ok(false),
        }
    }
}

awaited!(Converge => types::Service);

fn is_job(mode: &ServiceSpecMode) -> bool {
    mode.replicated_job.is_some() || mode.global_job.is_some()
}

/// Whether all tasks that are to run do so, and are as many as are wanted.
fn is_running(mode: &ServiceSpecMode, tasks: &[Task]) -> bool {
    let all = tasks
        .iter()
        .all(|task| state(task) == Some(&TaskState::Running));
    let wanted = mode
        .replicated
        .as_ref()
        .map(|mode| mode.replicas.unwrap_or(1));
    match wanted {
        Some(wanted) => all && i64::try_from(tasks.len()) == Ok(wanted),
        // As many as there are nodes for them, which is for the managers to know.
        None => all && !tasks.is_empty(),
    }
}

/// Whether as many tasks of the job's last run have ended well as are wanted.
fn is_done(mode: &ServiceSpecMode, service: &types::Service, tasks: &[Task]) -> bool {
    let status = service.job_status.as_ref();
    let run = |version: Option<&types::ObjectVersion>| version.and_then(|v| v.index).unwrap_or(0);
    let current = run(status.and_then(|status| status.job_iteration.as_ref()));
    let tasks = tasks.iter();
    let mut tasks = tasks
        .filter(|task| run(task.job_iteration.as_ref()) == current)
        .peekable();
    let is_complete = |task: &&Task| state(task) == Some(&TaskState::Complete);
    match &mode.replicated_job {
        Some(job) => {
            let wanted = job.total_completions.or(job.max_concurrent).unwrap_or(1);
            let complete = tasks.filter(is_complete).count();
            i64::try_from(complete).is_ok_and(|complete| complete >= wanted)
        }
        None => tasks.peek().is_some() && tasks.all(|task| is_complete(&task)),
    }
}

fn state(task: &Task) -> Option<&TaskState> {
    task.status.as_ref()?.state.as_ref()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mode(mode: serde_json::Value) -> ServiceSpecMode {
        serde_json::from_value(mode).unwrap()
    }

    fn tasks(states: &[&str]) -> Vec<Task> {
        let task = |state: &&str| {
            let task = json!({"JobIteration": {"Index": 3}, "Status": {"State": state}});
            serde_json::from_value(task).unwrap()
        };
        states.iter().map(task).collect()
    }

    #[test]
    fn as_many_run_as_are_wanted() {
        let three = mode(json!({"Replicated": {"Replicas": 3}}));
        assert!(is_running(&three, &tasks(&["running"; 3])));
        assert!(!is_running(&three, &tasks(&["running"; 2])));
        assert!(!is_running(&three, &tasks(&["running"; 4])));
        assert!(!is_running(
            &three,
            &tasks(&["running", "running", "starting"])
        ));
        let global = mode(json!({"Global": {}}));
        assert!(is_running(&global, &tasks(&["running"])));
        assert!(!is_running(&global, &tasks(&[])));
    }

    #[test]
    fn a_job_is_done_when_its_last_run_is() {
        let service = |index: u64| -> types::Service {
            serde_json::from_value(json!({"JobStatus": {"JobIteration": {"Index": index}}}))
                .unwrap()
        };
        let two = mode(json!({"ReplicatedJob": {"MaxConcurrent": 1, "TotalCompletions": 2}}));
        let done = tasks(&["complete", "failed", "complete"]);
        assert!(is_done(&two, &service(3), &done));
        assert!(!is_done(&two, &service(4), &done));
        assert!(!is_done(
            &two,
            &service(3),
            &tasks(&["complete", "running"])
        ));
        let global = mode(json!({"GlobalJob": {}}));
        assert!(is_done(&global, &service(3), &tasks(&["complete"])));
        assert!(!is_done(&global, &service(3), &done));
        assert!(!is_done(&global, &service(3), &[]));
    }
}
