//! The order of what does not depend on each other.

use crate::fixture::{End, Move};
use crate::tape::Event;

/// Between two deeds of the client, what the engine said is sorted by exchange: a client that has
/// several exchanges under way must take their answers in any order.
pub(crate) fn settle(events: Vec<(usize, Event)>) -> Vec<(usize, Event)> {
    let mut events = closed_late(read_at_once(events));
    let mut start = 0;
    while start < events.len() {
        let length = events[start..]
            .iter()
            .take_while(|(_, event)| !is_clients(event))
            .count();
        events[start..start + length].sort_by_key(|(exchange, _)| *exchange);
        start += length + 1;
    }
    events
}

/// What is only read is there when it is asked for: nothing that happens meanwhile changes it. Only
/// streams go on.
fn read_at_once(events: Vec<(usize, Event)>) -> Vec<(usize, Event)> {
    let goes_on = |line: &str| {
        line.contains("/events") || line.contains("follow=") || line.contains("stream=true")
    };
    let read: Vec<usize> = (events.iter())
        .filter_map(|(exchange, event)| match event {
            Event::Request(request) if request.line.starts_with("GET ") => {
                (!goes_on(&request.line)).then_some(*exchange)
            }
            _ => None,
        })
        .collect();
    let mut settled: Vec<(usize, Event)> = Vec::with_capacity(events.len());
    for (exchange, event) in events {
        let follows = matches!(event, Event::Data(_) | Event::End(End::Complete));
        let last = settled.iter().rposition(|(other, _)| *other == exchange);
        match last {
            Some(last) if follows && read.contains(&exchange) => {
                settled.insert(last + 1, (exchange, event));
            }
            _ => settled.push((exchange, event)),
        }
    }
    settled
}

/// A client closes its side of a stream beside whatever else it does: where the engine goes on with that stream.
fn closed_late(events: Vec<(usize, Event)>) -> Vec<(usize, Event)> {
    let mut closed = Vec::new();
    let mut settled = Vec::with_capacity(events.len());
    for (exchange, event) in events {
        if let Event::Stream(Move::ClientClosed) = event {
            closed.push(exchange);
            continue;
        }
        if let Some(index) = closed.iter().position(|other| *other == exchange) {
            closed.remove(index);
            settled.push((exchange, Event::Stream(Move::ClientClosed)));
        }
        settled.push((exchange, event));
    }
    let closed = closed.into_iter();
    settled.extend(closed.map(|exchange| (exchange, Event::Stream(Move::ClientClosed))));
    settled
}

fn is_clients(event: &Event) -> bool {
    matches!(event, Event::Request(_) | Event::Stream(Move::Client(_)))
}
