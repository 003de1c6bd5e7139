//! Long runs of letters and digits: wallets and the numbers of vehicles.

use super::{Candidate, Scan, Shape};
use crate::bytes::{before, escape_before, run_end, run_start};
use crate::checksum::device::{is_vin_layout, vin, VIN_LEN};
use crate::checksum::wallet::{
    base58_chain, is_cardano, is_key, is_monero, is_ripple, is_witness, mixed_case, Chain,
};

/// Every byte of this distance is looked at: a run that is long enough cannot lie between two.
pub(crate) const STRIDE: usize = VIN_LEN;
/// Shortest address of a wallet.
const MIN_WALLET: usize = 25;
/// Longest address of a wallet.
const MAX_WALLET: usize = 110;
/// An address of Ethereum with its `0x`.
const ETHEREUM_LEN: usize = 42;

/// Shapes that are found here.
pub(crate) const SHAPES: [Shape; 9] = [
    Shape::Vin,
    Shape::Bitcoin,
    Shape::Ethereum,
    Shape::Litecoin,
    Shape::Monero,
    Shape::Ripple,
    Shape::Tron,
    Shape::Cardano,
    Shape::Solana,
];

pub(crate) fn scan(scan: &mut Scan<'_>) {
    let text = scan.text;
    let in_run = |byte: u8| byte.is_ascii_alphanumeric();
    let mut floor = 0;
    let mut at = STRIDE - 1;
    while let Some(&byte) = text.get(at) {
        if !in_run(byte) {
            at += STRIDE;
            continue;
        }
        let mut start = run_start(text, at, at - floor, in_run);
        start += usize::from(start < at && escape_before(text, start + 1));
        let end = run_end(text, at, in_run);
        let length = end - start;
        if (STRIDE..=MAX_WALLET).contains(&length) && !glued(text, start, end) {
            recognise(scan, start, end);
        }
        floor = end;
        at = end + STRIDE;
    }
}

/// Whether the run is a part of something longer, such as a word with underscores or base64.
fn glued(text: &[u8], start: usize, end: usize) -> bool {
    let joins = |byte: Option<u8>| matches!(byte, Some(b'_' | b'+' | b'%'));
    let padded = text.get(end) == Some(&b'=') && text.get(end + 1).is_none_or(|&next| next <= b' ');
    joins(before(text, start)) || joins(text.get(end).copied()) || padded
}

fn recognise(scan: &mut Scan<'_>, start: usize, end: usize) {
    let run = &scan.text[start..end];
    if run.len() == VIN_LEN {
        if let Some(confidence) = vehicle(run) {
            let candidate = if confidence > 0.5 {
                Candidate::checked(start, end, confidence)
            } else {
                Candidate::pattern(start, end, confidence)
            };
            scan.propose(Shape::Vin, candidate);
        }
        return;
    }
    if run.len() < MIN_WALLET {
        return;
    }
    if run.len() == ETHEREUM_LEN && run[0] == b'0' && run[1].eq_ignore_ascii_case(&b'x') {
        ethereum(scan, start, end);
        return;
    }
    if let Some(shape) = wallet(run) {
        scan.propose(shape, Candidate::checked(start, end, 0.98));
    } else if (32..=44).contains(&run.len()) && is_mixed(run) && is_key(run) {
        scan.propose(Shape::Solana, Candidate::pattern(start, end, 0.2));
    }
}

/// How sure a vehicle's number is: those of North America must carry a check digit, and with one
/// a number is hardly chance; elsewhere the digit may mean something else.
fn vehicle(run: &[u8]) -> Option<f32> {
    if vin(run) {
        return Some(0.7);
    }
    let must_carry = matches!(run[0], b'1'..=b'5');
    (!must_carry && is_vin_layout(run) && run[..2].iter().any(u8::is_ascii_alphabetic))
        .then_some(0.3)
}

