use super::*;
use aes::cipher::{generic_array::GenericArray, KeyInit};
use aes::{Aes128Enc, Aes192Enc, Aes256Enc};

// The sample vectors that NIST publishes for FF1 (FF1samples.pdf, samples 1 to 9).
const KEY: &str = "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94";
const TWEAK_10: &str = "39383736353433323130";
const TWEAK_36: &str = "3737373770717273373737";

fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap())
        .collect()
}

fn halves(radix: u32, text: &str) -> [u128; 2] {
    let middle = text.len() / 2;
    [&text[..middle], &text[middle..]].map(|half| {
        half.chars().fold(0, |sum, c| {
            sum * u128::from(radix) + u128::from(c.to_digit(radix).unwrap())
        })
    })
}

fn check(cipher: &impl Cipher, radix: u32, tweak: &str, plain: &str, masked: &str) {
    let ff1 = Ff1::new(radix, plain.len() as u32).unwrap();
    let keyed = ff1.keyed(cipher, &hex(tweak));
    let out = keyed.encrypt(cipher, halves(radix, plain));
    assert_eq!(out, halves(radix, masked), "{plain}");
    assert_eq!(keyed.decrypt(cipher, out), halves(radix, plain));
}

#[test]
fn nist_samples_with_aes_128() {
    let key: [u8; 16] = hex(KEY)[..16].try_into().unwrap();
    let cipher = Aes128Enc::new(&GenericArray::from(key));
    check(&cipher, 10, "", "0123456789", "2433477484");
    check(&cipher, 10, TWEAK_10, "0123456789", "6124200773");
    check(
        &cipher,
        36,
        TWEAK_36,
        "0123456789abcdefghi",
        "a9tv40mll9kdu509eum",
    );
}

#[test]
fn nist_samples_with_aes_192() {
    let key: [u8; 24] = hex(KEY)[..24].try_into().unwrap();
    let cipher = Aes192Enc::new(&GenericArray::from(key));
    check(&cipher, 10, "", "0123456789", "2830668132");
    check(&cipher, 10, TWEAK_10, "0123456789", "2496655549");
    check(
        &cipher,
        36,
        TWEAK_36,
        "0123456789abcdefghi",
        "xbj3kv35jrawxv32ysr",
    );
}

#[test]
fn nist_samples_with_aes_256() {
    let key: [u8; 32] = hex(KEY)[..32].try_into().unwrap();
    let cipher = Aes256Enc::new(&GenericArray::from(key));
    check(&cipher, 10, "", "0123456789", "6657667009");
    check(&cipher, 10, TWEAK_10, "0123456789", "1001623463");
    check(
        &cipher,
        36,
        TWEAK_36,
        "0123456789abcdefghi",
        "xs8a0azh2avyalyzuwd",
    );
}

#[test]
fn every_length_and_tweak_turns_back() {
    let cipher = Aes256Enc::new(&GenericArray::from([1; 32]));
    for length in 6..=72 {
        let ff1 = Ff1::new(10, length).unwrap();
        for tweak_length in [0, 1, 7, 8, 9, 16, 31, 40] {
            let keyed = ff1.keyed(&cipher, &vec![0x5a; tweak_length]);
            let plain = keyed.sizes().map(|size| size / 3);
            let masked = keyed.encrypt(&cipher, plain);
            assert!(masked[0] < keyed.sizes()[0] && masked[1] < keyed.sizes()[1]);
            assert_eq!(keyed.decrypt(&cipher, masked), plain);
        }
    }
}

#[test]
fn short_halves_give_the_same_as_halves_of_any_length() {
    let cipher = Aes128Enc::new(&GenericArray::from([1; 16]));
    for (radix, length) in [(10, 6), (10, 9), (283, 4), (2, 64), (65536, 4)] {
        let mut keyed = Ff1::new(radix, length).unwrap().keyed(&cipher, &[7; 8]);
        let plain = keyed.sizes().map(|size| size - 1);
        let narrow = keyed.encrypt(&cipher, plain);
        assert!(keyed.narrow.take().is_some());
        assert_eq!(keyed.encrypt(&cipher, plain), narrow);
        assert_eq!(keyed.decrypt(&cipher, narrow), plain);
    }
}

#[test]
fn a_domain_below_a_million_is_refused() {
    assert!(Ff1::new(10, 5).is_none());
    assert!(Ff1::new(2, 19).is_none());
    assert!(Ff1::new(10, 6).is_some());
    assert!(Ff1::new(10, 73).is_none());
}
