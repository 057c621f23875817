//! What stands before the bytes of an entry: a ustar header, and PAX records for what does not fit
//! into it.

use std::io::{self, Write};

use tar::{Builder, EntryType, Header};

/// The largest number in a field of eleven octal digits, and in one of seven.
const ELEVEN_DIGITS: u64 = 0o77_777_777_777;
const SEVEN_DIGITS: u64 = 0o7_777_777;

/// A key, and a value of any bytes.
type Record = (&'static str, Vec<u8>);

/// An entry of an archive, without its bytes.
#[derive(Clone, Debug)]
pub(super) struct Head {
    /// Any bytes but NUL; those of a folder end in a slash.
    pub(super) name: Vec<u8>,
    /// Where a link leads, or an empty name.
    pub(super) link: Vec<u8>,
    pub(super) kind: EntryType,
    /// Permissions, with setuid, setgid and sticky.
    pub(super) mode: u32,
    pub(super) owner: (u64, u64),
    /// In seconds since 1970.
    pub(super) mtime: i64,
    pub(super) size: u64,
    /// Major and minor number of a device.
    pub(super) device: (u32, u32),
}

impl Head {
    /// The header, and the records that must stand before it.
    fn encode(&self) -> io::Result<(Header, Vec<Record>)> {
        let mut records = Vec::new();
        let mut number = |key, value: u64, most: u64| {
            if value <= most {
                return value;
            }
            records.push((key, value.to_string().into_bytes()));
            0
        };
        let mut header = Header::new_ustar();
        header.set_entry_type(self.kind);
        header.set_mode(self.mode);
        header.set_uid(number("uid", self.owner.0, SEVEN_DIGITS));
        header.set_gid(number("gid", self.owner.1, SEVEN_DIGITS));
        header.set_size(number("size", self.size, ELEVEN_DIGITS));
        header.set_device_major(self.device.0)?;
        header.set_device_minor(self.device.1)?;
        match u64::try_from(self.mtime) {
            Ok(mtime) => header.set_mtime(number("mtime", mtime, ELEVEN_DIGITS)),
            Err(_) => {
                header.set_mtime(0);
                records.push(("mtime", self.mtime.to_string().into_bytes()));
            }
        }
        let fields = header.as_ustar_mut().expect("it was made as one");
        let texts = [
            ("path", &self.name, &mut fields.name),
            ("linkpath", &self.link, &mut fields.linkname),
        ];
        for (key, text, field) in texts {
            let fits = text.len().min(field.len());
            field[..fits].copy_from_slice(&text[..fits]);
            if fits < text.len() {
                records.push((key, text.clone()));
            }
        }
        header.set_cksum();
        Ok((header, records))
    }

    /// Writes the entry with the bytes of `data`, of which there must be as many as were announced.
    pub(super) fn write<W: Write>(
        &self,
        archive: &mut Builder<W>,
        data: impl io::Read,
    ) -> io::Result<()> {
        let (header, records) = self.encode()?;
        let records = records.iter().map(|(key, value)| (*key, &value[..]));
        archive.append_pax_extensions(records)?;
        archive.append(&header, data)
    }
}
