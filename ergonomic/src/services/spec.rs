//! Edits of the spec of a service, which can be made again to a spec that was read later.

use crate::answer::Result;
use crate::containers::settings::limits;
use crate::docker::Docker;
use crate::error::{Call, Error};
use crate::raw::types::{
    ContainerSpec, EndpointPortConfig, EndpointPortConfigProtocol, EndpointPortConfigPublishMode,
    NetworkAttachmentConfig, ServiceSpec, ServiceSpecMode, TaskSpec, TaskSpecPlacement,
    TaskSpecPlacementPreferencesItem, TaskSpecPlacementPreferencesItemSpread, TaskSpecResources,
    TaskSpecRestartPolicy,
};

pub(super) fn task(spec: &mut ServiceSpec) -> &mut TaskSpec {
    spec.task_template.get_or_insert_default()
}

pub(super) fn container(spec: &mut ServiceSpec) -> &mut ContainerSpec {
    task(spec).container_spec.get_or_insert_default()
}

pub(super) fn placement(spec: &mut ServiceSpec) -> &mut TaskSpecPlacement {
    task(spec).placement.get_or_insert_default()
}

pub(super) fn resources(spec: &mut ServiceSpec) -> &mut TaskSpecResources {
    task(spec).resources.get_or_insert_default()
}

pub(super) fn restart(spec: &mut ServiceSpec) -> &mut TaskSpecRestartPolicy {
    task(spec).restart_policy.get_or_insert_default()
}

/// The image that tasks run, if any is said.
pub(super) fn image(spec: &ServiceSpec) -> Option<&str> {
    let container = spec.task_template.as_ref()?.container_spec.as_ref()?;
    container.image.as_deref()
}

/// A mode to say something of; nothing is left of another one than what nobody knows.
pub(super) fn mode(spec: &mut ServiceSpec) -> &mut ServiceSpecMode {
    let mode = spec.mode.get_or_insert_default();
    *mode = ServiceSpecMode {
        extra: std::mem::take(&mut mode.extra),
        ..Default::default()
    };
    mode
}

pub(super) fn replicate(spec: &mut ServiceSpec, replicas: u32) {
    let old = spec.mode.as_mut().and_then(|mode| mode.replicated.take());
    let replicated = mode(spec).replicated.insert(old.unwrap_or_default());
    replicated.replicas = Some(replicas.into());
}

/// Changes how many tasks are wanted, where that is a matter of choice.
pub(super) fn scale(spec: &mut ServiceSpec, replicas: u32) -> Result<()> {
    let mode = spec.mode.get_or_insert_default();
    if let Some(replicated) = &mut mode.replicated {
        replicated.replicas = Some(replicas.into());
    } else if let Some(job) = &mut mode.replicated_job {
        job.total_completions = Some(replicas.into());
    } else {
        return Err(Error::invalid(
            "a service that runs on every node cannot be scaled",
        ));
    }
    Ok(())
}

pub(super) fn set_env(spec: &mut ServiceSpec, key: &str, value: &str) {
    remove_env(spec, key);
    container(spec).env.push(format!("{key}={value}"));
}

pub(super) fn remove_env(spec: &mut ServiceSpec, key: &str) {
    let env = &mut container(spec).env;
    env.retain(|entry| entry.split_once('=').map_or(&**entry, |(key, _)| key) != key);
}

pub(super) fn publish(
    spec: &mut ServiceSpec,
    published: u16,
    target: u16,
    mode: Option<EndpointPortConfigPublishMode>,
) {
    let port = EndpointPortConfig {
        protocol: Some(EndpointPortConfigProtocol::Tcp),
        publish_mode: mode,
        // The engine chooses where none is named.
        published_port: (published != 0).then_some(published.into()),
        target_port: Some(target.into()),
        ..Default::default()
    };
    let ports = &mut spec.endpoint_spec.get_or_insert_default().ports;
    ports.retain(|old| {
        old.protocol != port.protocol
            || old.target_port != port.target_port
            || old.published_port != port.published_port
    });
    ports.push(port);
}

