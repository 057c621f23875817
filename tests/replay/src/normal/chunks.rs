//! Where a body is cut into chunks.

use bytes::Bytes;

use super::trace;
use crate::fixture::Move;
use crate::json::Json;
use crate::payload::Payload;
use crate::tape::Event;

/// The header of a frame: the stream, three zeros, the length of what follows.
const FRAME: usize = 8;

/// Joins what the engine wrote in a row on one exchange, and cuts it at the end of each JSON value
/// or each frame.
pub(crate) fn cut(events: Vec<(usize, Event)>) -> Vec<(usize, Event)> {
    let mut out: Vec<(usize, Event)> = Vec::with_capacity(events.len());
    let mut events = events.into_iter().peekable();
    while let Some((exchange, event)) = events.next() {
        let (mut bytes, streamed) = match event {
            Event::Data(data) => (data.to_vec(), false),
            Event::Stream(Move::Server(payload)) => (payload.to_bytes().to_vec(), true),
            event => {
                out.push((exchange, event));
                continue;
            }
        };
        while let Some((_, more)) = events.next_if(|(other, event)| {
            *other == exchange
                && match event {
                    Event::Data(_) => !streamed,
                    Event::Stream(Move::Server(_)) => streamed,
                    _ => false,
                }
        }) {
            match more {
                Event::Data(data) => bytes.extend_from_slice(&data),
                Event::Stream(Move::Server(payload)) => bytes.extend(payload.to_bytes()),
                _ => {}
            }
        }
        for piece in pieces(bytes.into(), streamed) {
            let event = match streamed {
                true => Event::Stream(Move::Server(Payload::exact(piece))),
                false => Event::Data(piece),
            };
            out.push((exchange, event));
        }
    }
    out
}

fn pieces(bytes: Bytes, streamed: bool) -> Vec<Bytes> {
    match frames(&bytes) {
        Some(frames) if streamed => return joined(frames),
        Some(frames) => return frames,
        None => {}
    }
    values(&bytes).unwrap_or_else(|| vec![bytes])
}

/// Each JSON value of a stream of them, with the line feed after it.
fn values(bytes: &Bytes) -> Option<Vec<Bytes>> {
    let mut values = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        Json::parse(line).filter(Json::is_document)?;
        values.extend(lines(line));
    }
    Some(trace::joined(ends_of_each(on_time(values))))
}

/// What is told in time: that a layer has come may be said after what was done with it, or not at all.
fn on_time(mut values: Vec<Bytes>) -> Vec<Bytes> {
    let mut complete = Vec::new();
    values.retain(|value| {
        let layer = Json::parse(value)
            .and_then(|json| Some((json.get("id")?.to_line(), json.get("status")?.to_line())));
        let Some((id, status)) = layer else {
            return true;
        };
        match status.trim_end() {
            "\"Complete\"" => complete.push(id),
            "\"Download complete\"" => return !complete.contains(&id),
            _ => {}
        }
        true
    });
    values
}

/// Of what is told of a layer, the first and the last: which of its states are told between depends on time.
fn ends_of_each(values: Vec<Bytes>) -> Vec<Bytes> {
    let layers: Vec<_> = values.iter().map(layer).collect();
    let mut ends = Vec::new();
    for (index, value) in values.into_iter().enumerate() {
        let layer = &layers[index];
        let begun = layers[..index].contains(layer);
        if layer.is_none() || !begun || !layers[index + 1..].contains(layer) {
            ends.push((layer.as_ref().map(|id| (begun, id)), value));
        }
    }
    // An engine begins to push all layers at once.
    let pushes = |value: &Bytes| value.starts_with(b"{\"status\":\"Preparing\"");
    if ends.iter().any(|(_, value)| pushes(value)) {
        for layers in ends.chunk_by_mut(|(one, _), (next, _)| one.is_some() && next.is_some()) {
            layers.sort_by_key(|(layer, _)| *layer);
        }
    }
    ends.into_iter().map(|(_, value)| value).collect()
}

/// The layer that a message of a push or a pull is of.
fn layer(value: &Bytes) -> Option<String> {
    let json = Json::parse(value)?;
    json.get("progressDetail")?;
    Some(json.get("id")?.to_line())
}

/// What a build tells that a command wrote, a line in each message: how many are in one depends on time.
fn lines(value: &[u8]) -> Vec<Bytes> {
    const BEGIN: &str = "{\"stream\":\"";
    let text = std::str::from_utf8(value).unwrap_or_default();
    let written = text
        .strip_prefix(BEGIN)
        .and_then(|rest| rest.rsplit_once("\"}"));
    match written {
        Some((written, end)) if !written.contains("\\\\") && !written.is_empty() => written
            .split_inclusive("\\n")
            .map(|line| format!("{BEGIN}{line}\"}}{end}").into())
            .collect(),
        _ => vec![Bytes::copy_from_slice(value)],
    }
}

/// Each frame of a multiplexed stream, if the bytes are whole frames.
fn frames(bytes: &Bytes) -> Option<Vec<Bytes>> {
    let mut rest = bytes.clone();
    let mut frames = Vec::new();
    while !rest.is_empty() {
        let header = rest.get(..FRAME)?;
        let length = u32::from_be_bytes([header[4], header[5], header[6], header[7]]);
        let known = header[0] <= 3 && header[1..4] == [0; 3];
        let whole = FRAME + usize::try_from(length).ok()?;
        if !known || whole > rest.len() {
            return None;
        }
        frames.push(rest.split_to(whole));
    }
    Some(frames)
}

/// What a process writes is one frame or several, as it is read from its pipes, and which pipe is read
/// first depends on time too: the frames of each stream are made one.
fn joined(mut frames: Vec<Bytes>) -> Vec<Bytes> {
    frames.sort_by_key(|frame| frame[0]);
    let mut joined: Vec<Vec<u8>> = Vec::new();
    for frame in frames {
        match joined.last_mut().filter(|last| last[0] == frame[0]) {
            Some(last) => {
                last.extend_from_slice(&frame[FRAME..]);
                let length = u32::try_from(last.len() - FRAME).unwrap_or(u32::MAX);
                last[4..FRAME].copy_from_slice(&length.to_be_bytes());
            }
            None => joined.push(frame.to_vec()),
        }
    }
    joined.into_iter().map(Bytes::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(states: &[(&str, &str)]) -> Vec<String> {
        let message = |(status, id): &(&str, &str)| {
            format!("{{\"status\":\"{status}\",\"progressDetail\":{{}},\"id\":\"{id}\"}}\n")
        };
        let messages: String = states.iter().map(message).collect();
        let values = values(&messages.into()).unwrap();
        let texts = values.iter().map(|value| String::from_utf8_lossy(value));
        texts.map(|text| text.trim_end().to_owned()).collect()
    }

    #[test]
    fn layers_are_pushed_in_one_order() {
        let [prepared, pushed] = ["Preparing", "Pushed"];
        let one = told(&[
            (prepared, "b"),
            (prepared, "a"),
            (pushed, "b"),
            (pushed, "a"),
        ]);
        let other = told(&[
            (prepared, "a"),
            (pushed, "a"),
            (prepared, "b"),
            (pushed, "b"),
        ]);
        assert_eq!(one, other);
        assert!(one[0].contains("\"a\"") && one[3].contains("\"b\""));
    }

    #[test]
    fn layers_are_pulled_in_the_order_of_the_image() {
        let told = told(&[("Pulling fs layer", "b"), ("Pulling fs layer", "a")]);
        assert!(told[0].contains("\"b\""), "{told:?}");
    }
}
