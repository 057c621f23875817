//! Mount a folder of the host, and a volume.
//!
//! The folder is one of the machine that the engine runs on, which need not be this one.

use dockwright::{Docker, Mount, Result};

pub async fn mount_folders_and_volumes(docker: &Docker, folder: &str, volume: &str) -> Result<()> {
    docker.volumes().create().name(volume).await?;
    let copy = ["sh", "-c", "cp -r /in/. /out && ls /out"];
    let run = docker.containers().run("busybox").cmd(copy);
    let run = run.mount(Mount::bind(folder, "/in").read_only());
    let run = run.mount(Mount::volume(volume, "/out"));
    let output = run.auto_remove().output().await?;
    print!("{}{}", output.stdout_text(), output.stderr_text());
    docker.volume(volume).remove().await
}
