//! Numbers of Latin America, each with a wrong neighbour.

use super::*;

#[test]
fn mexican_people_have_date_state_and_check_digit() {
    assert!(mx_curp(b"BOXW310820HNERXN09") && mx_curp(b"boxw310820hnerxn09"));
    assert!(mx_curp(b"HEGG560427MVZRRL04"));
    assert!(!mx_curp(b"BOXW310820HNERXN08") && !mx_curp(b"BOXW311320HNERXN09"));
    assert!(!mx_curp(b"BOXW310820HXXRXN05") && !mx_curp(b"BOXW310820HNERXN0"));
}

#[test]
fn mexican_taxpayers_have_a_date() {
    assert!(mx_rfc(b"GODE561231GR8") && mx_rfc(b"MAB9307148T4") && mx_rfc(b"XAXX010101000"));
    assert!(!mx_rfc(b"GODE561331GR8") && !mx_rfc(b"GOD3561231GR8") && !mx_rfc(b"GODE561231"));
}

#[test]
fn mexican_accounts_and_members_are_checked() {
    assert!(mx_clabe(b"032180000118359719") && mx_clabe(b"002010077777777771"));
    assert!(!mx_clabe(b"032180000118359718") && !mx_clabe(b"000000000000000000"));
    assert!(mx_nss(b"12345678903") && !mx_nss(b"12345678904"));
    assert!(mx_ine(b"GMVLMR80070501M100") && !mx_ine(b"GMVLMR80073501M100"));
    assert!(!mx_ine(b"GMVLMR80070501X100") && !mx_ine(b"GMVLMR80070550M100"));
}

#[test]
fn argentine_numbers_are_checked() {
    assert!(ar_cuit(b"20055361682") && !ar_cuit(b"20267565392") && !ar_cuit(b"21055361682"));
    assert!(ar_cbu(b"2850590940090418135201") && !ar_cbu(b"2810590940090418135201"));
    assert!(!ar_cbu(b"2850590940090418135202"));
}

#[test]
fn chilean_and_colombian_numbers_have_modulo_11() {
    assert!(cl_rut(b"125319092") && cl_rut(b"76086427"));
    assert!(cl_rut(b"60803000K") && !cl_rut(b"125319093") && !cl_rut(b"000000000"));
    assert!(co_nit(b"2131234321") && !co_nit(b"2131234325"));
    assert!(co_nit(b"8001972684") && !co_nit(b"80019726844444"));
}

#[test]
fn peruvian_numbers_are_checked() {
    assert!(pe_dni(b"10117410") && pe_dni(b"101174102") && pe_dni(b"10117410G"));
    assert!(!pe_dni(b"101174103") && !pe_dni(b"11111111") && !pe_dni(b"1011741022"));
    assert!(pe_ruc(b"20512333797") && !pe_ruc(b"20512333798") && !pe_ruc(b"30512333797"));
}

#[test]
fn numbers_of_the_river_plate_are_checked() {
    assert!(uy_ci(b"12345672") && !uy_ci(b"12345671") && !uy_ci(b"00000000"));
    assert!(uy_rut(b"211003420017") && !uy_rut(b"210303670014"));
    assert!(!uy_rut(b"991003420017"));
    assert!(py_ruc(b"800000358") && !py_ruc(b"000000000"));
    assert!(!py_ruc(b"800000359") && !py_ruc(b"12"));
}

#[test]
fn numbers_of_the_north_of_the_continent_are_checked() {
    assert!(ve_rif(b"V114702834") && !ve_rif(b"V114702835") && !ve_rif(b"X114702834"));
    assert!(ec_cedula(b"1714307103") && !ec_cedula(b"1714307104") && !ec_cedula(b"2814307103"));
    assert!(ec_ruc(b"1792060346001") && !ec_ruc(b"1792060347001"));
    assert!(ec_ruc(b"1714307103001") && !ec_ruc(b"1714307103000"));
}

#[test]
fn numbers_of_central_america_are_checked() {
    assert!(do_cedula(b"00113918205") && !do_cedula(b"00113918204"));
    assert!(do_rnc(b"101850043") && !do_rnc(b"101850042"));
    assert!(gt_nit(b"576937K") && !gt_nit(b"8977112"));
    assert!(sv_dui(b"000162975") && !sv_dui(b"000162974"));
    assert!(cu_ni(b"91021527775") && !cu_ni(b"91023027775"));
}
