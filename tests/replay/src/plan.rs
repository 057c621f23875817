//! A fixture's turns, checked, as one numbered sequence of events.

use std::collections::HashMap;

use bytes::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, StatusCode};

use crate::expect::Expected;
use crate::fixture::{End, Fixture, Head, Move, Turn};

/// Everything that is to happen, in order.
pub(crate) struct Plan {
    pub(crate) exchanges: Vec<Exchange>,
    /// For each event the exchange that it belongs to.
    pub(crate) events: Vec<usize>,
}

pub(crate) struct Exchange {
    pub(crate) request: Expected,
    /// The event of the request's arrival.
    pub(crate) arrival: usize,
    /// What comes after it, each with its place in the order of all events.
    pub(crate) steps: Vec<(usize, Step)>,
}

#[derive(Clone)]
pub(crate) enum Step {
    Head(StatusCode, HeaderMap),
    Data(Bytes),
    Server(Bytes),
    Client(Bytes),
    ClientClosed,
    ServerClosed,
    /// The end of a body.
    End,
    /// The engine's side breaks off.
    Cut,
}

impl Step {
    /// Whether the client does it.
    pub(crate) fn is_client(&self) -> bool {
        matches!(self, Step::Client(_) | Step::ClientClosed)
    }
}

impl Exchange {
    fn head(&self) -> Option<(usize, StatusCode)> {
        self.steps.iter().find_map(|(at, step)| match step {
            Step::Head(status, _) => Some((*at, *status)),
            _ => None,
        })
    }

    fn is_upgraded(&self) -> bool {
        self.head()
            .is_some_and(|(_, status)| status == StatusCode::SWITCHING_PROTOCOLS)
    }
}

impl Plan {
    pub(crate) fn new(fixture: &Fixture) -> Result<Plan, String> {
        let owners = owners(&fixture.turns)?;
        let mut plan = Plan {
            exchanges: Vec::new(),
            events: Vec::new(),
        };
        for (index, (turn, &exchange)) in fixture.turns.iter().zip(&owners).enumerate() {
            let last = !owners[index + 1..].contains(&exchange);
            plan.add(turn, exchange, last).map_err(|reason| {
                format!(
                    "turn {} ({}): {reason}",
                    index + 1,
                    plan.name(turn, exchange)
                )
            })?;
        }
        Ok(plan)
    }

    fn name(&self, turn: &Turn, exchange: usize) -> String {
        match (&turn.request, self.exchanges.get(exchange)) {
            (Some(request), _) => request.line.clone(),
            (None, Some(exchange)) => exchange.request.line.clone(),
            (None, None) => String::new(),
        }
    }

    fn add(&mut self, turn: &Turn, index: usize, last: bool) -> Result<(), String> {
        if let Some(request) = &turn.request {
            let arrival = self.event(index);
            let request = Expected::new(request)?;
            self.exchanges.push(Exchange {
                request,
                arrival,
                steps: Vec::new(),
            });
        }
        if let Some(head) = &turn.response {
            if self.exchanges[index].head().is_some() {
                return Err("a second response".to_owned());
            }
            let (status, headers) = parse_head(head)?;
            self.step(index, Step::Head(status, headers));
        }
        let answered = self.exchanges[index].head().is_some();
        let upgraded = self.exchanges[index].is_upgraded();
        if !turn.body.is_empty() && (!answered || upgraded) {
            return Err("a body belongs to a response other than 101".to_owned());
        }
        if !turn.stream.is_empty() && !upgraded {
            return Err("a stream belongs to a response of 101".to_owned());
        }
        for chunk in &turn.body {
            self.step(index, Step::Data(chunk.to_bytes()));
        }
        for happened in &turn.stream {
            self.step(
                index,
                match happened {
                    Move::Client(payload) => Step::Client(payload.to_bytes()),
                    Move::Server(payload) => Step::Server(payload.to_bytes()),
                    Move::ClientClosed => Step::ClientClosed,
                    Move::ServerClosed => Step::ServerClosed,
                },
            );
        }
        match turn.end {
            End::Complete if last && answered && !upgraded => self.step(index, Step::End),
            End::Complete => {}
            _ if !last => return Err("`end` belongs to the last turn of an exchange".to_owned()),
            End::Cut => self.step(index, Step::Cut),
            // A client that goes away is not waited for: nothing depends on it.
            End::Left => {}
        }
        Ok(())
    }

