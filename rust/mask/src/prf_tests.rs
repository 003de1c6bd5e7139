use super::*;

fn key() -> DomainKey {
    DomainKey::new(&[3; 16], &[4; 16], &[5; 16])
}

/// CMAC as SP 800-38B writes it down, over the whole message.
fn oracle(key: [u8; 16], message: &[u8]) -> u128 {
    let cipher = Aes128Enc::new(&GenericArray::from(key));
    let whole = double(cipher.encrypt(0));
    let mut blocks: Vec<Vec<u8>> = message.chunks(16).map(<[u8]>::to_vec).collect();
    let mut last = blocks.pop().unwrap_or_default();
    let subkey = if last.len() == 16 {
        whole
    } else {
        last.push(0x80);
        last.resize(16, 0);
        double(whole)
    };
    let number = |block: &[u8]| u128::from_be_bytes(block.try_into().unwrap());
    let chained = blocks
        .iter()
        .fold(0, |chained, block| cipher.encrypt(chained ^ number(block)));
    cipher.encrypt(chained ^ number(&last) ^ subkey)
}

#[test]
fn the_oracle_gives_the_published_vectors() {
    // NIST SP 800-38B, appendix D.1, as RFC 4493 prints them.
    let key = 0x2b7e_1516_28ae_d2a6_abf7_1588_09cf_4f3c_u128.to_be_bytes();
    let message = [
        0x6bc1_bee2_2e40_9f96_e93d_7e11_7393_172a_u128.to_be_bytes(),
        0xae2d_8a57_1e03_ac9c_9eb7_6fac_45af_8e51_u128.to_be_bytes(),
        0x30c8_1c46_a35c_e411_e5fb_c119_1a0a_52ef_u128.to_be_bytes(),
        0xf69f_2445_df4f_9b17_ad2b_417b_e66c_3710_u128.to_be_bytes(),
    ]
    .concat();
    for (length, tag) in [
        (0, 0xbb1d_6929_e959_3728_7fa3_7d12_9b75_6746_u128),
        (16, 0x070a_16b4_6b4d_4144_f79b_dd9d_d04a_287c),
        (40, 0xdfa6_6747_de9a_e630_30ca_3261_1497_c827),
        (64, 0x51f0_bebf_7e3b_9d92_fc49_7417_7936_3cfe),
    ] {
        assert_eq!(oracle(key, &message[..length]), tag, "length {length}");
    }
}

#[test]
fn the_hash_is_cmac_for_every_length() {
    let bytes: Vec<u8> = (0..=255).cycle().take(400).collect();
    for length in 0..400 {
        let message = [&[9], &bytes[..length]].concat();
        let expected = oracle([3; 16], &message);
        assert_eq!(key().hash(9, &bytes[..length]), expected, "length {length}");
    }
}

#[test]
fn case_is_all_that_a_stream_of_small_letters_overlooks() {
    let all: Vec<u8> = (0..128).collect();
    for length in 0..=all.len() {
        let text = &all[all.len() - length..];
        let small = key().stream(1, &text.to_ascii_lowercase()).next_u64();
        assert_eq!(key().stream_lower(1, text).next_u64(), small, "{length}");
    }
}

#[test]
fn a_stream_depends_on_purpose_and_value() {
    let key = key();
    let first = |purpose, value: &[u8]| key.stream(purpose, value).next_u64();
    assert_eq!(first(1, b"a"), first(1, b"a"));
    assert_ne!(first(1, b"a"), first(2, b"a"));
    assert_ne!(first(1, b"a"), first(1, b"b"));
}

#[test]
fn a_stream_does_not_repeat() {
    let key = key();
    let mut stream = key.stream(1, b"a");
    let words: std::collections::HashSet<u64> = (0..1000).map(|_| stream.next_u64()).collect();
    assert_eq!(words.len(), 1000);
}

#[test]
fn choices_reach_every_word() {
    let key = key();
    let mut stream = key.stream(1, b"a");
    let mut seen = [0; 7];
    for _ in 0..7000 {
        seen[stream.below(7)] += 1;
    }
    assert!(
        seen.iter().all(|count| (800..1200).contains(count)),
        "{seen:?}"
    );
}
