//! Numbers of Southeast Asia and Oceania, each with a wrong neighbour.

use super::*;

#[test]
fn thai_and_vietnamese_numbers_are_checked() {
    assert!(th_id(b"1101700207030") && !th_id(b"1101700207031"));
    assert!(vn_cccd(b"001099012345") && !vn_cccd(b"097099012345") && !vn_cccd(b"001999012345"));
    assert!(vn_mst(b"0100233488") && vn_mst(b"0314409058002"));
    assert!(!vn_mst(b"0100233489") && !vn_mst(b"0100233488000"));
}

#[test]
fn indonesian_and_malaysian_numbers_hold_a_birth() {
    assert!(id_nik(b"3171011708450001") && id_nik(b"3171015708450001"));
    assert!(!id_nik(b"9971011708450001") && !id_nik(b"3171013002001234"));
    assert!(id_npwp(b"013121660091000") && id_npwp(b"0013121660091000"));
    assert!(id_npwp(b"3171011708450001") && !id_npwp(b"013121661091000"));
    assert!(my_nric(b"770305021234") && !my_nric(b"771305021234") && !my_nric(b"770305171234"));
}

#[test]
fn numbers_of_singapore_end_in_a_letter() {
    assert!(sg_nric(b"S1234567D") && sg_nric(b"T1234567J") && sg_nric(b"F1234567N"));
    assert!(sg_nric(b"G1234567X") && sg_nric(b"M1234567K") && sg_nric(b"s1234567d"));
    assert!(!sg_nric(b"S1234567E") && !sg_nric(b"A1234567D") && !sg_nric(b"S"));
    assert!(sg_uen(b"00192200M") && sg_uen(b"197401143C") && sg_uen(b"S16FC0121D"));
    assert!(sg_uen(b"T01FC6132D") && !sg_uen(b"00192200N") && !sg_uen(b"197401143D"));
    assert!(!sg_uen(b"T01FC6132E") && !sg_uen(b"123456"));
}

#[test]
fn australian_numbers_are_checked() {
    assert!(au_tfn(b"123456782") && au_tfn(b"876543210") && !au_tfn(b"123456783"));
    assert!(au_tfn(b"81946757") && !au_tfn(b"000000000"));
    assert!(au_abn(b"83914571673") && au_abn(b"51824753556"));
    assert!(!au_abn(b"99999999999") && !au_abn(b"51824753557"));
    assert!(au_acn(b"004085616") && au_acn(b"000000019") && !au_acn(b"004085617"));
    assert!(au_medicare(b"2123456701") && au_medicare(b"21234567011"));
    assert!(!au_medicare(b"2123456711") && !au_medicare(b"7123456701"));
    assert!(au_ihi(b"8003608166690503") && !au_ihi(b"8003608166690504"));
}

#[test]
fn numbers_of_new_zealand_are_checked() {
    assert!(nz_ird(b"49091850") && nz_ird(b"49098576") && nz_ird(b"136410132"));
    assert!(!nz_ird(b"136410133") && !nz_ird(b"9125568"));
    assert!(nz_nhi(b"ZAC5361") && nz_nhi(b"ZBN77VL") && nz_nhi(b"zbn77vl"));
    assert!(!nz_nhi(b"ZAC5362") && !nz_nhi(b"ZBN77VM") && !nz_nhi(b"ZIC5361"));
    assert!(nz_nzbn(b"9429041535110") && !nz_nzbn(b"9429041535111"));
}
