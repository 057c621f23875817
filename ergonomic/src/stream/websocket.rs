//! Bytes both ways in the messages of a WebSocket.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use futures_core::Stream;
use futures_util::Sink;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

/// The most that goes into one message.
const MESSAGE: usize = 64 * 1024;

/// A connection that speaks WebSocket already. Engines take bytes in binary messages, and give
/// them so since API 1.28; before that in messages of text.
pub(crate) struct WebSocket {
    messages: WebSocketStream<reqwest::Upgraded>,
    /// What came and was not read yet.
    received: Bytes,
}

impl WebSocket {
    pub(crate) async fn new(connection: reqwest::Upgraded) -> Self {
        // What is written is to be sent, and not to wait for more.
        let config = WebSocketConfig::default().write_buffer_size(0);
        Self {
            messages: WebSocketStream::from_raw_socket(connection, Role::Client, Some(config))
                .await,
            received: Bytes::new(),
        }
    }
}

impl AsyncRead for WebSocket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.received.is_empty() {
            match ready!(Pin::new(&mut self.messages).poll_next(cx)) {
                Some(Ok(Message::Binary(bytes))) => self.received = bytes,
                Some(Ok(Message::Text(text))) => self.received = text.into(),
                // Pings are answered by themselves.
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Close(_))) | None => return Poll::Ready(Ok(())),
                Some(Err(error)) => return Poll::Ready(Err(as_io(error))),
            }
        }
        let length = self.received.len().min(buffer.remaining());
        buffer.put_slice(&self.received[..length]);
        self.received.advance(length);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for WebSocket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut messages = Pin::new(&mut self.messages);
        ready!(messages.as_mut().poll_ready(cx)).map_err(as_io)?;
        let part = &bytes[..bytes.len().min(MESSAGE)];
        let message = Message::Binary(Bytes::copy_from_slice(part));
        messages.start_send(message).map_err(as_io)?;
        Poll::Ready(Ok(part.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.messages).poll_flush(cx).map_err(as_io)
    }

    /// Says that no more comes. The engine may go on until it says the same.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.messages).poll_close(cx).map_err(as_io)
    }
}

fn as_io(error: Error) -> io::Error {
    match error {
        Error::Io(error) => error,
        error => io::Error::other(error),
    }
}
