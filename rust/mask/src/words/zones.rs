//! The first three digits of the ZIP codes of each state (USPS Labeling List L002).

/// From one group of three digits to another, both included, and the state's code.
type Zone = (u16, u16, &'static str);

/// The states' groups in ascending order; those of nobody, of the military and of territories are
/// left out.
const ZONES: &[Zone] = &[
    (5, 5, "NY"),
    (10, 27, "MA"),
    (28, 29, "RI"),
    (30, 38, "NH"),
    (39, 49, "ME"),
    (50, 54, "VT"),
    (55, 55, "MA"),
    (56, 59, "VT"),
    (60, 69, "CT"),
    (70, 89, "NJ"),
    (100, 149, "NY"),
    (150, 196, "PA"),
    (197, 199, "DE"),
    (201, 201, "VA"),
    (206, 212, "MD"),
    (214, 219, "MD"),
    (220, 246, "VA"),
    (247, 268, "WV"),
    (270, 289, "NC"),
    (290, 299, "SC"),
    (300, 319, "GA"),
    (320, 339, "FL"),
    (341, 342, "FL"),
    (344, 344, "FL"),
    (346, 347, "FL"),
    (349, 349, "FL"),
    (350, 352, "AL"),
    (354, 369, "AL"),
    (370, 385, "TN"),
    (386, 397, "MS"),
    (398, 399, "GA"),
    (400, 418, "KY"),
    (420, 427, "KY"),
    (430, 459, "OH"),
    (460, 479, "IN"),
    (480, 499, "MI"),
    (500, 516, "IA"),
    (520, 528, "IA"),
    (530, 532, "WI"),
    (534, 535, "WI"),
    (537, 549, "WI"),
    (550, 551, "MN"),
    (553, 567, "MN"),
    (570, 577, "SD"),
    (580, 588, "ND"),
    (590, 599, "MT"),
    (600, 620, "IL"),
    (622, 629, "IL"),
    (630, 631, "MO"),
    (633, 641, "MO"),
    (644, 658, "MO"),
    (660, 662, "KS"),
    (664, 679, "KS"),
    (680, 681, "NE"),
    (683, 693, "NE"),
    (700, 701, "LA"),
    (703, 708, "LA"),
    (710, 714, "LA"),
    (716, 729, "AR"),
    (730, 731, "OK"),
    (733, 733, "TX"),
    (734, 741, "OK"),
    (743, 749, "OK"),
    (750, 770, "TX"),
    (772, 799, "TX"),
    (800, 816, "CO"),
    (820, 831, "WY"),
    (832, 838, "ID"),
    (840, 847, "UT"),
    (850, 853, "AZ"),
    (855, 857, "AZ"),
    (859, 860, "AZ"),
    (863, 865, "AZ"),
    (870, 871, "NM"),
    (873, 884, "NM"),
    (885, 885, "TX"),
    (889, 891, "NV"),
    (893, 895, "NV"),
    (897, 898, "NV"),
    (900, 908, "CA"),
    (910, 928, "CA"),
    (930, 961, "CA"),
    (967, 968, "HI"),
    (970, 979, "OR"),
    (980, 986, "WA"),
    (988, 994, "WA"),
    (995, 999, "AK"),
];

/// ZIP codes that begin with the same three digits.
const EACH: u32 = 100;

/// How many ZIP codes there could be in the states.
pub(crate) fn count() -> u32 {
    ZONES.iter().map(size).sum()
}

fn size((first, last, _): &Zone) -> u32 {
    u32::from(last - first + 1) * EACH
}

/// Which of them a ZIP code is, counted from 0; none where it lies in no state.
pub(crate) fn rank(zip: u32) -> Option<u32> {
    let group = zip / EACH;
    let mut before = 0;
    for zone in ZONES {
        let (first, last) = (u32::from(zone.0), u32::from(zone.1));
        if group < first {
            return None;
        }
        if group <= last {
            return Some(before + zip - first * EACH);
        }
        before += size(zone);
    }
    None
}

/// The ZIP code that is the given one of them, and the code of its state.
pub(crate) fn at(rank: u32) -> Option<(u32, &'static str)> {
    let mut rest = rank;
    for zone in ZONES {
        if rest < size(zone) {
            return Some((u32::from(zone.0) * EACH + rest, zone.2));
        }
        rest -= size(zone);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::STATES;

    #[test]
    fn every_zip_code_has_one_place() {
        for number in 0..count() {
            let (zip, _) = at(number).unwrap();
            assert_eq!(rank(zip), Some(number));
        }
        assert_eq!(at(count()), None);
        for nowhere in [0, 499, 600, 2_000_000, 20_500, 34_000, 96_500] {
            assert_eq!(rank(nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn each_state_has_zip_codes_and_those_of_its_own() {
        for (code, _, digits) in STATES {
            let zip: u32 = digits.parse::<u32>().unwrap() * EACH;
            let (_, state) = at(rank(zip).unwrap()).unwrap();
            assert_eq!(state, *code);
        }
        let known = |code: &str| STATES.iter().any(|state| state.0 == code);
        assert!(ZONES.iter().all(|zone| known(zone.2)));
        assert!(ZONES.windows(2).all(|pair| pair[0].1 < pair[1].0));
    }
}
