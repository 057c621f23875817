//! Being connected to a container by a WebSocket.

use reqwest::StatusCode;
use reqwest::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::Attach;
use super::attach::Connected;
use crate::answer::Result;
use crate::error::{Error, ErrorKind};
use crate::exchange::TakenOver;
use crate::raw::{ClientInfo as _, ContainerAttachWebsocketParams, Operation};
use crate::stream::websocket::WebSocket;
use crate::terminal::Terminal;
use crate::transport;

/// From here on engines ask which of the three pipes is wanted; before, it is all of them.
const CHOICE: &str = "ContainerAttachWebsocket?stdin";
const WEBSOCKET: Operation =
    Operation::new("ContainerAttachWebsocket", "/containers/{id}/attach/ws");

impl Attach {
    /// Connects by a WebSocket, for what lies in between and passes nothing else. The connection
    /// is one stream, as that of a terminal: standard output and standard error are not told
    /// apart. Podman has no such thing. This is behind the feature `websocket`.
    ///
    /// Shutting the writing side down tells the engine that no more is written. If the container
    /// has no terminal, its output goes on.
    ///
    /// # API version
    ///
    /// Engines before 1.42 give all three pipes; to choose is an error then, which
    /// [`is_unsupported`](Error::is_unsupported).
    ///
    /// # Errors
    ///
    /// As for [`attach`](super::Container::attach), and [`is_not_found`](Error::is_not_found) if
    /// the engine has no WebSockets.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use tokio::io::AsyncReadExt;
    ///
    /// # async fn example(docker: dockwright::Docker) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut web = docker.container("web").attach().logs(true).websocket().await?;
    /// let mut written = String::new();
    /// web.read_to_string(&mut written).await?;
    /// # Ok(()) }
    /// ```
    pub async fn websocket(mut self) -> Result<Terminal> {
        let chosen = &self.params;
        let all = [chosen.stdin, chosen.stdout, chosen.stderr].map(|pipe| pipe == Some(true));
        let ready = self.prepare().await?;
        let mut connected = self.connect_websocket(all == [true; 3]).await?;
        connected.ending(ready.end);
        Ok(connected.into_terminal())
    }

    async fn connect_websocket(self, all: bool) -> Result<Connected> {
        let docker = self.container.docker();
        let (call, name) = self.container.call("attach to container")?;
        let input = self.params.stdin == Some(true);
        let mut params = ContainerAttachWebsocketParams {
            detach_keys: self.params.detach_keys,
            logs: self.params.logs,
            stream: Some(true),
            ..Default::default()
        };
        if !all || docker.has(CHOICE) {
            params.stdin = self.params.stdin;
            params.stdout = self.params.stdout;
            params.stderr = self.params.stderr;
        }
        docker.allows(&call, &params)?;
        let key = generate_key();
        // Sent by hand: the generated operation knows nothing of the handshake's keys.
        let url = format!("{}/containers/{name}/attach/ws", docker.raw().baseurl());
        let request = docker.raw().client().get(url).query(&query(&params));
        let request = request
            .header(CONNECTION, "Upgrade")
            .header(UPGRADE, "websocket")
            .header(SEC_WEBSOCKET_VERSION, "13")
            .header(SEC_WEBSOCKET_KEY, &key);
        let transport = docker.transport();
        let sent = transport.send_of_raw(&call, WEBSOCKET, request);
        let (response, watch) = sent.await?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Err(transport::refused(&call, response).await);
        }
        let accept = response.headers().get(SEC_WEBSOCKET_ACCEPT);
        if accept
            .is_none_or(|accept| accept.as_bytes() != derive_accept_key(key.as_bytes()).as_bytes())
        {
            return Err(Error::decode("what answers there speaks no WebSocket").during(&call));
        }
        let connection = response.upgrade().await.map_err(|source| {
            let detail = "the connection could not be taken over";
            Error::new(ErrorKind::Interrupted, detail)
                .because(source.without_url())
                .during(&call)
        })?;
        let socket = WebSocket::new(connection).await;
        Ok(Connected::new(
            self.container,
            Box::new(TakenOver::new(socket, watch)),
            input,
            call,
        ))
    }
}

fn query(params: &ContainerAttachWebsocketParams) -> Vec<(&'static str, String)> {
    let switches = [
        ("logs", params.logs),
        ("stream", params.stream),
        ("stdin", params.stdin),
        ("stdout", params.stdout),
        ("stderr", params.stderr),
    ];
    let switches = switches.into_iter();
    let mut query: Vec<_> = switches
        .filter_map(|(name, switch)| Some((name, switch?.to_string())))
        .collect();
    query.extend(params.detach_keys.clone().map(|keys| ("detachKeys", keys)));
    query
}
