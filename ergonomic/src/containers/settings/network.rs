//! How a new container is reached, and what it reaches.

/// Setters of the network, for a builder with `settings`.
macro_rules! network_settings {
    ($builder:ty) => {
        impl $builder {
            /// Makes a port of the container reachable at a port of the engine's host. Bare
            /// numbers are of TCP, and at all addresses of the host; 0 lets the engine choose the
            /// host's port, which [`port`](crate::Container::port) tells.
            ///
            /// # Examples
            ///
            /// ```no_run
            /// use dockwright::{HostPort, Port};
            ///
            /// # fn example(docker: dockwright::Docker) {
            /// # let containers = docker.containers();
            /// let web = containers.run("nginx")
            ///     .publish(8080, 80)
            ///     .publish(HostPort::from(8443).ip([127, 0, 0, 1].into()), 443)
            ///     .publish(9000..=9010, Port::udp(9000));
            /// # let _ = web; }
            /// ```
            pub fn publish(
                mut self,
                host_port: impl Into<$crate::HostPort>,
                container_port: impl Into<$crate::Port>,
            ) -> Self {
                let (host_port, port) = (host_port.into(), container_port.into().to_string());
                let body = &mut self.settings.body;
                body.exposed_ports.entry(port.clone()).or_default();
                let bindings = &mut self.settings.host().port_bindings;
                bindings.entry(port).or_default().push(host_port.binding());
                self
            }

            /// Makes all ports that the image or [`expose`](Self::expose) names reachable, at
            /// ports of the engine's choice.
            pub fn publish_all(mut self) -> Self {
                self.settings.host().publish_all_ports = Some(true);
                self
            }

            /// Names a port that the container listens at, besides those of the image.
            pub fn expose(mut self, port: impl Into<$crate::Port>) -> Self {
                let ports = &mut self.settings.body.exposed_ports;
                ports.entry(port.into().to_string()).or_default();
                self
            }

            /// A network to join, or `none`, `host` or `container:<name>`; `bridge`, if not set.
            ///
            /// # API version
            ///
            /// More than one since 1.44.
            ///
            /// # Examples
            ///
            /// ```no_run
            /// use dockwright::NetworkEndpoint;
            ///
            /// # fn example(docker: dockwright::Docker) {
            /// # let containers = docker.containers();
            /// let web = containers.run("nginx")
            ///     .network("frontend")
            ///     .network(NetworkEndpoint::new("backend").alias("web"));
            /// # let _ = web; }
            /// ```
            pub fn network(mut self, network: impl Into<$crate::NetworkEndpoint>) -> Self {
                self.settings.join(network.into());
                self
            }

            /// The container's name for itself.
            pub fn hostname(mut self, hostname: impl Into<String>) -> Self {
                self.settings.body.hostname = Some(hostname.into());
                self
            }

            /// The domain that it is in, for itself.
            pub fn domainname(mut self, domainname: impl Into<String>) -> Self {
                self.settings.body.domainname = Some(domainname.into());
                self
            }

            /// A name that the container knows, and its address; `host-gateway` is that of the
            /// engine's host.
            pub fn add_host(mut self, name: impl AsRef<str>, address: impl AsRef<str>) -> Self {
                let entry = format!("{}:{}", name.as_ref(), address.as_ref());
                self.settings.host().extra_hosts.push(entry);
                self
            }

            /// A name server, in place of the engine's.
            pub fn dns(mut self, server: std::net::IpAddr) -> Self {
                self.settings.host().dns.push(server.to_string());
                self
            }

            /// A domain in which bare names are looked for.
            pub fn dns_search(mut self, domain: impl Into<String>) -> Self {
                self.settings.host().dns_search.push(domain.into());
                self
            }

            /// An option for looking up names, as in `resolv.conf`.
            pub fn dns_option(mut self, option: impl Into<String>) -> Self {
                self.settings.host().dns_options.push(option.into());
                self
            }
        }
    };
}
pub(crate) use network_settings;
