//! Call what this crate has no word for.
//!
//! `raw` is the generated client: every operation of the API, with all parameters. Where something is created, `body`
//! edits what is sent.

use std::error::Error;

use dockwright::Docker;
use dockwright::raw::ContainerListParams;

pub async fn call_what_has_no_word(docker: &Docker) -> Result<(), Box<dyn Error>> {
    let params = ContainerListParams {
        all: Some(true),
        ..Default::default()
    };
    let listed = docker.raw().container_list(&params).await?.into_inner();
    println!("{} containers", listed.len());

    let create = docker.containers().create("busybox");
    let create = create.body(|body| body.shell = vec!["/bin/sh".to_owned()]);
    create.await?.remove().await?;
    Ok(())
}
