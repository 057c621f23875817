//! What is done to a new container's settings for the engine at hand.
//!
//! Most that an engine is too old for is in the generated table of gates. Here is what that
//! cannot tell, and what an older engine wants to be told in another way.

use super::super::mount;
use crate::answer::Result;
use crate::docker::Docker;
use crate::error::{Call, Error};
use crate::raw::ContainerCreateParams;
use crate::raw::types::{ContainerCreateBody, HostConfig, MountType};
use crate::version::ApiVersion;

/// Engines know these since then; there is no older spec that would tell.
const FIRST_SPEC: ApiVersion = ApiVersion::new(1, 25);
/// Containers can be born into several networks, and have an address on Ethernet in each.
const ENDPOINTS: ApiVersion = ApiVersion::new(1, 44);
const IMAGE_MOUNTS: ApiVersion = ApiVersion::new(1, 48);

/// The body as this engine is to have it, or why it cannot have it.
pub(super) fn body(
    docker: &Docker,
    call: &Call,
    params: &ContainerCreateParams,
    mut body: ContainerCreateBody,
) -> Result<ContainerCreateBody> {
    let version = docker.api_version();
    docker.allows(call, params)?;
    docker.allows_body(call, &body)?;
    for (feature, needs) in needs(&body) {
        if version < needs {
            return Err(Error::unsupported(feature, needs, version).during(call));
        }
    }
    let host = body.host_config.get_or_insert_default();
    if let Some(reason) = host.mounts.iter().find_map(mount::problem) {
        return Err(Error::invalid(reason).during(call));
    }
    for capabilities in [&mut host.cap_add, &mut host.cap_drop] {
        normalize(capabilities);
    }
    if *host == HostConfig::default() {
        body.host_config = None;
    }
    if version < ENDPOINTS {
        address_of_container(&mut body);
    }
    Ok(body)
}

/// What of this only newer engines have, and since when.
fn needs(body: &ContainerCreateBody) -> Vec<(&'static str, ApiVersion)> {
    let default = HostConfig::default();
    let host = body.host_config.as_ref().unwrap_or(&default);
    let endpoints = body.networking_config.as_ref();
    let endpoints = endpoints.map_or(0, |config| config.endpoints_config.len());
    let image = |mount: &crate::raw::types::Mount| mount.type_ == Some(MountType::Image);
    let all = [
        (
            host.nano_cpus.is_some(),
            "a number of processors",
            FIRST_SPEC,
        ),
        (
            host.init.is_some(),
            "a first process of the engine's",
            FIRST_SPEC,
        ),
        (!host.mounts.is_empty(), "a mount", FIRST_SPEC),
        (
            endpoints > 1,
            "more than one network at creation",
            ENDPOINTS,
        ),
        (
            host.mounts.iter().any(image),
            "a mount of an image",
            IMAGE_MOUNTS,
        ),
    ];
    let used = all.into_iter().filter(|(used, ..)| *used);
    used.map(|(_, feature, since)| (feature, since)).collect()
}

/// In one form and one order, each once. Engines take the form, but compare containers by it.
fn normalize(capabilities: &mut Vec<String>) {
    for capability in capabilities.iter_mut() {
        capability.make_ascii_uppercase();
        if capability != "ALL" && !capability.starts_with("CAP_") {
            capability.insert_str(0, "CAP_");
        }
    }
    capabilities.sort();
    capabilities.dedup();
}

/// Where endpoints cannot have an address on Ethernet, the container has the one of its first.
fn address_of_container(body: &mut ContainerCreateBody) {
    let endpoints = body.networking_config.iter_mut();
    let mut endpoints = endpoints.flat_map(|config| config.endpoints_config.values_mut());
    if let Some(address) = endpoints.find_map(|endpoint| endpoint.mac_address.take()) {
        body.extra.insert("MacAddress".to_owned(), address.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capabilities_have_one_form() {
        let given = ["net_admin", "ALL", "CAP_CHOWN", "cap_net_admin", "all"];
        let mut given = given.map(str::to_owned).to_vec();
        normalize(&mut given);
        assert_eq!(given, ["ALL", "CAP_CHOWN", "CAP_NET_ADMIN"]);
    }
}
