//! Asking the registry which image a name stands for, so that all nodes run the same one.

use super::spec;
use crate::answer::Result;
use crate::docker::Docker;
use crate::error::Error;
use crate::images::{Reference, is_id};
use crate::raw::types::{DistributionInspect, OciPlatform, Platform, ServiceSpec};
use crate::registry::Credentials;

/// Puts the digest of the image into the spec, and the platforms that it is for. A registry that
/// does not tell is a warning, which is given.
pub(super) async fn pin(
    docker: &Docker,
    spec: &mut ServiceSpec,
    credentials: Option<&Credentials>,
) -> Option<String> {
    let image = spec::image(spec)?.to_owned();
    let reference = Reference::parse(&image).ok()?;
    if is_id(&image) || !docker.has("DistributionInspect") {
        return None;
    }
    match inspect(docker, &image, credentials).await {
        Ok((digest, platforms)) => {
            spec::container(spec).image = Some(pinned(&reference, &image, &digest));
            if !platforms.is_empty() {
                spec::placement(spec).platforms = platforms;
            }
            None
        }
        Err(error) => {
            spec::container(spec).image = Some(tagged(&reference, &image));
            Some(format!(
                "the digest of `{image}` is not known, so that nodes may come to run different \
                 images of that name: {error}"
            ))
        }
    }
}

async fn inspect(
    docker: &Docker,
    image: &str,
    credentials: Option<&Credentials>,
) -> Result<(String, Vec<Platform>)> {
    let call = docker.call("inspect distribution").on(image);
    // What nodes do not get is not used for them, either.
    let credentials = credentials.cloned().unwrap_or_default();
    let distribution = docker.image(image).distribution().credentials(credentials);
    let DistributionInspect {
        descriptor,
        platforms,
    } = distribution.await?;
    let digest = descriptor.and_then(|descriptor| descriptor.digest);
    let digest = digest.filter(|digest| !digest.is_empty());
    let digest = digest.ok_or_else(|| Error::decode("the engine gave no digest").during(&call))?;
    Ok((digest, known(platforms)))
}

/// The name with the tag that is meant if there is none.
fn tagged(reference: &Reference, image: &str) -> String {
    match (reference.tag(), reference.digest()) {
        (None, None) => format!("{image}:latest"),
        _ => image.to_owned(),
    }
}

/// The same with its digest. The tag stays, for people to read.
fn pinned(reference: &Reference, image: &str, digest: &str) -> String {
    match image.contains('@') {
        true => image.to_owned(),
        false => format!("{}@{digest}", tagged(reference, image)),
    }
}

/// The platforms that say something. Nodes may be of another variant of `arm` than the image, and
/// run it all the same.
fn known(platforms: Vec<OciPlatform>) -> Vec<Platform> {
    let mut known = Vec::new();
    for OciPlatform {
        os, architecture, ..
    } in platforms
    {
        let unknown = |part: &Option<String>| part.as_deref() == Some("unknown");
        if unknown(&os) || unknown(&architecture) {
            continue;
        }
        let platform = Platform {
            os,
            architecture: architecture.filter(|architecture| architecture != "arm"),
            ..Default::default()
        };
        if !known.contains(&platform) {
            known.push(platform);
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_goes_behind_the_tag() {
        let fixed = format!("nginx@sha256:{}", "1".repeat(64));
        for (image, expected) in [
            ("nginx", "nginx:latest@sha256:0"),
            ("nginx:1.27", "nginx:1.27@sha256:0"),
            ("host:5000/team/app", "host:5000/team/app:latest@sha256:0"),
            (&fixed, &fixed),
        ] {
            let reference = Reference::parse(image).unwrap();
            assert_eq!(pinned(&reference, image, "sha256:0"), expected);
        }
    }

    #[test]
    fn platforms_are_each_named_once_and_only_where_known() {
        let platform = |os: &str, architecture: &str, variant: &str| OciPlatform {
            os: Some(os.to_owned()),
            architecture: Some(architecture.to_owned()),
            variant: Some(variant.to_owned()),
            ..Default::default()
        };
        let known = known(vec![
            platform("linux", "amd64", ""),
            platform("unknown", "unknown", ""),
            platform("linux", "arm", "v6"),
            platform("linux", "arm", "v7"),
        ]);
        let parts: Vec<_> = known
            .iter()
            .map(|p| (p.os.as_deref(), p.architecture.as_deref()))
            .collect();
        assert_eq!(
            parts,
            [(Some("linux"), Some("amd64")), (Some("linux"), None)]
        );
    }
}
