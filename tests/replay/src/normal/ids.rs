//! Ids, addresses and names, by the order of their appearance.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use regex::bytes::{Captures, Regex};

/// The length of an id of Docker, and of one that it shortens.
const LONG: usize = 64;
const SHORT: usize = 12;
/// That of one of a swarm.
const SWARM: usize = 25;

/// After the quotation mark of a filter in a query, too, which is written `%22`.
static WORD: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(%[0-9A-F]{2}|\b)([0-9a-f]{12,64}|[0-9a-z]{25})\b"));
static MAC: LazyLock<Regex> = LazyLock::new(|| regex(r"\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b"));
/// Networks that Docker chooses are these, but for the first, which its bridge has.
static POOL: LazyLock<Regex> = LazyLock::new(|| regex(r"\b172\.(1[89]|2[0-9]|3[01])\."));
/// Addresses that Podman gives out one after the other, but for the first, which its bridge has.
static LEASE: LazyLock<Regex> = LazyLock::new(|| regex(r"\b10\.88\.(0\.([2-9]|[0-9]{2,3}))\b"));
/// What Podman calls the network of a container, up to what is as long as a short id.
static NETNS: LazyLock<Regex> =
    LazyLock::new(|| regex(r"\bnetns-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-"));
static NAME: LazyLock<Regex> = LazyLock::new(|| regex(r"^/([a-z]+_[a-z]+)\d?$"));

fn regex(pattern: &str) -> Regex {
    // Bytes, for archives and frames hold ids too.
    Regex::new(&format!("(?-u){pattern}")).unwrap_or_else(|error| panic!("{error}"))
}

/// The first long id is `d001d001…`, the first of a swarm `s001s001…`, and a short id is the beginning of a
/// long one. What stands for something has its length.
#[derive(Default)]
pub(super) struct Ids {
    /// Long ids that there are; what else is as long as a short one is left alone.
    long: BTreeSet<Vec<u8>>,
    known: HashMap<char, HashMap<Vec<u8>, usize>>,
    /// The names that the engine thought of.
    names: Vec<String>,
    /// The addresses that the client chose.
    chosen: BTreeSet<Vec<u8>>,
}

impl Ids {
    pub(super) fn see(&mut self, bytes: &[u8]) {
        let words = WORD.captures_iter(bytes).map(|found| found[2].to_vec());
        self.long.extend(words.filter(|word| word.len() == LONG));
    }

    /// What the client chooses is the same each time.
    pub(super) fn see_request(&mut self, bytes: &[u8]) {
        let addresses = MAC.find_iter(bytes).map(|found| found.as_bytes().to_vec());
        self.chosen.extend(addresses);
    }

    /// A container's name may be one that nobody gave it.
    pub(super) fn see_name(&mut self, name: &str) {
        if NAME.is_match(name.as_bytes()) && !self.names.iter().any(|known| known == &name[1..]) {
            self.names.push(name[1..].to_owned());
        }
    }

    pub(super) fn settle(&mut self, bytes: &[u8]) -> Vec<u8> {
        let bytes = WORD.replace_all(bytes, |found: &Captures<'_>| {
            [&found[1], &self.word(&found[2])].concat()
        });
        let bytes = NETNS.replace_all(&bytes, &b"netns-00000000-0000-4000-8000-"[..]);
        let bytes = MAC.replace_all(&bytes, |found: &Captures<'_>| {
            if self.chosen.contains(&found[0]) {
                return found[0].to_vec();
            }
            format!("02:00:00:00:00:{:02x}", self.number('m', &found[0]) % 256).into_bytes()
        });
        let bytes = POOL.replace_all(&bytes, |found: &Captures<'_>| {
            format!("172.{}.", 17 + self.number('n', &found[1])).into_bytes()
        });
        let bytes = LEASE.replace_all(&bytes, |found: &Captures<'_>| {
            // Those of one length, for frames say how long they are.
            let least = [1, 10, 100][found[2].len() - 1];
            format!("10.88.0.{}", least + self.number('a', &found[1])).into_bytes()
        });
        bytes.into_owned()
    }

    pub(super) fn settle_text(&mut self, text: &str) -> String {
        let settled = self.settle(text.as_bytes());
        let mut text = String::from_utf8_lossy(&settled).into_owned();
        for (index, name) in self.names.iter().enumerate() {
            text = text.replace(name.as_str(), &format!("unnamed_{}", index + 1));
        }
        text
    }

    /// Which of its kind a value is, from 1 on.
    pub(super) fn number(&mut self, kind: char, value: &[u8]) -> usize {
        let known = self.known.entry(kind).or_default();
        let next = known.len() + 1;
        *known.entry(value.to_vec()).or_insert(next)
    }

    fn word(&mut self, word: &[u8]) -> Vec<u8> {
        let mut from = self.long.range(word.to_vec()..);
        let long = from.next().filter(|long| long.starts_with(word));
        let (kind, id) = match (long.cloned(), word.len()) {
            (Some(long), _) => ('d', long),
            // Ids of which only the beginning is told.
            (None, SHORT) => ('d', word.to_vec()),
            (None, SWARM) => ('s', word.to_vec()),
            _ => return word.to_vec(),
        };
        let number = self.number(kind, &id);
        let pieces = format!("{kind}{number:03x}").into_bytes();
        pieces.into_iter().cycle().take(word.len()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_id_may_be_of_digits_only() {
        let mut ids = Ids::default();
        for (text, settled) in [
            (" ---> 247522075960", " ---> d001d001d001"),
            ("Running in 5f2a90aa61ce", "Running in d002d002d002"),
            ("/images/247522075960/json", "/images/d001d001d001/json"),
            (
                "12345678901 or 1234567890123",
                "12345678901 or 1234567890123",
            ),
        ] {
            assert_eq!(ids.settle_text(text), settled);
        }
    }
}
