//! Just enough gzip (RFC 1952, RFC 1951) to send a correct body, a body that breaks off, and one that swells up when it
//! is opened. Nothing is really compressed.

const HEADER: [u8; 10] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF];

/// The bytes as one gzip member of stored blocks.
pub(crate) fn wrap(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 64);
    out.extend_from_slice(&HEADER);
    let mut blocks = bytes.chunks(65_535).peekable();
    if blocks.peek().is_none() {
        out.extend_from_slice(&[1, 0, 0, 0xFF, 0xFF]);
    }
    while let Some(block) = blocks.next() {
        let length = block.len() as u16;
        out.push(u8::from(blocks.peek().is_none()));
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&(!length).to_le_bytes());
        out.extend_from_slice(block);
    }
    out.extend_from_slice(&checksum(bytes).to_le_bytes());
    out.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    out
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for &byte in bytes {
        sum ^= u32::from(byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { 0xEDB8_8320 ^ (sum >> 1) } else { sum >> 1 };
        }
    }
    !sum
}

/// A small body that opens to more than `opened` bytes: `start`, then blanks without end. It carries no valid end, which
/// nobody who guards against it gets to see.
pub(crate) fn bomb(start: &[u8], opened: u64) -> Vec<u8> {
    let mut bits = Bits { out: HEADER.to_vec(), held: 0, count: 0 };
    bits.low_first(0b011, 3);
    for &byte in start {
        bits.literal(byte);
    }
    bits.literal(b' ');
    for _ in 0..opened / 258 {
        bits.high_first(0b1100_0101, 8);
        bits.high_first(0, 5);
    }
    bits.out
}

/// Bits of a block with fixed Huffman codes.
struct Bits {
    out: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    fn low_first(&mut self, bits: u32, count: u32) {
        self.held |= bits << self.count;
        self.count += count;
        while self.count >= 8 {
            self.out.push(self.held as u8);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    fn high_first(&mut self, bits: u32, count: u32) {
        self.low_first(bits.reverse_bits() >> (32 - count), count);
    }

    fn literal(&mut self, byte: u8) {
        match byte {
            0..=143 => self.high_first(0x30 + u32::from(byte), 8),
            _ => self.high_first(0x190 + u32::from(byte) - 144, 9),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_one_of_the_standard() {
        assert_eq!(checksum(b"123456789"), 0xCBF4_3926);
        assert_eq!(wrap(b"").len(), 10 + 5 + 8);
    }

    #[test]
    fn a_bomb_is_small_until_it_is_opened() {
        let bomb = bomb(b"{\"results\":[", 1 << 30);
        assert!(bomb.len() < 8 << 20, "{} bytes", bomb.len());
    }
}
