//! What an unpacked root folder needs before an engine can start in it.
//!
//! Packages are unpacked and not installed, so what their installation scripts would do is done here, and no more.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::symlink;
use std::path::Path;

use anyhow::{Context, Result};
use rustix::process::{Resource, getrlimit};
use xshell::{Shell, cmd};

use super::home::EngineDir;
use super::net::Subnet;
use crate::engine::catalog::{Engine, Kind};

/// The registry's port without, and its port with authentication.
pub const REGISTRY_PORTS: [u16; 2] = [5000, 5001];

/// `tester`, `s3cret` as `htpasswd -B` would write it.
const REGISTRY_USERS: &str =
    "tester:$2y$05$dockwrightengines0123ufNaSDEto2s7dooQN7mTjWfjCyHeqquS\n";

/// Besides the user that sshd gives up its rights to, one who finds no program but a shell.
const PASSWD_OF_SSHD: &str = "root:x:0:0:root:/root:/bin/sh\n\
                              sshd:x:100:65534:sshd:/run/sshd:/usr/sbin/nologin\n\
                              bare:x:1000:65534:bare:/:/bin/sh\n";

pub fn prepare(engine: Engine, root: &Path, subnet: Subnet) -> Result<()> {
    let name = engine.name();
    for folder in [
        "proc", "sys", "dev", "run", "tmp", "old", "root", "etc", "var/tmp",
    ] {
        fs::create_dir_all(root.join(folder))?;
    }
    for folder in ["bin", "sbin", "lib", "lib64"] {
        link(&format!("usr/{folder}"), &root.join(folder))?;
    }
    // /run is empty at each start, so what an engine that was killed left there does not hinder the next.
    let var_run = root.join("var/run");
    if var_run.is_dir() && !var_run.is_symlink() {
        fs::remove_dir_all(&var_run)?;
    }
    link("/run", &var_run)?;
    write(root, "etc/passwd", "root:x:0:0:root:/root:/bin/sh\n")?;
    write(root, "etc/group", "root:x:0:\n")?;
    write(root, "etc/hosts", &format!("127.0.0.1 localhost {name}\n"))?;
    // Kept for documentation, so no one's, and without a route: no name is found, at once.
    write(root, "etc/resolv.conf", "nameserver 192.0.2.1\n")?;
    match engine.kind() {
        Kind::Docker | Kind::Swarm => prepare_docker(root),
        Kind::Remote => {
            write(root, "etc/passwd", PASSWD_OF_SSHD)?;
            prepare_docker(root)
        }
        Kind::Podman => prepare_podman(root, subnet),
        Kind::Registry => prepare_registry(root),
    }
    .with_context(|| format!("cannot prepare {}", root.display()))
}

/// Makes the root folder of an engine that has the programs of another one, whose root folder is `twin`.
///
/// Only `/usr` comes from packages and is never written to, so its files can be the same ones.
pub fn share(twin: &Path, dir: &EngineDir) -> Result<()> {
    let (usr, partial) = (twin.join("usr"), dir.path().join("root.partial"));
    let sh = Shell::new()?;
    sh.remove_path(&partial)?;
    fs::create_dir_all(&partial)?;
    cmd!(sh, "cp --archive --link {usr} {partial}")
        .quiet()
        .run()?;
    // Last, so that a root folder is always whole.
    fs::rename(&partial, dir.root())?;
    Ok(())
}

fn prepare_docker(root: &Path) -> Result<()> {
    for program in ["iptables", "ip6tables"] {
        for suffix in ["", "-save", "-restore"] {
            link(
                "xtables-nft-multi",
                &root.join(format!("usr/sbin/{program}{suffix}")),
            )?;
        }
    }
    link("tini-static", &root.join("usr/bin/docker-init"))
}

fn prepare_podman(root: &Path, subnet: Subnet) -> Result<()> {
    let limit = |resource| match getrlimit(resource).maximum {
        Some(most) => format!("{most}:{most}"),
        None => "-1:-1".to_owned(),
    };
    write(
        root,
        "etc/containers/containers.conf",
        &containers_conf(&limit(Resource::Nofile), &limit(Resource::Nproc)),
    )?;
    write(
        root,
        "etc/containers/registries.conf",
        &registries_conf(subnet),
    )?;
    write(
        root,
        "etc/containers/policy.json",
        r#"{"default": [{"type": "insecureAcceptAnything"}]}"#,
    )
}

/// Podman's own limits are above what a small machine allows.
fn containers_conf(nofile: &str, nproc: &str) -> String {
    format!(
        r#"[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "crun"

[containers]
log_driver = "k8s-file"
default_ulimits = ["nofile={nofile}", "nproc={nproc}"]
"#
    )
}

fn registries_conf(subnet: Subnet) -> String {
    let mut conf = "unqualified-search-registries = [\"docker.io\"]\n".to_owned();
    for port in REGISTRY_PORTS {
        let address = subnet.address(Engine::Registry.host_number());
        conf.push_str(&format!(
            "\n[[registry]]\nlocation = \"{address}:{port}\"\ninsecure = true\n"
        ));
    }
    conf
}

fn prepare_registry(root: &Path) -> Result<()> {
    write(root, "etc/registry/users", REGISTRY_USERS)?;
    for port in REGISTRY_PORTS {
        write(
            root,
            &format!("etc/registry/{port}.yml"),
            &registry_config(port),
        )?;
    }
    Ok(())
}

fn registry_config(port: u16) -> String {
    let auth = match port {
        5001 => "auth: {htpasswd: {realm: test, path: /etc/registry/users}}\n",
        _ => "",
    };
    format!(
        "version: 0.1\n\
         storage: {{filesystem: {{rootdirectory: /var/lib/registry/{port}}}, delete: {{enabled: true}}}}\n\
         http: {{addr: \":{port}\"}}\n\
         {auth}"
    )
}

fn write(root: &Path, path: &str, text: &str) -> Result<()> {
    let path = root.join(path);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    // A package may have put a link there, and a link could lead out of the root.
    match fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(fs::write(&path, text)?),
    }
}

/// Makes `path` a link to `target`, unless a package has put something there.
fn link(target: &str, path: &Path) -> Result<()> {
    match symlink(target, path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(error).with_context(|| format!("cannot link {}", path.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_ours_replaces_a_package_s_link() {
        let dir = tempfile::tempdir().unwrap();
        let outside = dir.path().join("outside");
        fs::write(&outside, "untouched").unwrap();
        let root = dir.path().join("root");
        fs::create_dir_all(root.join("etc")).unwrap();
        symlink(&outside, root.join("etc/resolv.conf")).unwrap();
        write(&root, "etc/resolv.conf", "ours").unwrap();
        assert_eq!(fs::read_to_string(outside).unwrap(), "untouched");
        assert_eq!(
            fs::read_to_string(root.join("etc/resolv.conf")).unwrap(),
            "ours"
        );
    }

    #[test]
    fn a_link_of_ours_does_not_replace_a_package_s_folder() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("lib")).unwrap();
        link("usr/lib", &dir.path().join("lib")).unwrap();
        link("usr/bin", &dir.path().join("bin")).unwrap();
        link("usr/bin", &dir.path().join("bin")).unwrap();
        assert!(!dir.path().join("lib").is_symlink());
        assert!(dir.path().join("bin").is_symlink());
    }

    #[test]
    fn only_one_of_the_registry_s_ports_asks_for_a_password() {
        assert_eq!(
            REGISTRY_PORTS.map(|port| registry_config(port).contains("htpasswd")),
            [false, true]
        );
    }
}
