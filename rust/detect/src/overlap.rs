//! One answer per byte where recognisers disagree.
//!
//! 1. A span that contains another one covers it: the container stays.
//!    An address of the web that contains a secret is that secret.
//! 2. Equal spans: the column's own entity, then the more confident, then the one with a checksum,
//!    then the one declared first.
//! 3. Spans that cross: the one with a checksum, then the longer, then the more confident keeps its
//!    span; the other is cut back to the bytes outside, so that no byte found is ever left out.

use std::cmp::Ordering;

use crate::finding::{EntityId, Evidence, Finding};

/// Makes an address that contains a secret that secret, with the span of the address.
pub(crate) fn name_by_secret(
    findings: &mut [Finding],
    address: EntityId,
    is_secret: impl Fn(EntityId) -> bool,
) {
    if findings.iter().all(|finding| finding.entity != address) {
        return;
    }
    findings.sort_by_key(|finding| (finding.start, finding.entity != address));
    let mut last: Option<usize> = None;
    for index in 0..findings.len() {
        let finding = findings[index];
        if finding.entity == address {
            last = Some(index);
        } else if let Some(container) = last.filter(|_| is_secret(finding.entity)) {
            let Finding { start, end, .. } = findings[container];
            if finding.end <= end {
                findings[container] = Finding {
                    start,
                    end,
                    ..finding
                };
            }
        }
    }
}

/// Sorts the findings from `base` on and removes their overlaps.
pub(crate) fn resolve(findings: &mut Vec<Finding>, base: usize, hint: Option<u16>) {
    if findings.len() - base < 2 {
        return;
    }
    findings[base..].sort_by(|a, b| {
        a.start
            .cmp(&b.start)
            .then(b.end.cmp(&a.end))
            .then_with(|| equal_spans(a, b, hint))
    });
    let mut kept = base;
    for index in base + 1..findings.len() {
        let mut next = findings[index];
        let last = findings[kept];
        if next.end <= last.end {
            continue;
        }
        // A span that was cut back may now start behind one that came after it.
        let floor = if kept > base {
            findings[kept - 1].end
        } else {
            next.start
        };
        next.start = next.start.max(floor);
        if next.start <= last.start {
            findings[kept] = next;
            continue;
        }
        if next.start < last.end {
            if crossing(&last, &next) == Ordering::Less {
                next.start = last.end;
            } else {
                findings[kept].end = next.start;
            }
        }
        kept += 1;
        findings[kept] = next;
    }
    findings.truncate(kept + 1);
}

fn has_checksum(finding: &Finding) -> bool {
    finding.evidence.contains(Evidence::CHECKSUM)
}

/// `Less` when `a` is to be preferred.
fn equal_spans(a: &Finding, b: &Finding, hint: Option<u16>) -> Ordering {
    (hint == Some(b.entity))
        .cmp(&(hint == Some(a.entity)))
        .then(b.confidence.total_cmp(&a.confidence))
        .then(has_checksum(b).cmp(&has_checksum(a)))
        .then(a.entity.cmp(&b.entity))
}

fn crossing(a: &Finding, b: &Finding) -> Ordering {
    has_checksum(b)
        .cmp(&has_checksum(a))
        .then(b.len().cmp(&a.len()))
        .then(b.confidence.total_cmp(&a.confidence))
        .then(Ordering::Less)
}

#[cfg(test)]
mod tests {
    use super::{name_by_secret, resolve};
    use crate::finding::{Evidence, Finding};

    fn finding(start: usize, end: usize, entity: u16, checksum: bool) -> Finding {
        let evidence = if checksum {
            Evidence::CHECKSUM
        } else {
            Evidence::PATTERN
        };
        Finding {
            start,
            end,
            entity,
            confidence: 0.8,
            evidence,
        }
    }

    fn resolved(mut findings: Vec<Finding>, hint: Option<u16>) -> Vec<(usize, usize, u16)> {
        resolve(&mut findings, 0, hint);
        findings
            .iter()
            .map(|finding| (finding.start, finding.end, finding.entity))
            .collect()
    }

    #[test]
    fn a_container_covers_what_it_contains() {
        let findings = vec![finding(4, 8, 1, true), finding(0, 10, 2, false)];
        assert_eq!(resolved(findings, None), [(0, 10, 2)]);
    }

    #[test]
    fn equal_spans_prefer_the_column_then_the_checksum_then_the_order() {
        let both = || vec![finding(0, 9, 1, false), finding(0, 9, 2, true)];
        assert_eq!(resolved(both(), None), [(0, 9, 2)]);
        assert_eq!(resolved(both(), Some(1)), [(0, 9, 1)]);
        let same = vec![finding(0, 9, 2, true), finding(0, 9, 1, true)];
        assert_eq!(resolved(same, None), [(0, 9, 1)]);
    }

    #[test]
    fn an_address_with_a_secret_in_it_is_a_secret() {
        let mut findings = [finding(4, 8, 1, true), finding(0, 10, 2, false)];
        name_by_secret(&mut findings, 2, |entity| entity == 1);
        assert_eq!(resolved(findings.to_vec(), None), [(0, 10, 1)]);
        let mut findings = [finding(4, 12, 1, true), finding(0, 10, 2, false)];
        name_by_secret(&mut findings, 2, |entity| entity == 1);
        assert_eq!(findings[0].entity, 2);
    }

    #[test]
    fn crossing_spans_leave_no_byte_out() {
        let findings = vec![finding(0, 10, 1, false), finding(6, 12, 2, true)];
        assert_eq!(resolved(findings, None), [(0, 6, 1), (6, 12, 2)]);
        let findings = vec![finding(0, 10, 1, false), finding(6, 12, 2, false)];
        assert_eq!(resolved(findings, None), [(0, 10, 1), (10, 12, 2)]);
    }

    #[test]
    fn findings_of_earlier_cells_are_left_alone() {
        let mut findings = vec![
            finding(5, 6, 9, false),
            finding(3, 4, 1, true),
            finding(0, 2, 1, true),
        ];
        resolve(&mut findings, 1, None);
        assert_eq!(
            findings
                .iter()
                .map(|finding| finding.start)
                .collect::<Vec<_>>(),
            [5, 0, 3]
        );
    }
}