/// The wallet whose checksum agrees, by the first characters that each of them has.
fn wallet(run: &[u8]) -> Option<Shape> {
    let chain = || match base58_chain(run)? {
        Chain::Bitcoin => Some(Shape::Bitcoin),
        Chain::Litecoin => Some(Shape::Litecoin),
        Chain::Tron => Some(Shape::Tron),
    };
    let found = match run[0] {
        b'1' | b'3' | b'm' | b'n' | b'2' | b'L' | b'M' | b'T' if run.len() <= 35 => chain(),
        b'4' | b'8' if matches!(run.len(), 95 | 106) => is_monero(run).then_some(Shape::Monero),
        b'r' if run.len() <= 35 => is_ripple(run).then_some(Shape::Ripple),
        b'a' | b's' | b'A' | b'S' => is_cardano(run).then_some(Shape::Cardano),
        _ => None,
    };
    found.or_else(|| match run[0] {
        b'b' | b'B'
            if [&b"bc"[..], b"bcrt"]
                .iter()
                .any(|prefix| is_witness(run, prefix)) =>
        {
            Some(Shape::Bitcoin)
        }
        b't' | b'T' if is_witness(run, b"tb") => Some(Shape::Bitcoin),
        b'l' | b'L' if is_witness(run, b"ltc") => Some(Shape::Litecoin),
        _ => None,
    })
}

fn ethereum(scan: &mut Scan<'_>, start: usize, end: usize) {
    let digits = &scan.text[start + 2..end];
    let placeholder = digits.iter().all(|byte| *byte == digits[0]);
    if placeholder || !digits.iter().all(u8::is_ascii_hexdigit) {
        return;
    }
    let candidate = match mixed_case(digits) {
        Some(true) => Candidate::checked(start, end, 0.98),
        Some(false) => return,
        None => Candidate::pattern(start, end, 0.7),
    };
    scan.propose(Shape::Ethereum, candidate);
}

/// Whether the run has digits and letters of both cases, as a random key has.
fn is_mixed(run: &[u8]) -> bool {
    run.iter().any(u8::is_ascii_digit)
        && run.iter().any(u8::is_ascii_lowercase)
        && run.iter().any(u8::is_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use crate::testing::{found, found_in_column};

    #[test]
    fn wallets_are_found_wherever_they_lie() {
        let address = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
        for filler in 0..40 {
            let text = format!("{} {address}, x", "-".repeat(filler));
            assert_eq!(found("bitcoin", &text), [address]);
        }
        assert_eq!(
            found("bitcoin", &format!("bitcoin:{address}?amount=1")),
            [address]
        );
        assert_eq!(found("bitcoin", &format!(r"a\n{address}\n")), [address]);
        assert!(found("bitcoin", &format!("x_{address}")).is_empty());
        assert!(found("bitcoin", &format!("{address}0")).is_empty());
    }

    #[test]
    fn ethereum_addresses_of_one_case_have_no_checksum() {
        let lower = "0xde709f2102306220921060314715629080e2fb77";
        assert_eq!(found("ethereum", &format!("to={lower}")), [lower]);
        assert!(found("ethereum", &format!("{lower}00")).is_empty());
        assert!(found("ethereum", &format!("0x{}", "0".repeat(40))).is_empty());
        let wrong = "0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
        assert!(found("ethereum", wrong).is_empty());
    }

    #[test]
    fn a_key_without_a_checksum_needs_its_column() {
        let key = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA";
        assert!(found("solana", key).is_empty());
        assert_eq!(found_in_column("solana", key), [key]);
    }

    #[test]
    fn vehicles_need_a_check_digit_or_support() {
        assert_eq!(
            found("vin", "VIN:1HGCM82633A004352."),
            ["1HGCM82633A004352"]
        );
        assert!(found("vin", "1HGCM82643A004352").is_empty());
        assert!(found("vin", "WVWZZZ1JZ3W386752").is_empty());
        assert_eq!(
            found_in_column("vin", "WVWZZZ1JZ3W386752"),
            ["WVWZZZ1JZ3W386752"]
        );
        assert!(found_in_column("vin", "internationalised").is_empty());
    }
}
