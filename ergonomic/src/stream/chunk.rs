//! A piece of what a container wrote.

use std::fmt;

use bytes::Bytes;

/// A piece of what a container wrote, and where it wrote it.
///
/// Bytes are passed on as the engine sent them; the bytes of one write arrive in one chunk unless
/// the write is large. `Display` shows them as text, with `\u{fffd}` for what is not UTF-8.
///
/// See [`Container::logs`](crate::Container::logs) for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Chunk {
    /// Written to standard output.
    Stdout(Bytes),
    /// Written to standard error.
    Stderr(Bytes),
    /// Written to the terminal of a container that has one, which keeps no two streams apart.
    Terminal(Bytes),
}

impl Chunk {
    /// The bytes, wherever they were written.
    pub fn bytes(&self) -> &Bytes {
        match self {
            Self::Stdout(bytes) | Self::Stderr(bytes) | Self::Terminal(bytes) => bytes,
        }
    }

    /// The bytes, wherever they were written.
    pub fn into_bytes(self) -> Bytes {
        match self {
            Self::Stdout(bytes) | Self::Stderr(bytes) | Self::Terminal(bytes) => bytes,
        }
    }

    /// Whether this was written to standard error.
    pub fn is_stderr(&self) -> bool {
        matches!(self, Self::Stderr(_))
    }
}

impl AsRef<[u8]> for Chunk {
    fn as_ref(&self) -> &[u8] {
        self.bytes()
    }
}

impl fmt::Display for Chunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(self.bytes()))
    }
}
