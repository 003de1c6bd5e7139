//! Recognisers that are anchored on no digit and no fixed string, each behind what its values need.

use super::{coordinates, mac, personal, runs, seed, track, url, uuid, Scan, Shape};
use crate::survey::Survey;

/// Fewest digits of a card's number with its dates.
const MIN_TRACK_DIGITS: usize = 19;
/// Shortest text with an age or a date of birth, such as `36yo`.
const MIN_PERSONAL: usize = 4;

/// Runs those that the bytes of the text leave possible; the URLs come last.
pub(crate) fn scan(scan: &mut Scan<'_>, survey: &Survey) {
    let wants = |scan: &Scan<'_>, shapes: &[Shape]| shapes.iter().any(|&shape| scan.wants(shape));
    if survey.len >= runs::STRIDE && wants(scan, &runs::SHAPES) {
        runs::scan(scan);
    }
    if survey.len >= seed::MIN_LEN && scan.wants(Shape::SeedPhrase) {
        seed::scan(scan);
    }
    if (survey.colons >= 5 || survey.dashes >= 5 || survey.dots >= 2) && scan.wants(Shape::Mac) {
        mac::scan(scan);
    }
    if survey.dashes >= 4 && scan.wants(Shape::Uuid) {
        uuid::scan(scan);
    }
    if survey.digits >= MIN_TRACK_DIGITS && scan.wants(Shape::TrackData) {
        track::scan(scan);
    }
    if survey.digits >= 2 && survey.dots >= 2 && scan.wants(Shape::Coordinates) {
        coordinates::scan(scan);
    }
    let marks = survey.digits + survey.dots + survey.dashes + survey.colons;
    if survey.digits >= 1
        && survey.len >= MIN_PERSONAL
        && (survey.len > marks || scan.hint.is_some())
        && wants(scan, &[Shape::BirthDate, Shape::Age])
    {
        personal::scan(scan);
    }
    if (survey.colons >= 1 || survey.dots >= 2) && scan.wants(Shape::Url) {
        url::scan(scan);
    }
}
