//! What a container can be called by: what the caller knows, or what an engine has told.

use crate::raw::types::{ContainerInspectResponse, ContainerSummary};

/// What names a container in [`Docker::container`](crate::Docker::container): its name, its id, an
/// unambiguous beginning of its id, or what a list or an inspect has told of it.
///
/// ```no_run
/// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
/// for container in docker.containers().list().await? {
///     docker.container(&container).stop().await?;
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ContainerRef(pub(crate) String);

impl From<&str> for ContainerRef {
    fn from(name_or_id: &str) -> Self {
        Self(name_or_id.to_owned())
    }
}

impl From<&String> for ContainerRef {
    fn from(name_or_id: &String) -> Self {
        Self(name_or_id.clone())
    }
}

impl From<String> for ContainerRef {
    fn from(name_or_id: String) -> Self {
        Self(name_or_id)
    }
}

/// One that the engine gave no id is refused as it is used.
impl From<&ContainerSummary> for ContainerRef {
    fn from(listed: &ContainerSummary) -> Self {
        Self(listed.id.clone().unwrap_or_default())
    }
}

/// One that the engine gave no id is refused as it is used.
impl From<&ContainerInspectResponse> for ContainerRef {
    fn from(inspected: &ContainerInspectResponse) -> Self {
        Self(inspected.id.clone().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_engine_tells_names_its_container() {
        let listed = ContainerSummary {
            id: Some("c1".to_owned()),
            names: vec!["/web".to_owned()],
            ..Default::default()
        };
        assert_eq!(ContainerRef::from(&listed), ContainerRef::from("c1"));
        assert_eq!(
            ContainerRef::from(&ContainerSummary::default()),
            ContainerRef::from("")
        );
    }
}
