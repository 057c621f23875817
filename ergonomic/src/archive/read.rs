//! Reading: the entries of a tar archive, one after the other.
//!
//! What an archive announces takes no memory: names and PAX records are capped, the bytes of files
//! are passed on as they come. The rules are those of the engines' own reader: PAX records go before
//! what the header says, an archive ends with the first block of zeros.

use std::io::{self, Read};

use bytes::Bytes;
use tar::{EntryType, Header};

use crate::answer::Result;
use crate::error::{Error, printable};

const BLOCK: u64 = 512;
/// The longest names, and PAX records of one entry, that are read; what engines read themselves.
const LONGEST_EXTENSION: u64 = 1024 * 1024;
/// What may follow the end: padding up to a record of a tape.
const PADDING: u64 = 1024 * 1024;

/// What is known of an entry before its bytes.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    /// Where a link leads; empty for all else.
    pub(super) link: Vec<u8>,
    pub(super) kind: EntryType,
    pub(super) mode: u32,
    pub(super) owner: (u64, u64),
    /// Seconds since 1970, and nanoseconds on top of them.
    pub(super) mtime: (i64, u32),
    pub(super) size: u64,
}

impl Entry {
    /// The error that this entry is not taken.
    pub(super) fn refused(&self, reason: impl std::fmt::Display) -> Error {
        let name = String::from_utf8_lossy(&self.name);
        let name = printable(&name);
        Error::decode(format!("the archive's entry `{name}` is refused: {reason}"))
    }
}

/// The entries of an archive. Reading from it reads the bytes of the current entry.
pub(super) struct Entries<R> {
    archive: R,
    /// How many bytes of the current entry are still to come, and of its padding.
    left: u64,
    padding: u64,
}

/// What stands before an entry, for that one alone.
#[derive(Default)]
struct Extensions {
    name: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    records: Vec<u8>,
}

impl<R: Read> Entries<R> {
    pub(super) fn new(archive: R) -> Self {
        Self {
            archive,
            left: 0,
            padding: 0,
        }
    }

    /// The next entry, after what was not read of the one before; or `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Entry>> {
        let mut extensions = Extensions::default();
        loop {
            self.skip(self.left + self.padding)?;
            (self.left, self.padding) = (0, 0);
            let Some(header) = self.header()? else {
                let padding = &mut (&mut self.archive).take(PADDING);
                io::copy(padding, &mut io::sink()).map_err(malformed)?;
                return Ok(None);
            };
            let size = number(&header.as_old().size, || header.entry_size())?;
            match header.entry_type() {
                EntryType::XHeader => extensions.records = self.extension(size)?,
                EntryType::XGlobalHeader => drop(self.extension(size)?),
                EntryType::GNULongName => extensions.name = Some(self.text(size)?),
                EntryType::GNULongLink => extensions.link = Some(self.text(size)?),
                _ => {
                    let entry = entry(&header, size, extensions)?;
                    self.announce(entry.size);
                    return Ok(Some(entry));
                }
            }
        }
    }

    fn announce(&mut self, size: u64) {
        self.left = size;
        self.padding = (BLOCK - size % BLOCK) % BLOCK;
    }

    /// The next header, or `None` at the end of the archive.
    fn header(&mut self) -> Result<Option<Header>> {
        let mut header = Header::new_old();
        let block = header.as_mut_bytes();
        self.archive.read_exact(block).map_err(malformed)?;
        if block.iter().all(|&byte| byte == 0) {
            return Ok(None);
        }
        let (before, after) = (&block[..148], &block[156..]);
        let sum = before.iter().chain(after).map(|&byte| u32::from(byte));
        let sum = sum.sum::<u32>() + 8 * u32::from(b' ');
        match header.cksum() {
            Ok(told) if told == sum => Ok(Some(header)),
            _ => Err(malformed("a header has a wrong checksum")),
        }
    }

    /// The bytes of what stands before an entry.
    fn extension(&mut self, size: u64) -> Result<Vec<u8>> {
        if size > LONGEST_EXTENSION {
            return Err(malformed(format_args!(
                "a name, or what else stands before an entry, is longer than {LONGEST_EXTENSION} bytes"
            )));
        }
        self.announce(size);
        let mut bytes = Vec::new();
        self.read_to_end(&mut bytes).map_err(malformed)?;
        Ok(bytes)
    }

    /// The same, up to its first NUL.
    fn text(&mut self, size: u64) -> Result<Vec<u8>> {
        let mut bytes = self.extension(size)?;
        let end = bytes.iter().position(|&byte| byte == 0);
        bytes.truncate(end.unwrap_or(bytes.len()));
        Ok(bytes)
    }

    fn skip(&mut self, size: u64) -> Result<()> {
        let skipped = io::copy(&mut (&mut self.archive).take(size), &mut io::sink());
        match skipped.map_err(malformed)? {
            skipped if skipped == size => Ok(()),
            _ => Err(malformed(io::ErrorKind::UnexpectedEof)),
        }
    }
}