pub(super) fn unpublish(spec: &mut ServiceSpec, target: u16) {
    if let Some(endpoint) = &mut spec.endpoint_spec {
        let target = Some(target.into());
        endpoint.ports.retain(|port| port.target_port != target);
    }
}

pub(super) fn attach(spec: &mut ServiceSpec, network: &str) {
    // Old services have their networks in another place, and may have them in one only.
    let old = std::mem::take(&mut spec.networks);
    let networks = &mut task(spec).networks;
    networks.extend(old);
    if !networks
        .iter()
        .any(|n| n.target.as_deref() == Some(network))
    {
        networks.push(NetworkAttachmentConfig {
            target: Some(network.to_owned()),
            ..Default::default()
        });
    }
}

pub(super) fn constrain(spec: &mut ServiceSpec, constraint: &str) {
    let constraints = &mut placement(spec).constraints;
    if !constraints.iter().any(|old| old == constraint) {
        constraints.push(constraint.to_owned());
    }
}

pub(super) fn spread(spec: &mut ServiceSpec, over: &str) {
    let preference = TaskSpecPlacementPreferencesItem {
        spread: Some(TaskSpecPlacementPreferencesItemSpread {
            spread_descriptor: Some(over.to_owned()),
            ..Default::default()
        }),
        ..Default::default()
    };
    let preferences = &mut placement(spec).preferences;
    if !preferences.contains(&preference) {
        preferences.push(preference);
    }
}

/// An error if the version spoken lacks anything that is said.
pub(super) fn allowed(docker: &Docker, call: &Call, spec: &ServiceSpec) -> Result<()> {
    docker.allows_body(call, spec)?;
    allowed_mode(docker, call, spec)
}

/// An error if the version spoken lacks jobs: a mode that says nothing of itself is one all the
/// same.
pub(super) fn allowed_mode(docker: &Docker, call: &Call, spec: &ServiceSpec) -> Result<()> {
    let mode = spec.mode.as_ref();
    match mode.is_some_and(|mode| mode.global_job.is_some()) {
        true => docker.require(call, "ServiceSpecMode.GlobalJob"),
        false => Ok(()),
    }
}

