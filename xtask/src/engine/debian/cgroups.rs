//! The control groups of containers, which outlive an engine that was ended together with its containers.

use std::fs;
use std::path::{Path, PathBuf};

use crate::engine::catalog::{Engine, Kind};

const MOUNT: &str = "/sys/fs/cgroup";

/// Removes the groups of the containers that `root` tells of; only empty ones can be removed, so no other is hurt.
pub fn remove(engine: Engine, root: &Path) {
    let groups = groups(engine, root);
    // Control groups are mounted as one tree, or as one for each controller.
    let trees = folders(Path::new(MOUNT))
        .into_iter()
        .chain([PathBuf::from(MOUNT)]);
    for tree in trees {
        for group in &groups {
            remove_empty(&tree.join(group));
        }
    }
}

/// Where the containers that are on the disk had their groups, below the mount point.
fn groups(engine: Engine, root: &Path) -> Vec<String> {
    let (store, prefix) = match engine.kind() {
        Kind::Docker | Kind::Swarm | Kind::Remote => ("var/lib/docker/containers", "docker/"),
        Kind::Podman => (
            "var/lib/containers/storage/overlay-containers",
            "libpod_parent/libpod-",
        ),
        Kind::Registry => return Vec::new(),
    };
    folders(&root.join(store))
        .iter()
        .filter_map(|folder| folder.file_name()?.to_str())
        .map(|id| format!("{prefix}{id}"))
        .collect()
}

/// A group's files are no hindrance: the kernel takes them away with it.
fn remove_empty(group: &Path) {
    for inner in folders(group) {
        remove_empty(&inner);
    }
    let _ = fs::remove_dir(group); // fails if it is not there, or not empty: both are well
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir() && !path.is_symlink())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_those_of_the_containers_on_the_disk() {
        let root = tempfile::tempdir().unwrap();
        let store = root
            .path()
            .join("var/lib/containers/storage/overlay-containers");
        fs::create_dir_all(store.join("a35f")).unwrap();
        fs::write(store.join("containers.json"), "[]").unwrap();
        assert_eq!(
            groups(Engine::Podman54, root.path()),
            ["libpod_parent/libpod-a35f"]
        );
        assert!(groups(Engine::Docker28, root.path()).is_empty());
    }

    #[test]
    fn what_is_not_empty_stays() {
        let tree = tempfile::tempdir().unwrap();
        let (empty, full) = (tree.path().join("empty"), tree.path().join("full"));
        fs::create_dir_all(empty.join("inner")).unwrap();
        fs::create_dir_all(&full).unwrap();
        fs::write(full.join("cgroup.procs"), "1").unwrap();
        remove_empty(&empty);
        remove_empty(&full);
        assert!(!empty.exists());
        assert!(full.exists());
    }
}
