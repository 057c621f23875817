//! `docker port`.

use std::net::{IpAddr, SocketAddr};

use super::{Container, Port};
use crate::answer::{Result, awaited};

/// A question for where a port of a container is published; await it for the answer.
///
/// See [`Container::port`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct PublishedPort {
    container: Container,
    port: Port,
}

impl Container {
    /// Where this port of the container is reached at the engine's host; nowhere, if it is not
    /// published or the container does not run. An address such as `0.0.0.0` stands for all.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such container.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let web = docker.containers().run("nginx").publish(0, 80).await?;
    /// if let Some(address) = web.port(80).await?.first() {
    ///     println!("port {}", address.port());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn port(&self, port: impl Into<Port>) -> PublishedPort {
        PublishedPort {
            container: self.clone(),
            port: port.into(),
        }
    }
}

impl PublishedPort {
    async fn send(self) -> Result<Vec<SocketAddr>> {
        let about = self.container.inspect().await?;
        let ports = about.network_settings.unwrap_or_default().ports;
        let bindings = ports.get(&self.port.to_string()).into_iter().flatten();
        let addresses = bindings.filter_map(|binding| {
            let port = binding.host_port.as_deref()?.parse().ok()?;
            // An engine that publishes at all addresses may name none.
            let ip = match binding.host_ip.as_deref() {
                None | Some("") => IpAddr::from([0, 0, 0, 0]),
                Some(ip) => ip.parse().ok()?,
            };
            Some(SocketAddr::new(ip, port))
        });
        Ok(addresses.collect())
    }
}

awaited!(PublishedPort => Vec<SocketAddr>);
