//! Waiting for containers to do well.

use std::time::Duration;

use dockwright::HealthCheck;
use tokio::time::timeout;

use crate::engine::{Engine, IDLE};

fn often(check: HealthCheck) -> HealthCheck {
    check.interval(Duration::from_secs(1)).retries(2)
}

/// Healthy from its first check on, and only after some that failed in the start period.
pub async fn becomes_healthy(engine: Engine) {
    if engine.is_podman() {
        println!("skipped: Podman checks by timers of systemd, which is not there");
        return;
    }
    let check = often(HealthCheck::shell("test -e /tmp/ready"));
    let create = engine.create(["sh", "-c", "sleep 2; touch /tmp/ready; sleep 600"]);
    let create = create.health_check(check.start_period(Duration::from_secs(60)));
    let container = create.await.unwrap();
    let waits = {
        let container = container.clone();
        tokio::spawn(async move { container.wait_healthy().await })
    };
    container.start().await.unwrap();
    waits.await.unwrap().unwrap();
    // Asked again, it is so at once.
    container.wait_healthy().await.unwrap();
    let health = container.inspect().await.unwrap().state.unwrap().health;
    assert_eq!(health.unwrap().status.unwrap().as_str(), "healthy");
}

pub async fn becomes_unhealthy(engine: Engine) {
    if engine.is_podman() {
        println!("skipped: Podman checks by timers of systemd, which is not there");
        return;
    }
    let check = often(HealthCheck::shell("echo not well; exit 1"));
    let container = engine.run(IDLE).health_check(check).await.unwrap();
    let error = container.wait_healthy().await.unwrap_err();
    assert!(error.is_unhealthy(), "{error}");
    assert!(error.to_string().contains("not well"), "{error}");
    assert_eq!(error.object(), Some(container.name_or_id()));
}

/// On all engines: what ends, what is removed, and what is never checked.
pub async fn never_healthy(engine: Engine) {
    let check = HealthCheck::cmd(["true"]).interval(Duration::from_secs(3600));
    let container = engine.run(IDLE).health_check(check.clone()).await.unwrap();
    let wait = container.wait_healthy().into_future();
    let wait = tokio::spawn(wait);
    container.stop().await.unwrap();
    let error = wait.await.unwrap().unwrap_err();
    assert!(error.is_unhealthy(), "{error}");
    // Afterwards it is known at once.
    let error = container.wait_healthy().await.unwrap_err();
    assert!(error.is_unhealthy(), "{error}");
    // It may have been stopped before it was ready to end by itself.
    assert!(
        error
            .to_string()
            .contains("the container ended, with exit status"),
        "{error}"
    );

    let container = engine.create(IDLE).health_check(check).await.unwrap();
    let mut wait = container.wait_healthy().into_future();
    let early = timeout(Duration::from_millis(300), &mut wait).await;
    assert!(early.is_err(), "{early:?}");
    container.remove().await.unwrap();
    let error = wait.await.unwrap_err();
    assert!(error.is_not_found(), "{error}");

    let unchecked = engine.run(IDLE).await.unwrap();
    let error = unchecked.wait_healthy().await.unwrap_err();
    assert!(error.is_unhealthy(), "{error}");
    assert!(error.to_string().contains("no health check"), "{error}");
}