/// Billionths of a processor's time.
pub(super) fn nano_cpus(cpus: f64) -> Result<i64> {
    limits::nano_cpus(cpus).map_err(Error::invalid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// All that a spec of API 1.51 can have, more or less.
    fn full() -> Value {
        json!({
            "Name": "web",
            "Labels": {"team": "a"},
            "TaskTemplate": {
                "ContainerSpec": {
                    "Image": "nginx:1.27",
                    "Labels": {"a": "b"},
                    "Args": ["x"],
                    "Env": ["A=1", "B=2"],
                    "Privileges": {
                        "CredentialSpec": {"File": "f"}, "SELinuxContext": {"Level": "l"},
                        "Seccomp": {"Mode": "default"}, "AppArmor": {"Mode": "default"},
                    },
                    "Mounts": [{
                        "Type": "volume", "Source": "s", "Target": "/t",
                        "BindOptions": {"Propagation": "rprivate"},
                        "VolumeOptions": {
                            "Labels": {"a": "b"}, "DriverConfig": {"Name": "n", "Options": {"a": "b"}}
                        },
                        "TmpfsOptions": {"SizeBytes": 1}, "ClusterOptions": {},
                    }],
                    "HealthCheck": {"Test": ["CMD", "true"], "Interval": 1},
                    "DNSConfig": {"Search": ["a"]},
                    "Secrets": [{
                        "File": {"Name": "n", "UID": "0", "GID": "0", "Mode": 292},
                        "SecretID": "i", "SecretName": "n",
                    }],
                    "Configs": [{
                        "File": {"Name": "n", "UID": "0", "GID": "0", "Mode": 292},
                        "ConfigID": "i", "ConfigName": "n",
                    }],
                    "Sysctls": {"a": "b"},
                    "Ulimits": [{"Name": "nofile", "Soft": 1, "Hard": 2}],
                },
                "Resources": {
                    "Limits": {"NanoCPUs": 1, "MemoryBytes": 2, "Pids": 3},
                    "Reservations": {
                        "NanoCPUs": 1,
                        "GenericResources": [
                            {"DiscreteResourceSpec": {"Kind": "k", "Value": 1}},
                            {"NamedResourceSpec": {"Kind": "k", "Value": "v"}},
                        ],
                    },
                },
                "RestartPolicy": {"Condition": "any", "Delay": 5},
                "Placement": {
                    "Constraints": ["node.role==worker"],
                    "Preferences": [{"Spread": {"SpreadDescriptor": "node.labels.zone"}}],
                    "Platforms": [{"Architecture": "amd64", "OS": "linux"}],
                },
                "Networks": [{"Target": "t", "Aliases": ["a"], "DriverOpts": {"a": "b"}}],
                "LogDriver": {"Name": "local", "Options": {"a": "b"}},
                "ForceUpdate": 1,
                "Runtime": "container",
            },
            "Mode": {"Replicated": {"Replicas": 2}},
            "UpdateConfig": {"Parallelism": 1, "FailureAction": "pause", "Order": "stop-first"},
            "RollbackConfig": {"Parallelism": 1, "FailureAction": "pause", "Order": "stop-first"},
            "EndpointSpec": {
                "Mode": "vip",
                "Ports": [{"Protocol": "tcp", "TargetPort": 80, "PublishedPort": 8080, "PublishMode": "ingress"}],
            },
        })
    }

    /// Puts a field that nobody knows into every object.
    fn grow(value: &mut Value) -> usize {
        match value {
            Value::Array(items) => items.iter_mut().map(grow).sum(),
            Value::Object(fields) => {
                let below: usize = fields.values_mut().map(grow).sum();
                // Text, which a map of labels may hold as well.
                fields.insert("FutureField".to_owned(), json!("kept"));
                below + 1
            }
            _ => 0,
        }
    }

    #[test]
    fn a_field_that_nobody_knows_is_kept_wherever_it_is() {
        let mut sent = full();
        assert!(grow(&mut sent) > 40);
        let mut spec: ServiceSpec = serde_json::from_value(sent.clone()).unwrap();
        assert_eq!(serde_json::to_value(&spec).unwrap(), sent);

        set_env(&mut spec, "B", "3");
        scale(&mut spec, 5).unwrap();
        sent["TaskTemplate"]["ContainerSpec"]["Env"] = json!(["A=1", "B=3"]);
        sent["Mode"]["Replicated"]["Replicas"] = json!(5);
        assert_eq!(serde_json::to_value(&spec).unwrap(), sent);
    }

    #[test]
    fn an_edit_made_twice_is_made_once() {
        let edit = |spec: &mut ServiceSpec| {
            set_env(spec, "A", "2");
            publish(spec, 8080, 80, None);
            attach(spec, "t");
            constrain(spec, "node.role==worker");
            spread(spec, "node.labels.rack");
        };
        let mut once: ServiceSpec = serde_json::from_value(full()).unwrap();
        edit(&mut once);
        let mut twice = once.clone();
        edit(&mut twice);
        assert_eq!(once, twice);
    }

    #[test]
    fn variables_are_told_apart_by_their_whole_names() {
        let mut spec = ServiceSpec::default();
        for (key, value) in [("A", "1"), ("AB", "2"), ("A", "3=4")] {
            set_env(&mut spec, key, value);
        }
        assert_eq!(container(&mut spec).env, ["AB=2", "A=3=4"]);
        remove_env(&mut spec, "A");
        assert_eq!(container(&mut spec).env, ["AB=2"]);
    }

    #[test]
    fn what_runs_on_every_node_is_not_scaled() {
        let mut spec = ServiceSpec::default();
        mode(&mut spec).global = Some(Default::default());
        assert!(scale(&mut spec, 2).unwrap_err().is_invalid_input());
        mode(&mut spec).replicated_job = Some(Default::default());
        scale(&mut spec, 2).unwrap();
        let sent = serde_json::to_value(&spec).unwrap();
        assert_eq!(
            sent["Mode"],
            json!({"ReplicatedJob": {"TotalCompletions": 2}})
        );
    }
}
