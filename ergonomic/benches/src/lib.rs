//! What is measured, and beside what: dockwright, bare hyper or serde_json or tar, and bollard, all
//! against one engine that is none. The programs are in `main.rs` and `bin/contender.rs`.

pub mod contenders;
pub mod engine;
pub mod memory;
pub mod payload;

use anyhow::Result;
use futures_util::future::try_join_all;

/// What a contender got to see; the same for all, or else they did not do the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    pub items: u64,
    /// Bytes of payload, or some sum over what was decoded.
    pub bytes: u64,
}

impl Seen {
    pub fn add(&mut self, bytes: usize) {
        self.items += 1;
        self.bytes += bytes as u64;
    }

    /// What tasks that run at once see together.
    async fn at_once<F>(parts: impl Iterator<Item = F>) -> Result<Self>
    where
        F: Future<Output = Result<Self>> + Send + 'static,
    {
        let mut seen = Self::default();
        for part in try_join_all(parts.map(tokio::spawn)).await? {
            let part = part?;
            seen.items += part.items;
            seen.bytes += part.bytes;
        }
        Ok(seen)
    }
}