impl<R: Read> Read for Entries<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(self.left.try_into().unwrap_or(usize::MAX));
        let read = self.archive.read(&mut buffer[..most])?;
        if read == 0 && most > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= read as u64;
        Ok(read)
    }
}

/// The bytes of the file that comes first, or `None` if it has more than `limit`.
pub(crate) fn first_file(archive: impl Read, limit: u64) -> Result<Option<Bytes>> {
    let mut entries = Entries::new(archive);
    let entry = entries.next()?;
    let entry = entry.ok_or_else(|| Error::decode("the archive is empty"))?;
    if entry.kind != EntryType::Regular {
        return Err(entry.refused("it is no file"));
    }
    if entry.size > limit {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    entries.read_to_end(&mut bytes).map_err(malformed)?;
    match entries.next()? {
        Some(entry) => Err(entry.refused("it is one too many")),
        None => Ok(Some(bytes.into())),
    }
}

fn entry(header: &Header, size: u64, extensions: Extensions) -> Result<Entry> {
    let fields = header.as_old();
    let link = header.link_name_bytes().unwrap_or_default();
    let mut entry = Entry {
        name: (extensions.name).unwrap_or_else(|| header.path_bytes().into_owned()),
        link: extensions.link.unwrap_or_else(|| link.into_owned()),
        kind: header.entry_type(),
        mode: number(&fields.mode, || header.mode().map(u64::from))? as u32 & 0o7777,
        owner: (
            number(&fields.uid, || header.uid())?,
            number(&fields.gid, || header.gid())?,
        ),
        mtime: (
            header.mtime().unwrap_or_default().try_into().unwrap_or(0),
            0,
        ),
        size,
    };
    apply(&extensions.records, &mut entry)?;
    if entry.kind == EntryType::Regular && entry.name.ends_with(b"/") {
        entry.kind = EntryType::Directory;
    }
    let has_bytes = matches!(entry.kind, EntryType::Regular | EntryType::Continuous);
    if entry.size > 0 && !has_bytes {
        return Err(entry.refused("it is no file, but has bytes"));
    }
    Ok(entry)
}

/// A number in a header; a blank one is zero.
fn number(field: &[u8], parse: impl FnOnce() -> io::Result<u64>) -> Result<u64> {
    match field.iter().all(|byte| matches!(byte, 0 | b' ')) {
        true => Ok(0),
        false => parse().map_err(malformed),
    }
}

/// Applies PAX records: `length key=value\n` each, where the length is that of the whole record.
fn apply(mut records: &[u8], entry: &mut Entry) -> Result<()> {
    let wrong = |_| malformed("a PAX record is malformed");
    while !records.is_empty() {
        let (key, value, rest) = record(records).ok_or(()).map_err(wrong)?;
        records = rest;
        let text = str::from_utf8(value).map_err(drop);
        let number = || {
            text.and_then(|text| text.parse().map_err(drop))
                .map_err(wrong)
        };
        match key {
            // An empty value says that the header's holds.
            _ if value.is_empty() => {}
            b"path" => entry.name = value.to_vec(),
            b"linkpath" => entry.link = value.to_vec(),
            b"size" => entry.size = number()?,
            b"uid" => entry.owner.0 = number()?,
            b"gid" => entry.owner.1 = number()?,
            b"mtime" => {
                let time = text.ok().and_then(time);
                entry.mtime = time.ok_or(()).map_err(wrong)?;
            }
            key if key.starts_with(b"GNU.sparse.") => entry.kind = EntryType::GNUSparse,
            _ => {}
        }
    }
    Ok(())
}

/// Key and value of the first record, and what follows it.
fn record(records: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let digits = records.iter().position(|&byte| byte == b' ')?;
    let length: usize = str::from_utf8(&records[..digits]).ok()?.parse().ok()?;
    let (record, rest) = records.split_at_checked(length)?;
    let pair = record.get(digits + 1..)?.strip_suffix(b"\n")?;
    let equals = pair.iter().position(|&byte| byte == b'=')?;
    Some((&pair[..equals], &pair[equals + 1..], rest))
}

/// Seconds, with or without a fraction and a sign.
fn time(text: &str) -> Option<(i64, u32)> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    let nanos = digits.map(|digit| digit.is_ascii_digit().then(|| u32::from(digit - b'0')));
    let nanos = nanos
        .reduce(|sum, digit| Some(sum? * 10 + digit?))
        .flatten()?;
    let whole: i64 = seconds.parse().ok()?;
    match seconds.starts_with('-') && nanos > 0 {
        true => Some((whole.checked_sub(1)?, 1_000_000_000 - nanos)),
        false => Some((whole, nanos)),
    }
}

/// The error that what comes is no archive. The reason may quote it.
pub(super) fn malformed(reason: impl std::fmt::Display) -> Error {
    let reason = printable(&reason.to_string());
    Error::decode(format!("what came is no whole archive: {reason}"))
}
