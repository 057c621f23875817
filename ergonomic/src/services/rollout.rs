//! How the tasks of a service are replaced.

use std::time::Duration;

use crate::raw::types::{
    ServiceSpecRollbackConfig, ServiceSpecRollbackConfigFailureAction,
    ServiceSpecRollbackConfigOrder, ServiceSpecUpdateConfig,
};
use crate::update::nanoseconds;

/// What happens when replaced tasks fail.
pub use crate::raw::types::ServiceSpecUpdateConfigFailureAction as FailureAction;
/// Whether a task ends before or after the one that replaces it starts.
pub use crate::raw::types::ServiceSpecUpdateConfigOrder as Order;

/// How the tasks of a service are replaced by those of a newer, or again by those of an older,
/// spec.
///
/// What is not set stays as it is, or is the engine's choice.
///
/// ```
/// use std::time::Duration;
/// use dockwright::{FailureAction, Order, Rollout};
///
/// let careful = Rollout::new()
///     .parallelism(2)
///     .delay(Duration::from_secs(10))
///     .order(Order::StartFirst)
///     .on_failure(FailureAction::Rollback);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use = "it is used by giving it to a service"]
pub struct Rollout {
    parallelism: Option<u32>,
    delay: Option<Duration>,
    monitor: Option<Duration>,
    max_failure_ratio: Option<f64>,
    failure_action: Option<FailureAction>,
    order: Option<Order>,
}

impl Rollout {
    /// One of which nothing is set.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many tasks are replaced at once; 0 for all.
    pub fn parallelism(mut self, tasks: u32) -> Self {
        self.parallelism = Some(tasks);
        self
    }

    /// How long to wait between one lot of tasks and the next.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = Some(delay);
        self
    }

    /// How long a new task is watched for a failure.
    pub fn monitor(mut self, time: Duration) -> Self {
        self.monitor = Some(time);
        self
    }

    /// Which part of the tasks may fail, from 0.0 to 1.0.
    pub fn max_failure_ratio(mut self, ratio: f64) -> Self {
        self.max_failure_ratio = Some(ratio);
        self
    }

    /// What happens when more tasks fail than may. A rollback cannot be rolled back.
    pub fn on_failure(mut self, action: FailureAction) -> Self {
        self.failure_action = Some(action);
        self
    }

    /// Whether a task ends before or after the one that replaces it starts.
    ///
    /// # API version
    ///
    /// Since 1.29.
    pub fn order(mut self, order: Order) -> Self {
        self.order = Some(order);
        self
    }

    pub(super) fn set_update(&self, config: &mut ServiceSpecUpdateConfig) {
        set(&mut config.parallelism, self.parallelism.map(Into::into));
        set(&mut config.delay, self.delay.map(nanoseconds));
        set(&mut config.monitor, self.monitor.map(nanoseconds));
        set(&mut config.max_failure_ratio, self.max_failure_ratio);
        set(&mut config.failure_action, self.failure_action.clone());
        set(&mut config.order, self.order.clone());
    }

    pub(super) fn set_rollback(&self, config: &mut ServiceSpecRollbackConfig) {
        set(&mut config.parallelism, self.parallelism.map(Into::into));
        set(&mut config.delay, self.delay.map(nanoseconds));
        set(&mut config.monitor, self.monitor.map(nanoseconds));
        set(&mut config.max_failure_ratio, self.max_failure_ratio);
        let action = self.failure_action.as_ref().map(|action| match action {
            FailureAction::Continue => ServiceSpecRollbackConfigFailureAction::Continue,
            FailureAction::Pause => ServiceSpecRollbackConfigFailureAction::Pause,
            other => ServiceSpecRollbackConfigFailureAction::Other(other.to_string()),
        });
        set(&mut config.failure_action, action);
        let order = self.order.as_ref().map(|order| match order {
            Order::StopFirst => ServiceSpecRollbackConfigOrder::StopFirst,
            Order::StartFirst => ServiceSpecRollbackConfigOrder::StartFirst,
            other => ServiceSpecRollbackConfigOrder::Other(other.to_string()),
        });
        set(&mut config.order, order);
    }
}

fn set<T>(field: &mut Option<T>, value: Option<T>) {
    if value.is_some() {
        *field = value;
    }
}
