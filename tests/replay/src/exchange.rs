//! A recording as requests and answers, for those who read it instead of replaying it.

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::fixture::{Fixture, Move};

/// One request and all that was answered to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// Method, path and query.
    pub request: String,
    /// The headers of the request that were recorded.
    pub headers: BTreeMap<String, String>,
    /// The body of the request; `{any}` where it was not recorded.
    pub body: Bytes,
    /// The answer; none if the client did not wait for it.
    pub answer: Option<Answer>,
}

/// What an engine answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: BTreeMap<String, String>,
    /// The chunks of the body, or what the engine wrote on an upgraded connection.
    pub chunks: Vec<Bytes>,
}

impl Fixture {
    /// The recorded exchanges, in the order of their requests.
    pub fn exchanges(&self) -> Vec<Exchange> {
        let mut exchanges: Vec<(Option<&str>, Exchange)> = Vec::new();
        for turn in &self.turns {
            if let Some(request) = &turn.request {
                let exchange = Exchange {
                    request: request.line.clone(),
                    headers: request.headers.clone(),
                    body: request
                        .body
                        .as_ref()
                        .map(|body| body.to_bytes())
                        .unwrap_or_default(),
                    answer: None,
                };
                exchanges.push((turn.on.as_deref(), exchange));
            }
            let own = exchanges
                .iter_mut()
                .rev()
                .find(|(name, _)| *name == turn.on.as_deref());
            let Some((_, exchange)) = own else { continue };
            if let Some(head) = &turn.response {
                exchange.answer = Some(Answer {
                    status: head.status,
                    headers: head.headers.clone(),
                    chunks: Vec::new(),
                });
            }
            if let Some(answer) = &mut exchange.answer {
                answer
                    .chunks
                    .extend(turn.body.iter().map(|chunk| chunk.to_bytes()));
                answer
                    .chunks
                    .extend(turn.stream.iter().filter_map(|step| match step {
                        Move::Server(payload) => Some(payload.to_bytes()),
                        _ => None,
                    }));
            }
        }
        exchanges
            .into_iter()
            .map(|(_, exchange)| exchange)
            .collect()
    }
}
