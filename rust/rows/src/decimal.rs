//! Arrow's decimals, of up to 256 bits in two's complement, as the texts of PostgreSQL's numeric.

/// Bits are worked on in limbs, and digits in groups, which one limb holds.
const GROUP: u64 = 1_000_000_000;
const GROUP_DIGITS: usize = 9;
/// Limbs of the widest decimal.
const LIMBS: usize = 8;

/// Returns a decimal as text; None where it is wider than any.
pub(crate) fn write(raw: &[u8], scale: usize) -> Option<Vec<u8>> {
    let (negative, mut limbs) = magnitude(raw)?;
    // Digits from the last to the first.
    let mut digits = Vec::with_capacity(LIMBS * 10 + 2);
    while limbs.iter().any(|limb| *limb != 0) {
        let mut group = divide(&mut limbs);
        for _ in 0..GROUP_DIGITS {
            digits.push(b'0' + u8::try_from(group % 10).ok()?);
            group /= 10;
        }
    }
    while digits.last() == Some(&b'0') && digits.len() > scale + 1 {
        digits.pop();
    }
    if digits.len() < scale + 1 {
        digits.resize(scale + 1, b'0');
    }
    if scale > 0 {
        digits.insert(scale, b'.');
    }
    if negative {
        digits.push(b'-');
    }
    digits.reverse();
    Some(digits)
}

/// Writes the text of a numeric into a decimal; None where it does not fit.
pub(crate) fn read(text: &[u8], precision: usize, scale: usize, out: &mut [u8]) -> Option<()> {
    let (negative, text) = match text.strip_prefix(b"-") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let point = text.iter().position(|byte| *byte == b'.');
    let (whole, fraction) = match point {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?),
        None => (text, &[][..]),
    };
    let significant = whole.iter().skip_while(|digit| **digit == b'0').count();
    if fraction.len() > scale || whole.is_empty() || significant + scale > precision {
        return None;
    }
    let mut limbs = [0u32; LIMBS];
    let zeros = std::iter::repeat_n(&b'0', scale - fraction.len());
    for digit in whole.iter().chain(fraction).chain(zeros) {
        if !digit.is_ascii_digit() {
            return None;
        }
        let mut carry = u64::from(digit - b'0');
        for limb in &mut limbs {
            carry += u64::from(*limb) * 10;
            *limb = low(carry);
            carry >>= 32;
        }
        if carry != 0 {
            return None;
        }
    }
    if negative {
        negate(&mut limbs);
    }
    let bytes: Vec<u8> = limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect();
    let (kept, left) = bytes.split_at_checked(out.len())?;
    // What is cut off, and the first bit that stays, only repeat the sign.
    let sign = kept.last()? & 0x80 != 0;
    let fill = if negative { 0xff } else { 0 };
    let zero = bytes.iter().all(|byte| *byte == 0);
    if !zero && (sign != negative || left.iter().any(|byte| *byte != fill)) {
        return None;
    }
    out.copy_from_slice(kept);
    if cfg!(target_endian = "big") {
        out.reverse();
    }
    Some(())
}

/// The sign of a number in two's complement, and the number without it.
fn magnitude(raw: &[u8]) -> Option<(bool, [u32; LIMBS])> {
    let mut bytes = raw.to_vec();
    if cfg!(target_endian = "big") {
        bytes.reverse();
    }
    let negative = bytes.last()? & 0x80 != 0;
    if bytes.len() > LIMBS * 4 {
        return None;
    }
    bytes.resize(LIMBS * 4, if negative { 0xff } else { 0 });
    let mut limbs = [0; LIMBS];
    for (limb, four) in limbs.iter_mut().zip(bytes.chunks_exact(4)) {
        *limb = u32::from_le_bytes(four.try_into().ok()?);
    }
    if negative {
        negate(&mut limbs);
    }
    Some((negative, limbs))
}

fn negate(limbs: &mut [u32; LIMBS]) {
    let mut carry = true;
    for limb in limbs {
        (*limb, carry) = (!*limb).overflowing_add(u32::from(carry));
    }
}

/// Divides by a group's size, and returns what is left over.
fn divide(limbs: &mut [u32; LIMBS]) -> u64 {
    let mut rest = 0;
    for limb in limbs.iter_mut().rev() {
        let value = rest << 32 | u64::from(*limb);
        *limb = low(value / GROUP);
        rest = value % GROUP;
    }
    rest
}

fn low(value: u64) -> u32 {
    // The mask leaves what fits.
    u32::try_from(value & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}
