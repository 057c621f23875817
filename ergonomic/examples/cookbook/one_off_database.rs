//! Run a one-off Postgres for a test, and remove it.
//!
//! `remove` with `volumes` takes the anonymous volume of its data along. To have it removed even if the test
//! panics, remove what has the label when the tests begin.

use std::time::Duration;

use dockwright::{Docker, HealthCheck, Result};

pub async fn one_off_database(docker: &Docker, image: &str) -> Result<()> {
    // Postgres begins once to set itself up, without TCP: only the real start counts as ready.
    let ready = HealthCheck::cmd(["pg_isready", "-h", "127.0.0.1"]);
    let run = docker
        .containers()
        .run(image)
        .env("POSTGRES_PASSWORD", "test");
    let run = run.health_check(ready.interval(Duration::from_millis(500)));
    let run = run.label("org.example.test", "database");
    let database = run.publish(0, 5432).await?;

    let tested = async {
        database.wait_healthy().await?;
        let address = database.port(5432).await?[0];
        println!("postgres://postgres:test@{address}/postgres");
        Ok(())
    };
    let tested = tested.await;
    database.remove().force(true).volumes(true).await?;
    tested
}
