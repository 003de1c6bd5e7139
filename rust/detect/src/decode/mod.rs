//! What hides a value: escapes of URLs, HTML, JSON and programs, quoted-printable, base64 and
//! hexadecimal text.
//!
//! Each decoder makes a [`View`], so that what is found in it maps back to the original. A view is
//! decoded again to a bounded depth, and never longer than what it was made from; so nothing can
//! grow. What is nested deeper than that is not text any more that a reader would see a value in,
//! and nothing is reported of it.

mod encoded;
mod entities;
mod escape;
mod escaped;
mod runs;

pub(crate) use runs::MIN_RUN as MIN_ENCODED;

use crate::survey::Survey;
use crate::view::View;

pub(crate) use escape::unescaped;

/// Levels of encoding that are undone: base64 of JSON with escapes has two.
pub const DEPTH: usize = 2;

/// Shows `visit` each way in which the text reads differently after decoding.
///
/// Time is linear in the length of the text for each level of `depth`; memory is bounded.
pub fn decoded(text: &[u8], depth: usize, visit: &mut dyn FnMut(&View)) {
    views(text, &Survey::of(text), depth, visit);
}

/// As [`decoded`], for a text that was surveyed.
pub(crate) fn views(text: &[u8], survey: &Survey, depth: usize, visit: &mut dyn FnMut(&View)) {
    if depth > 0 && survey.len > survey.digits + survey.dots + survey.dashes + survey.colons {
        views_within(text, survey, None, depth, visit);
    } else if depth > 0 && survey.digits >= encoded::MIN_NUMBER {
        encoded::views(text, None, &mut |view| visit(view));
    }
}

/// The views of a text that is itself a view, if `outer` is there.
fn views_within(
    text: &[u8],
    survey: &Survey,
    outer: Option<&View>,
    depth: usize,
    visit: &mut dyn FnMut(&View),
) {
    let mut show = |view: &mut View| {
        if let Some(outer) = outer {
            view.rebase(outer);
        }
        visit(view);
        if depth > 1 {
            let inner = Survey::of(view.bytes());
            views_within(view.bytes(), &inner, Some(view), depth - 1, visit);
        }
    };
    escaped::views(text, survey, &mut show);
    encoded::views(text, outer, &mut show);
}

#[cfg(test)]
mod tests;
