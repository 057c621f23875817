//! An engine as a scenario sees it: a client, and a mark for all that is made with it.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use dockwright::{
    Container, CreateContainer, CreateNetwork, CreateVolume, Docker, Node, Result, Run,
};

/// The image that every engine for tests has.
pub const IMAGE: &str = "busybox";

/// What a container does that runs until it is told to end.
pub const IDLE: [&str; 3] = ["sh", "-c", "trap 'exit 0' TERM; sleep 600 & wait"];

const LABEL: &str = "dockwright.test";

/// Engines differ by who made them, and scenarios say where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavor {
    Docker,
    Podman,
}

/// An engine for one play of one scenario.
#[derive(Clone, Debug)]
pub struct Engine {
    pub docker: Docker,
    pub flavor: Flavor,
    /// The address of a registry that it reaches, if there is one.
    pub registry: Option<String>,
    /// The same engine by a client that is never recorded, to wait until something is so: how often that must be
    /// asked depends on time. None where a recording is replayed, for there it is so.
    pub aside: Option<Docker>,
    /// Marks what belongs to this play, in labels and in names.
    mark: String,
}

impl Engine {
    pub fn new(docker: Docker, flavor: Flavor, mark: impl Into<String>) -> Self {
        let mark = mark.into();
        Self {
            docker,
            flavor,
            registry: None,
            aside: None,
            mark,
        }
    }

    /// The engine of this client, which is asked whose it is.
    pub async fn of(docker: Docker, mark: impl Into<String>) -> Result<Self> {
        let flavor = match docker.ping().await?.libpod_version {
            Some(_) => Flavor::Podman,
            None => Flavor::Docker,
        };
        Ok(Self {
            aside: Some(docker.clone()),
            ..Self::new(docker, flavor, mark)
        })
    }

    /// The same play on the same engine, by another client.
    pub fn with(&self, docker: Docker) -> Self {
        Self {
            docker,
            ..self.clone()
        }
    }

    pub fn is_podman(&self) -> bool {
        self.flavor == Flavor::Podman
    }

    /// A name for something of this play.
    pub fn name(&self, of: impl fmt::Display) -> String {
        format!("{}-{of}", self.mark)
    }

    /// The filter `label=…` for the containers of this play.
    pub fn label(&self) -> String {
        format!("{LABEL}={}", self.mark)
    }

    /// A container to run that belongs to this play.
    pub fn run<const N: usize>(&self, cmd: [&str; N]) -> Run {
        self.run_image(IMAGE, cmd)
    }

    /// The same, of another image.
    pub fn run_image<const N: usize>(&self, image: &str, cmd: [&str; N]) -> Run {
        let run = self.docker.containers().run(image);
        run.label(LABEL, &self.mark).cmd(cmd)
    }

    /// A container to create that belongs to this play.
    pub fn create<const N: usize>(&self, cmd: [&str; N]) -> CreateContainer {
        self.create_of(IMAGE, cmd)
    }

    /// The same, of another image.
    pub fn create_of<const N: usize>(&self, image: &str, cmd: [&str; N]) -> CreateContainer {
        let create = self.docker.containers().create(image);
        create.label(LABEL, &self.mark).cmd(cmd)
    }

    /// A network to create that belongs to this play.
    pub fn create_network(&self, of: impl fmt::Display) -> CreateNetwork {
        let create = self.docker.networks().create(self.name(of));
        create.label(LABEL, &self.mark)
    }

    /// A volume to create that belongs to this play, with a name that the engine chooses.
    pub fn create_volume(&self) -> CreateVolume {
        self.docker.volumes().create().label(LABEL, &self.mark)
    }

    /// The beginning, such as `10.20.30`, of addresses that most likely no other play uses.
    pub fn addresses(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.mark.hash(&mut hasher);
        let [high, low, ..] = hasher.finish().to_be_bytes();
        // Neither those of the engines nor those that they choose.
        format!("10.{}.{low}", 16 + high % 64)
    }

    /// Makes a swarm of the engine alone that belongs to this play.
    pub async fn init_swarm(&self) -> Result<Node> {
        let init = self.docker.swarm().init().advertise("127.0.0.1");
        let init = init.body(|body| {
            let labels = &mut body.spec.get_or_insert_default().labels;
            labels.insert(LABEL.to_owned(), self.mark.clone());
        });
        init.await
    }

    /// Leaves the swarm that the engine is in, if it belongs to this play.
    async fn leave_swarm(&self) -> Result<()> {
        let swarm = self.docker.swarm();
        let spec = match swarm.inspect().await {
            Ok(inspected) => inspected.spec.unwrap_or_default(),
            // It is in none, or of a kind that has none.
            Err(_) => return Ok(()),
        };
        match spec.labels.get(LABEL) == Some(&self.mark) {
            true => swarm.leave().force(true).await,
            false => Ok(()),
        }
    }

    /// The ids of the containers of this play, whatever their state.
    pub async fn containers(&self) -> Result<Vec<String>> {
        let list = self.docker.containers().list().all(true);
        let containers = list.filter("label", self.label()).await?;
        Ok(containers.into_iter().filter_map(|c| c.id).collect())
    }

    /// Removes what a play has left: the containers and volumes with its label, and what has its
    /// names.
    pub async fn clean_up(&self) -> Result<()> {
        self.leave_swarm().await?;
        for id in self.containers().await? {
            let container: Container = self.docker.container(id);
            gone(container.remove().force(true).volumes(true).await)?;
        }
        let own = self.name("");
        let mut networks = self.docker.networks().list().name(&own).await?;
        // What has the settings of others goes after them.
        networks.sort_by_key(|network| network.config_only);
        for id in networks.into_iter().filter_map(|network| network.id) {
            gone(self.docker.network(id).remove().await)?;
        }
        // Podman manages no plugins.
        let plugins = self.docker.plugins().list().await.unwrap_or_default();
        let plugins = plugins.into_iter().filter_map(|plugin| plugin.name);
        for name in plugins.filter(|name| name.contains(&own)) {
            gone(self.docker.plugin(name).remove().force(true).await)?;
        }
        let volumes = self.docker.volumes().list().label(self.label()).await?;
        for name in volumes.volumes.into_iter().filter_map(|volume| volume.name) {
            gone(self.docker.volume(name).remove().await)?;
        }
        let images = self.docker.images().list().await?;
        let tags = images.into_iter().flat_map(|image| image.repo_tags);
        for tag in tags.filter(|tag| tag.contains(&own)) {
            gone(self.docker.image(tag).remove().force(true).await.map(drop))?;
        }
        Ok(())
    }
}

/// What is gone need not be removed.
fn gone(outcome: Result<()>) -> Result<()> {
    match outcome {
        Err(error) if error.is_not_found() => Ok(()),
        // So says Docker 20.10 of an image that is removed twice at once.
        Err(error) if is_unrecognized(&error) => Ok(()),
        outcome => outcome,
    }
}

fn is_unrecognized(error: &dockwright::Error) -> bool {
    let message = error.engine_message();
    message.is_some_and(|message| message.contains("unrecognized image ID"))
}
