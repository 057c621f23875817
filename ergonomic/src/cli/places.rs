//! Where engines are of which nothing is said.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use super::{Environment, Origin, file};
use crate::address::{Address, DEFAULT_SOCKET};
use crate::endpoint::Endpoint;

/// Somewhere that an engine may be.
pub(crate) struct Place {
    pub(crate) endpoint: Endpoint,
    /// What is wrong, if there is nothing to connect to.
    pub(crate) obstacle: Option<io::Error>,
}

impl Place {
    fn new(endpoint: Endpoint) -> Self {
        let obstacle = path(&endpoint).and_then(|path| obstacle(&path));
        Self { endpoint, obstacle }
    }

    fn of(product: &'static str, path: PathBuf) -> Self {
        Self::new(Endpoint::unix(path).chosen_by(Origin::WellKnown(product)))
    }
}

/// Where an engine listens unless it is told otherwise.
pub(super) fn default(environment: &Environment) -> Endpoint {
    let endpoint = if cfg!(windows) {
        Endpoint::pipe("//./pipe/docker_engine")
    } else {
        Endpoint::unix(environment.rooted(DEFAULT_SOCKET))
    };
    endpoint.chosen_by(Origin::Default)
}

/// Whether there is nothing at all where `endpoint` should be.
pub(super) fn is_absent(endpoint: &Endpoint) -> bool {
    path(endpoint).is_some_and(|path| !file::exists(&path))
}

/// The default place and those where products have their sockets: the CLI's own engine first,
/// the user's before the system's, Docker's before Podman's.
pub(super) fn all(environment: &Environment) -> Vec<Place> {
    let mut places = vec![Place::new(default(environment))];
    if cfg!(windows) {
        let pipes = [
            ("Docker Desktop", "//./pipe/dockerDesktopLinuxEngine"),
            ("Podman", "//./pipe/podman-machine-default"),
        ];
        places.extend(pipes.map(|(product, pipe)| {
            Place::new(Endpoint::pipe(pipe).chosen_by(Origin::WellKnown(product)))
        }));
        return places;
    }
    let mut add = |product, folder: Option<&Path>, file| {
        places.extend(folder.map(|folder| Place::of(product, folder.join(file))));
    };
    let folder = |name| environment.as_written(name).map(PathBuf::from);
    let (home, runtime) = (environment.home(), folder("XDG_RUNTIME_DIR"));
    let (home, runtime) = (home.as_deref(), runtime.as_deref());
    let system = environment.rooted("/run");
    add("rootless Docker", runtime, "docker.sock");
    add("Docker Desktop", home, ".docker/run/docker.sock");
    add("Docker Desktop", home, ".docker/desktop/docker.sock");
    add(
        "Colima",
        folder("COLIMA_HOME").as_deref(),
        "default/docker.sock",
    );
    add("Colima", home, ".colima/default/docker.sock");
    add("Colima", home, ".config/colima/default/docker.sock");
    add("OrbStack", home, ".orbstack/run/docker.sock");
    add("Rancher Desktop", home, ".rd/docker.sock");
    add("rootless Podman", runtime, "podman/podman.sock");
    add("Podman", Some(&system), "podman/podman.sock");
    for folder in [runtime, folder("TMPDIR").as_deref()] {
        add(
            "a Podman machine",
            folder,
            "podman/podman-machine-default-api.sock",
        );
    }
    let machine = ".local/share/containers/podman/machine/podman.sock";
    add("a Podman machine", home, machine);
    places
}

fn path(endpoint: &Endpoint) -> Option<PathBuf> {
    match endpoint.address() {
        Address::Unix(path) => Some(path.clone()),
        Address::NamedPipe(path) => Some(path.replace('/', r"\").into()),
        _ => None,
    }
}

fn obstacle(path: &Path) -> Option<io::Error> {
    use io::ErrorKind::{InvalidInput, NotFound};
    Some(match path.metadata() {
        Ok(found) if can_be_connected_to(&found) => return None,
        Ok(_) => io::Error::new(InvalidInput, "not a socket"),
        Err(error) if !file::is_absence(&error) => error,
        Err(_) if path.is_symlink() => io::Error::new(InvalidInput, "a link to nothing"),
        Err(_) => io::Error::new(NotFound, "absent"),
    })
}

#[cfg(unix)]
fn can_be_connected_to(found: &Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_socket(&found.file_type())
}

#[cfg(not(unix))]
fn can_be_connected_to(_: &Metadata) -> bool {
    true
}
