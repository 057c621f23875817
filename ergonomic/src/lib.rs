//! A client for the Docker Engine API with the words of the `docker` CLI.
//!
//! ```no_run
//! use dockwright::Docker;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> dockwright::Result<()> {
//! let docker = Docker::connect().await?;
//!
//! // docker run --rm alpine echo hello world
//! let hello = docker.containers().run("alpine").cmd(["echo", "hello", "world"]).auto_remove();
//! print!("{}", hello.output().await?.stdout_text());
//!
//! // docker run -d --name web -p 8080:80 nginx
//! let web = docker.containers().run("nginx").name("web").publish(8080, 80).await?;
//!
//! // docker logs -f --tail 100 web
//! let mut logs = web.logs().follow(true).tail(100).await?;
//! while let Some(chunk) = logs.try_next().await? {
//!     print!("{chunk}");
//! }
//! # Ok(()) }
//! ```
#![doc = include_str!("guide.md")]
#![deny(missing_docs, rustdoc::broken_intra_doc_links)]

mod address;
mod answer;
mod archive;
mod build;
mod cli;
mod configs;
mod connect;
#[cfg(all(test, unix))]
mod connect_tests;
mod containers;
mod dial;
mod docker;
mod endpoint;
mod error;
mod events;
mod exchange;
mod exec;
mod filters;
#[cfg(all(any(test, fuzzing), unix))]
#[doc(hidden)]
pub mod fuzzing;
mod gate;
mod images;
mod moment;
mod name;
mod networks;
mod nodes;
mod operation;
mod ping;
mod plugins;
mod progress;
mod proxies;
mod registry;
mod secrets;
mod services;
mod stream;
mod swarm;
mod system;
mod tasks;
mod terminal;
mod tls;
mod transport;
mod update;
mod upload;
mod version;
mod volumes;
#[cfg(all(test, unix))]
mod wire_tests;

/// The generated client and its types, which [`Docker::raw`] gives access to.
pub use dockwright_v1_55 as raw;

pub use answer::{Answer, Result};
pub use archive::TarStream;
pub use build::{
    Build, BuildContext, Builder, CancelBuild, PruneBuildCache, PrunedBuildCache, Trace, Vertex,
    VertexLog, VertexState, VertexStatus, VertexWarning,
};
pub use cli::{Context, Contexts, Origin};
pub use configs::{
    Config, Configs, CreateConfig, InspectConfig, ListConfigs, RemoveConfig, UpdateConfig,
};
pub use connect::Connect;
pub use containers::{
    Attach, Attached, Change, ChangeKind, Checkpoint, Commit, Container, ContainerRef, Containers,
    CopyFrom, CopyTo, CreateCheckpoint, CreateContainer, Device, Diff, ExitStatus, Export,
    FileMode, Gpus, HealthCheck, HostPort, InspectContainer, Kill, ListCheckpoints, ListContainers,
    Logs, Mount, NetworkEndpoint, Output, PathStat, Pause, Port, Propagation, PruneContainers,
    PrunedContainers, PublishedPort, RemoveCheckpoint, RemoveContainer, RenameContainer, Restart,
    RestartPolicy, ResumedLogs, Run, Start, StatPath, Stats, StatsSample, StatsStream, Stop, Top,
    Ulimit, Unpause, UpdateContainer, Wait, WaitCondition, WaitHealthy, Waiting,
};
pub use dial::Dial;
pub use docker::Docker;
pub use endpoint::Endpoint;
pub use error::{Error, ErrorKind};
pub use events::{Event, EventKind, EventScope, EventStream, Events, Resumed, ResumedEvents};
pub use exchange::Timeouts;
pub use exec::{Exec, ExecInstance, Process};
pub use images::{
    Attestations, Distribution, HistoryEntry, Image, ImageHistory, Images, Import, InspectImage,
    ListImages, Load, PruneImages, PrunedImages, Pull, PullAll, PullPolicy, Push, PushAll, Pushed,
    Reference, RemoveImage, RemovedImages, Save, SearchImages, TagImage,
};
pub use moment::Moment;
pub use networks::{
    ConnectNetwork, CreateNetwork, DisconnectNetwork, InspectNetwork, ListNetworks, Network,
    Networks, PruneNetworks, PrunedNetworks, RemoveNetwork, Subnet,
};
pub use nodes::{Availability, InspectNode, ListNodes, Node, Nodes, RemoveNode, UpdateNode};
pub use ping::Ping;
pub use plugins::{
    AskPrivileges, CreatePlugin, DisablePlugin, EnablePlugin, InspectPlugin, InstallPlugin,
    ListPlugins, Plugin, Plugins, PushPlugin, RemovePlugin, SetPlugin, UpgradePlugin,
};
pub use progress::{Aux, Layer, LayerState, LayerStep, Layers, Progress, Status, Step};
pub use registry::{Accepted, Credentials, Login, Logout};
pub use secrets::{
    CreateSecret, InspectSecret, ListSecrets, RemoveSecret, Secret, Secrets, UpdateSecret,
};
pub use services::{
    Converge, CreateService, EndpointMode, FailureAction, InspectService, ListServices, Order,
    RemoveService, RestartCondition, Rollout, Service, ServiceLogs, Services, SwarmFile,
    UpdateService,
};
pub use stream::{Chunk, LogLine, LogLines, LogSource, LogStream, OutputStream, Stdin};
pub use swarm::{
    InitSwarm, InspectSwarm, JoinSwarm, JoinToken, LeaveSwarm, NodeRole, Swarm, UnlockKey,
    UnlockSwarm, UpdateSwarm,
};
pub use system::{AskDiskUsage, DiskUsage, Usage};
pub use tasks::{InspectTask, ListTasks, Task, TaskLogs, Tasks};
pub use terminal::{Resizer, Terminal, TerminalSize};
pub use tls::Tls;
pub use upload::Upload;
pub use version::ApiVersion;
pub use volumes::{
    CreateVolume, InspectVolume, ListVolumes, PruneVolumes, PrunedVolumes, RemoveVolume,
    UpdateVolume, Volume, Volumes,
};

/// The program in the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

/// The program in the README of `dockwright-replay` compiles, and what it asks is what it expects.
#[cfg(all(doctest, unix))]
#[doc = include_str!("../../tests/replay/README.md")]
struct Replay;
