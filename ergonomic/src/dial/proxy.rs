//! HTTP proxies: which one the environment names for an engine, by the rules of the CLI, and tunnels
//! through it.
//!
//! Every connection is a tunnel, those without TLS too: a connection that is to be taken over does
//! not survive a proxy that reads it.

use std::fmt;
use std::io;
use std::net::IpAddr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;
use reqwest::Url;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::tcp::connect;
use super::tls;
use crate::address::TcpAddress;
use crate::cli::Environment;
use crate::error::{Error, ErrorKind, printable};
use crate::stream::hijack::Connection;
use crate::tls::Tls;

/// How much of a proxy's answer is read.
const HEAD: usize = 64 * 1024;
const ADVICE: &str = "if the engine needs no proxy, name its host in NO_PROXY";

/// A proxy that makes tunnels when it is told to `CONNECT`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Proxy {
    /// Whether it is itself spoken to in TLS.
    secure: bool,
    host: String,
    port: u16,
    /// What proves to it who we are, as its header has it.
    authorization: Option<String>,
}

impl Proxy {
    /// The proxy for an engine at this address, if `environment` names one.
    pub(crate) fn of(
        environment: &Environment,
        address: &TcpAddress,
        tls: bool,
    ) -> Result<Option<Self>, Error> {
        let names = match tls {
            true => ["HTTPS_PROXY", "https_proxy"],
            false => ["HTTP_PROXY", "http_proxy"],
        };
        // A web server's clients choose the variables of its CGI programs.
        if !tls && environment.as_written("REQUEST_METHOD").is_some() {
            return Ok(None);
        }
        let Some((name, proxy)) = first(environment, names)? else {
            return Ok(None);
        };
        let exempt = first(environment, ["NO_PROXY", "no_proxy"])?;
        let exempt = exempt.map(|(_, list)| list).unwrap_or_default();
        match is_exempt(address.name(), address.port(), &exempt) {
            true => Ok(None),
            false => Self::parse(&proxy)
                .map(Some)
                .map_err(|error| error.in_variable(name)),
        }
    }

    fn parse(text: &str) -> Result<Self, Error> {
        // It may hold a password, and is not repeated.
        let malformed = || {
            Error::invalid("it is no address of a proxy").advising("write it like http://host:3128")
        };
        let url = match text.contains("://") {
            true => Url::parse(text),
            false => Url::parse(&format!("http://{text}")),
        };
        let url = url.map_err(|_| malformed())?;
        let secure = match url.scheme() {
            "http" => false,
            "https" => true,
            "socks5" | "socks5h" => {
                return Err(Error::invalid("proxies that speak SOCKS are not supported")
                    .advising("name one that speaks HTTP"));
            }
            _ => return Err(malformed()),
        };
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let authorization = (!url.username().is_empty()).then(|| {
            let password = url.password().unwrap_or_default();
            let pair = format!("{}:{}", decoded(url.username()), decoded(password));
            format!("Basic {}", BASE64_STANDARD.encode(pair))
        });
        let host = url.host_str().ok_or_else(malformed)?;
        Ok(Self {
            secure,
            host: host
                .trim_start_matches('[')
                .trim_end_matches(']')
                .to_owned(),
            port: url.port_or_known_default().ok_or_else(malformed)?,
            authorization,
        })
    }

    /// A connection to `host` that goes through it.
    pub(super) async fn tunnel(&self, host: &str, port: u16) -> Result<Connection, Error> {
        let failed = |source: io::Error| {
            let detail = format!("the proxy {self} cannot be used: {source}");
            Error::new(ErrorKind::Connect, detail).advising(ADVICE)
        };
        let mut stream: Connection =
            Box::new(connect(&self.host, self.port).await.map_err(failed)?);
        if self.secure {
            stream = tls::Client::new(&Tls::new(), &self.host)?
                .secure(stream)
                .await?;
        }
        let place = match host.contains(':') {
            true => format!("[{host}]:{port}"),
            false => format!("{host}:{port}"),
        };
        let mut request = format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n");
        if let Some(authorization) = &self.authorization {
            request.push_str(&format!("Proxy-Authorization: {authorization}\r\n"));
        }
        request.push_str("\r\n");
        stream.write_all(request.as_bytes()).await.map_err(failed)?;
        stream.flush().await.map_err(failed)?;
        let answer = head(&mut stream).await.map_err(failed)?;
        let line = answer.lines().next().unwrap_or_default();
        match line.split(' ').nth(1) {
            Some(status) if status.starts_with('2') => Ok(stream),
            _ => Err(Error::new(
                ErrorKind::Connect,
                format!(
                    "the proxy {self} does not connect to {place}: `{}`",
                    printable(line)
                ),
            )
            .advising(ADVICE)),
        }
    }
}

/// The head of an answer, and nothing of what follows it.
async fn head(stream: &mut Connection) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        // The tunnel begins right behind it; a byte at a time is little enough once a connection.
        head.push(stream.read_u8().await?);
        if head.len() > HEAD {
            return Err(io::Error::other("its answer is too long"));
        }
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

