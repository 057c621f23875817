//! A plain HTTP client, with keep-alive.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::rt::TokioIo;
use hyperlocal::{UnixClientExt, UnixConnector, Uri};

pub type Connection = TokioIo<hyper::upgrade::Upgraded>;

#[derive(Clone)]
pub struct Client {
    socket: String,
    pool: Pool<UnixConnector, Full<Bytes>>,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Client {
    pub fn new(docker_host: String) -> Client {
        let socket = docker_host.strip_prefix("unix://").unwrap().to_owned();
        Client {
            socket,
            pool: Pool::unix(),
        }
    }

    /// The head of the answer to `METHOD /path`.
    pub async fn send(&self, line: &str, body: &str) -> Response<Incoming> {
        self.send_with(line, &[], body).await
    }

    pub async fn send_with(
        &self,
        line: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Response<Incoming> {
        let (method, target) = line.split_once(' ').unwrap();
        let uri: hyper::Uri = Uri::new(&self.socket, target).into();
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::from(body.to_owned())).unwrap();
        self.pool.request(request).await.unwrap()
    }

    pub async fn call(&self, line: &str, body: &str) -> Answer {
        Answer::read(self.send(line, body).await).await
    }

    pub async fn upgrade(&self, line: &str) -> Connection {
        let headers = [("Connection", "Upgrade"), ("Upgrade", "tcp")];
        let response = self.send_with(line, &headers, "").await;
        assert_eq!(response.status(), StatusCode::SWITCHING_PROTOCOLS);
        TokioIo::new(hyper::upgrade::on(response).await.unwrap())
    }
}

impl Answer {
    pub async fn read(response: Response<Incoming>) -> Answer {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.into()).unwrap(),
        }
    }
}
