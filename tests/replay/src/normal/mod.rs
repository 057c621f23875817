//! What differs between two recordings of the same scenario, made the same.
//!
//! - Values ([`values`]): ids, times, addresses and so on become the first, the second … of their kind, so that what
//!   was equal is equal still, and what was earlier is earlier.
//! - Archives ([`archive`]): files that were made just now were all made at once.
//! - Chunks ([`chunks`]): a body is cut where the engine's values and frames end. Elsewhere the cuts
//!   come from buffers and from time.
//! - Order ([`order`]): what the engine says on several connections while the client says nothing is in
//!   the order in which the client asked.
//!
//! Nothing else changes: no field, no header, no value that says something of the engine.

mod archive;
mod chunks;
mod clock;
mod ids;
mod measures;
mod order;
mod trace;
mod values;

use std::io;

pub(crate) use archive::is_archive;

use crate::fixture::{End, Fixture};
use crate::json::Json;
use crate::tape::Event;

/// Events in an order that does not depend on time.
pub(crate) fn events(events: Vec<(usize, Event)>) -> Vec<(usize, Event)> {
    chunks::cut(order::settle(events))
}

/// The same recording with values that do not depend on the day.
pub(crate) fn fixture(fixture: Fixture) -> io::Result<Fixture> {
    let text = serde_json::to_vec(&fixture)?;
    let mut json: Json = serde_json::from_slice(&text)?;
    values::replace(&mut json, fixture.engine.name == "podman");
    let text = serde_json::to_vec(&json)?;
    let mut fixture: Fixture = serde_json::from_slice(&text)?;
    end_what_is_known(&mut fixture);
    fit_lengths(&mut fixture);
    Ok(fixture)
}

/// A client may go away once it knows what has come of the work: nothing comes after that, so that it does
/// not matter whether it saw the end.
fn end_what_is_known(fixture: &mut Fixture) {
    let waits: Vec<_> = (fixture.turns.iter())
        .filter(|turn| {
            turn.request
                .as_ref()
                .is_some_and(|request| request.line.contains("/wait"))
        })
        .map(|turn| turn.on.clone())
        .collect();
    for turn in &mut fixture.turns {
        let last = turn.body.last().map(|chunk| chunk.to_bytes());
        let known = last
            .is_some_and(|last| last.starts_with(b"{\"errorDetail\":") || waits.contains(&turn.on));
        if turn.end == End::Left && known {
            turn.end = End::Complete;
        }
    }
}

/// A length is that of the body with the values that it has now.
fn fit_lengths(fixture: &mut Fixture) {
    for index in 0..fixture.turns.len() {
        let (name, begun) = (fixture.turns[index].on.clone(), &fixture.turns[index..]);
        let own = begun.iter().enumerate().filter(|(later, turn)| match name {
            Some(_) => turn.on == name,
            None => *later == 0,
        });
        let chunks = own.flat_map(|(_, turn)| &turn.body);
        let length: usize = chunks.map(|chunk| chunk.to_bytes().len()).sum();
        if let Some(head) = &mut fixture.turns[index].response
            && length > 0
            && let Some(said) = head.headers.get_mut("content-length")
        {
            *said = length.to_string();
        }
    }
}
