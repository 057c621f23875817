//! Tar archives: when their files were made, and the sums over their headers.

const BLOCK: usize = 512;
const SIZE: std::ops::Range<usize> = 124..135;
const TIME: std::ops::Range<usize> = 136..147;
const SUM: std::ops::Range<usize> = 148..155;

/// Whether these are the first bytes of a tar archive.
pub(crate) fn is_archive(bytes: &[u8]) -> bool {
    bytes.get(257..262) == Some(b"ustar")
}

/// Replaces the times for which there is another, in seconds since 1970, and mends the sum of each header, for names
/// may have become others too.
pub(super) fn settle(archive: &mut [u8], settled: impl Fn(i64) -> Option<i64>) {
    let mut rest = archive;
    while is_archive(rest) && rest.len() >= BLOCK {
        let (header, files) = rest.split_at_mut(BLOCK);
        if let Some(time) = octal(&header[TIME]).and_then(&settled) {
            header[TIME].copy_from_slice(format!("{time:011o}").as_bytes());
        }
        header[SUM].fill(b' ');
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[SUM].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        let size = octal(&header[SIZE]).and_then(|size| usize::try_from(size).ok());
        let blocks = size.unwrap_or_default().div_ceil(BLOCK) * BLOCK;
        rest = files.get_mut(blocks..).unwrap_or_default();
    }
}

fn octal(digits: &[u8]) -> Option<i64> {
    i64::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The header of an empty file, of which the sum is not right.
    fn header(time: i64) -> Vec<u8> {
        let mut header = vec![0; BLOCK];
        header[..4].copy_from_slice(b"name");
        header[SIZE].copy_from_slice(b"00000000000");
        header[TIME].copy_from_slice(format!("{time:011o}").as_bytes());
        header[SUM.end] = b' ';
        header[257..262].copy_from_slice(b"ustar");
        header
    }

    #[test]
    fn times_are_replaced_and_sums_are_right() {
        let mut archive = [header(7), header(1_764_085_752), vec![0; 2 * BLOCK]].concat();
        settle(&mut archive, |time| (time > 7).then_some(8));
        assert_eq!(octal(&archive[TIME]), Some(7));
        assert_eq!(octal(&archive[BLOCK..][TIME]), Some(8));
        // Both have the same bytes but for the last digit of the time: 7, and 8, which is 10.
        let sums = [&archive[SUM], &archive[BLOCK..][SUM]].map(|sum| octal(&sum[..6]).unwrap());
        assert_eq!(sums[0] - sums[1], 6);
        // The text, the zeros between, and the sum as spaces.
        let text = b"nameustar0000000000000000000007";
        let text: i64 = text.iter().map(|byte| i64::from(*byte)).sum();
        assert_eq!(sums[0], text + 8 * 32);
    }
}