fn first(
    environment: &Environment,
    names: [&'static str; 2],
) -> Result<Option<(&'static str, String)>, Error> {
    for name in names {
        if let Some(value) = environment.variable(name)? {
            return Ok(Some((name, value)));
        }
    }
    Ok(None)
}

/// Whether a host is reached without a proxy: this machine always, and what the list names.
fn is_exempt(host: &str, port: u16, list: &str) -> bool {
    let host = host.trim().trim_end_matches('.').to_lowercase();
    let address: Option<IpAddr> = host.parse().ok();
    if host == "localhost" || address.is_some_and(|address| address.to_canonical().is_loopback()) {
        return true;
    }
    let entries = list.split(',').map(|entry| entry.trim().to_lowercase());
    entries.filter(|entry| !entry.is_empty()).any(|entry| {
        if entry == "*" {
            return true;
        }
        if let Some((network, bits)) = entry.split_once('/') {
            return address.is_some_and(|address| is_in(address, network, bits));
        }
        let (name, only) = split_port(&entry);
        if only.is_some_and(|only| only != port) {
            return false;
        }
        match (name.parse::<IpAddr>(), address) {
            (Ok(named), Some(address)) => named == address,
            (Ok(_), None) => false,
            (Err(_), _) => is_of_domain(&host, name.trim_start_matches('*')),
        }
    })
}

/// `example.com` stands for itself and what is below it, `.example.com` for the latter.
fn is_of_domain(host: &str, domain: &str) -> bool {
    match domain.strip_prefix('.') {
        Some(_) => host.ends_with(domain),
        None => host == domain || host.ends_with(&format!(".{domain}")),
    }
}

fn split_port(entry: &str) -> (&str, Option<u16>) {
    let bare = |name: &str| name.starts_with('[') && name.ends_with(']');
    let (name, port) = match entry.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') || bare(name) => (name, port.parse().ok()),
        _ => (entry, None),
    };
    (name.trim_start_matches('[').trim_end_matches(']'), port)
}

fn is_in(address: IpAddr, network: &str, bits: &str) -> bool {
    let (Ok(network), Ok(bits)) = (network.parse::<IpAddr>(), bits.parse::<u32>()) else {
        return false;
    };
    // As 128 bits, of which only the last 32 are those of IPv4.
    let (width, address, network) = match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(n)) => (32, u128::from(a.to_bits()), u128::from(n.to_bits())),
        (IpAddr::V6(a), IpAddr::V6(n)) => (128, a.to_bits(), n.to_bits()),
        _ => return false,
    };
    let Some(rest) = u32::checked_sub(width, bits) else {
        return false;
    };
    (address ^ network).checked_shr(rest).unwrap_or(0) == 0
}

impl fmt::Display for Proxy {
    /// Without its password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "https" } else { "http" };
        match self.host.contains(':') {
            true => write!(f, "{scheme}://[{}]:{}", self.host, self.port),
            false => write!(f, "{scheme}://{}:{}", self.host, self.port),
        }
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::net::TcpListener;

    use super::*;
    use crate::Timeouts;
    use crate::address::Address;
    use crate::endpoint::Endpoint;
    use crate::ping;
    use crate::transport::Transport;