    fn event(&mut self, exchange: usize) -> usize {
        self.events.push(exchange);
        self.events.len() - 1
    }

    fn step(&mut self, exchange: usize, step: Step) {
        let at = self.event(exchange);
        self.exchanges[exchange].steps.push((at, step));
    }
}

/// For each turn the exchange that it belongs to.
fn owners(turns: &[Turn]) -> Result<Vec<usize>, String> {
    let mut names = HashMap::new();
    let mut exchanges = 0;
    let mut owners = Vec::with_capacity(turns.len());
    for (index, turn) in turns.iter().enumerate() {
        let wrong = |reason: String| Err(format!("turn {}: {reason}", index + 1));
        match (&turn.request, &turn.on) {
            (Some(_), name) => {
                if let Some(name) = name
                    && names.insert(name, exchanges).is_some()
                {
                    return wrong(format!("another exchange is already named `{name}`"));
                }
                owners.push(exchanges);
                exchanges += 1;
            }
            (None, Some(name)) => match names.get(name) {
                Some(exchange) => owners.push(*exchange),
                None => return wrong(format!("no request is named `{name}`")),
            },
            (None, None) => return wrong("neither `request` nor `on`".to_owned()),
        }
    }
    Ok(owners)
}

fn parse_head(head: &Head) -> Result<(StatusCode, HeaderMap), String> {
    let status = StatusCode::from_u16(head.status)
        .ok()
        .filter(|status| !status.is_informational() || *status == StatusCode::SWITCHING_PROTOCOLS)
        .ok_or_else(|| format!("{} is not the status of a response", head.status))?;
    let mut headers = HeaderMap::new();
    for (name, value) in &head.headers {
        let wrong = || format!("`{name}: {value}` is not a header");
        headers.append(
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?,
            HeaderValue::from_str(value).map_err(|_| wrong())?,
        );
    }
    Ok((status, headers))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(turns: &str) -> String {
        let text = format!(
            r#"{{"scenario":"s","engine":{{"name":"docker","version":"1","api":"1.41"}},"turns":[{turns}]}}"#
        );
        text.parse::<Fixture>().unwrap_err().to_string()
    }

    #[test]
    fn a_fixture_that_makes_no_sense_is_refused_with_its_place() {
        let cases = [
            (r#"{"on":"x"}"#, "fixture: turn 1: no request is named `x`"),
            ("{}", "fixture: turn 1: neither `request` nor `on`"),
            (
                r#"{"request":{"line":"GET x"}}"#,
                "fixture: turn 1 (GET x): `GET x` is not `METHOD /path?query`",
            ),
            (
                r#"{"request":{"line":"GET /x"},"response":{"status":7}}"#,
                "fixture: turn 1 (GET /x): 7 is not the status of a response",
            ),
            (
                r#"{"request":{"line":"GET /x"},"response":{"status":200},"stream":["server-closed"]}"#,
                "fixture: turn 1 (GET /x): a stream belongs to a response of 101",
            ),
            (
                r#"{"request":{"line":"GET /x"},"body":["y"]}"#,
                "fixture: turn 1 (GET /x): a body belongs to a response other than 101",
            ),
            (
                r#"{"on":"a","request":{"line":"GET /x"},"end":"cut"},{"on":"a","response":{"status":200}}"#,
                "fixture: turn 1 (GET /x): `end` belongs to the last turn of an exchange",
            ),
        ];
        for (turns, message) in cases {
            assert_eq!(refused(turns), message);
        }
        assert!(
            refused(r#"{"request":{"line":"GET /x"},"extra":1}"#).contains("unknown field `extra`")
        );
    }
}