    fn of<const N: usize>(
        host: &str,
        variables: [(&'static str, &str); N],
    ) -> Result<Option<Proxy>, Error> {
        let Address::Tcp(address) = Address::parse(host).unwrap() else {
            panic!("{host} is no TCP address");
        };
        let environment = Environment::made_up("/nowhere", variables);
        Proxy::of(&environment, &address, host.starts_with("https"))
    }

    fn shown<const N: usize>(host: &str, variables: [(&'static str, &str); N]) -> Option<String> {
        of(host, variables).unwrap().map(|proxy| proxy.to_string())
    }

    #[test]
    fn the_scheme_chooses_the_variable_and_capitals_go_first() {
        let all = [
            ("HTTP_PROXY", "upper:1"),
            ("http_proxy", "http://lower:2"),
            ("https_proxy", "https://secure"),
        ];
        assert_eq!(shown("tcp://h", all).unwrap(), "http://upper:1");
        assert_eq!(shown("https://h", all).unwrap(), "https://secure:443");
        assert_eq!(
            shown("tcp://h", [("http_proxy", "lower")]).unwrap(),
            "http://lower:80"
        );
        assert_eq!(shown("tcp://h", [("HTTPS_PROXY", "s:1")]), None);
        assert_eq!(shown("tcp://h", [("ALL_PROXY", "a:1")]), None);
        let cgi = [("HTTP_PROXY", "p:1"), ("REQUEST_METHOD", "GET")];
        assert_eq!(shown("tcp://h", cgi), None);
    }

    #[test]
    fn some_hosts_are_reached_without() {
        let list = "a.example, .b.example,*.c.example,d.example:2375,10.1.0.0/16,10.2.0.1,\
                    10.3.0.1:2375,fd00::/8,[fe80::1]:2375,::2,";
        for (host, exempt) in [
            ("localhost", true),
            ("127.1.2.3", true),
            ("[::1]", true),
            ("[::ffff:127.0.0.1]", true),
            ("a.example", true),
            ("A.Example.", true),
            ("x.a.example", true),
            ("xa.example", false),
            ("b.example", false),
            ("x.b.example", true),
            ("c.example", false),
            ("x.c.example", true),
            ("d.example:2375", true),
            ("d.example:2376", false),
            ("10.1.255.1", true),
            ("10.2.0.1", true),
            ("10.2.0.2", false),
            ("10.3.0.1:2375", true),
            ("10.3.0.1:2376", false),
            ("[fd12::1]", true),
            ("[fe80::1]:2375", true),
            ("[fe80::1]:1", false),
            ("[::2]", true),
            ("other", false),
        ] {
            let host = format!("tcp://{host}");
            let proxy = shown(&host, [("HTTP_PROXY", "p:1"), ("NO_PROXY", list)]);
            assert_eq!(proxy.is_none(), exempt, "{host}");
        }
        let all = [("HTTP_PROXY", "p:1"), ("no_proxy", "x, *")];
        assert_eq!(shown("tcp://other", all), None);
    }

    #[test]
    fn passwords_do_not_show() {
        let proxy = of("tcp://h", [("HTTP_PROXY", "http://me:s%203cret@p:1")]);
        let proxy = proxy.unwrap().unwrap();
        assert_eq!(
            proxy.authorization.as_deref(),
            Some("Basic bWU6cyAzY3JldA==")
        );
        assert_eq!(format!("{proxy} {proxy:?}"), "http://p:1 http://p:1");
        for bad in [
            "ftp://me:s3cret@p",
            "http://me:s3cret@",
            "socks5://me:s3cret@p",
            "http://me:s3cret@p:x",
        ] {
            let error = of("tcp://h", [("HTTP_PROXY", bad)]).unwrap_err();
            let line = format!("{error} {error:?}");
            assert!(
                error.is_invalid_input() && line.contains("HTTP_PROXY"),
                "{line}"
            );
            assert!(!line.contains("s3cret"), "{line}");
        }
    }

    /// A proxy that is the engine at the end of each tunnel, too; gives what it was asked for.
    async fn proxy(answer: &'static str) -> (String, tokio::sync::mpsc::UnboundedReceiver<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let place = listener.local_addr().unwrap().to_string();
        let (sender, asked) = tokio::sync::mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let mut stream: Connection = Box::new(stream);
                let _ = sender.send(head(&mut stream).await.unwrap());
                let _ = stream.write_all(answer.as_bytes()).await;
                while let Ok(request) = head(&mut stream).await {
                    let _ = sender.send(request);
                    let pong = "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 0\r\n\r\n";
                    let _ = stream.write_all(pong.as_bytes()).await;
                }
            }
        });
        (place, asked)
    }

    /// What is said of an engine that is reached by the proxy at this place.
    async fn pinged(place: &str) -> Result<String, Error> {
        let proxy = format!("http://me:s3cret@{place}");
        let environment = Environment::made_up("/nowhere", [("HTTP_PROXY", proxy.as_str())]);
        let endpoint = Endpoint::at("tcp://engine.example", None)?.by_proxy_of(&environment)?;
        let limit = Duration::from_secs(20);
        let transport = Transport::new(endpoint, limit, Default::default(), Timeouts::default())?;
        ping::ping(&transport, &transport.call("connect")).await?;
        Ok(format!("{:?}", transport.endpoint()))
    }

    #[tokio::test]
    async fn connections_are_tunnels() {
        let (place, mut asked) = proxy("HTTP/1.1 200 Connection established\r\n\r\n").await;
        let shown = pinged(&place).await.unwrap();
        let connect = asked.recv().await.unwrap();
        assert!(
            connect.starts_with("CONNECT engine.example:2375 HTTP/1.1\r\n"),
            "{connect}"
        );
        assert!(
            connect.contains("\r\nProxy-Authorization: Basic bWU6czNjcmV0\r\n"),
            "{connect}"
        );
        let ping = asked.recv().await.unwrap().to_lowercase();
        assert!(ping.starts_with("head /_ping "), "{ping}");
        assert!(
            ping.contains("\r\nhost: engine.example:2375\r\n") && !ping.contains("proxy"),
            "{ping}"
        );
        assert!(!shown.contains("s3cret"), "{shown}");
    }

    #[tokio::test]
    async fn what_a_proxy_refuses_is_told() {
        let (place, _asked) = proxy("HTTP/1.1 403 Forbidden\r\n\r\n").await;
        let line = pinged(&place).await.unwrap_err().to_string();
        let reason = format!(
            "the proxy http://{place} does not connect to engine.example:2375: `HTTP/1.1 403 Forbidden`"
        );
        assert!(line.contains(&reason), "{line}");
        assert!(!line.contains("s3cret"), "{line}");
        let line = pinged("127.0.0.1:1").await.unwrap_err().to_string();
        assert!(
            line.contains("the proxy http://127.0.0.1:1 cannot be used"),
            "{line}"
        );
    }
}
