//! Identifiers of letters and digits in declared layouts.
//!
//! All layouts share one tree, whose edges are a separator and the length of the group behind it.
//! A text is taken apart into groups once, and what a group can begin is found by its length: the
//! time does not depend on the number of entities, unless many have the same layout.

mod format;
mod groups;

use crate::bytes::{numbered_before, run_end};
use crate::checksum::{self, Checksum};
use crate::context::Near;
use crate::finding::{EntityId, Evidence, Finding};
use crate::shapes::numbers::timestamp_end;
use crate::shapes::{support, Slot, SURE};
use crate::sink::Sink;
use crate::spec::{EntitySpec, Error};
use crate::survey::Survey;
use format::{is_separator, layouts, Class, DIGITS, MAX_GROUP};
use groups::Groups;

/// Most characters of a value without its separators.
const MAX_CODE: usize = 64;
/// Most layouts of one entity.
const MAX_LAYOUTS: usize = 2048;
/// Fewest capital letters of a value without digits.
const MIN_CAPITALS: usize = 6;

/// What groups of one layout can be.
#[derive(Debug)]
struct Reading {
    classes: Vec<Class>,
    digits_only: bool,
    slot: usize,
    confidence: f32,
    /// Whether it is reported without a keyword or its column; these come first.
    alone: bool,
}

#[derive(Debug, Default)]
struct Node {
    readings: Vec<Reading>,
    edges: Vec<(u8, usize, usize)>,
    /// Whether a first group of this length may have no letters, no digits, or both.
    starts: [bool; 3],
    /// Whether a value that begins so can be reported without a keyword or its column.
    alone: bool,
}

/// The compiled codes.
#[derive(Debug)]
pub(crate) struct Codes {
    slots: Vec<(Slot, Option<Checksum>)>,
    nodes: Vec<Node>,
    roots: [Option<usize>; MAX_GROUP + 1],
    letters: bool,
}

impl Codes {
    pub(crate) const fn new() -> Self {
        Self {
            slots: Vec::new(),
            nodes: Vec::new(),
            roots: [None; MAX_GROUP + 1],
            letters: false,
        }
    }

    /// Adds an entity.
    ///
    /// # Errors
    /// Says which format or checksum is wrong.
    pub(crate) fn add(&mut self, spec: &EntitySpec, slot: Slot) -> Result<(), Error> {
        let refuse = |reason: String| Error::new(&spec.name, reason);
        let checksum = match &spec.checksum {
            None => None,
            Some(name) => Some(
                checksum::by_name(name).ok_or_else(|| refuse(format!("no checksum `{name}`")))?,
            ),
        };
        let (separated, bare): (f32, f32) = match checksum {
            Some(_) => (0.6, 0.35),
            None => (0.3, 0.2),
        };
        let separated = spec.confidence.unwrap_or(separated);
        let bare = spec.bare_confidence.unwrap_or(bare.min(separated));
        if spec.formats.is_empty() {
            return Err(refuse("a code needs formats".to_owned()));
        }
        let mut count = 0;
        for format in &spec.formats {
            for layout in layouts(format).map_err(refuse)? {
                count += 1;
                let length: usize = layout.groups.iter().map(Vec::len).sum();
                if count > MAX_LAYOUTS || length > MAX_CODE {
                    return Err(refuse(format!("format `{format}` is too long or too many")));
                }
                self.letters |= layout.may_be_letters();
                let node = self.node(&layout);
                let classes: Vec<Class> = layout.groups.into_iter().flatten().collect();
                let digits_only = classes.iter().all(|class| class & !DIGITS == 0);
                let confidence = if layout.separators.is_empty() {
                    bare
                } else {
                    separated
                };
                self.nodes[node].readings.push(Reading {
                    classes,
                    digits_only,
                    slot: self.slots.len(),
                    confidence,
                    alone: confidence >= slot.min_confidence,
                });
            }
        }
        self.slots.push((slot, checksum));
        Ok(())
    }

    /// Notes which parts of the tree a text without keywords need not go into; call it once, when
    /// every entity is there.
    pub(crate) fn finish(&mut self) {
        // A node comes before those that follow it.
        for at in (0..self.nodes.len()).rev() {
            let node = &mut self.nodes[at];
            node.readings.sort_by_key(|reading| !reading.alone);
            let own = node.readings.first().is_some_and(|one| one.alone);
            let node = &self.nodes[at];
            let later = node.edges.iter().any(|(.., next)| self.nodes[*next].alone);
            self.nodes[at].alone = own || later;
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The node of a layout; its path is made if it is new.
    fn node(&mut self, layout: &format::Layout) -> usize {
        let first = &layout.groups[0];
        let root = if let Some(root) = self.roots[first.len()] {
            root
        } else {
            self.nodes.push(Node::default());
            self.roots[first.len()] = Some(self.nodes.len() - 1);
            self.nodes.len() - 1
        };
        let digits = first.iter().all(|class| class & DIGITS != 0);
        let letters = first.iter().all(|class| class & !DIGITS != 0);
        let mixed = first.len() > 1
            && first.iter().any(|class| class & DIGITS != 0)
            && first.iter().any(|class| class & !DIGITS != 0);
        for (start, possible) in self.nodes[root]
            .starts
            .iter_mut()
            .zip([digits, letters, mixed])
        {
            *start |= possible;
        }
        let mut node = root;
        for (&separator, group) in layout.separators.iter().zip(&layout.groups[1..]) {
            node = if let Some(next) = self.nodes[node].next(separator, group.len()) {
                next
            } else {
                self.nodes.push(Node::default());
                let next = self.nodes.len() - 1;
                self.nodes[node].edges.push((separator, group.len(), next));
                next
            };
        }
        node
    }

    /// Whether the counted bytes allow any code.
    pub(crate) fn possible(&self, survey: &Survey) -> bool {
        !self.is_empty() && (survey.digits > 0 || (self.letters && survey.uppers >= MIN_CAPITALS))
    }

    pub(crate) fn scan(
        &self,
        text: &[u8],
        hint: Option<EntityId>,
        near: &mut Near<'_>,
        out: &mut Sink<'_>,
    ) {
        let mut at = 0;
        while let Some(offset) = text[at..].iter().position(u8::is_ascii_alphanumeric) {
            let start = at + offset;
            let end = run_end(text, start, |byte| byte.is_ascii_alphanumeric());
            at = end;
            if let Some(end) = timestamp_end(text, start) {
                at = end;
                continue;
            }
            let Some(root) = self.roots.get(end - start).copied().flatten() else {
                continue;
            };
            let node = &self.nodes[root];
            if node.begins(&text[start..end])
                && (node.alone || hint.is_some() || near.any(start, end, MAX_CODE))
                && !numbered_before(text, start)
            {
                self.follow(text, root, start..end, hint, near, out);
            }
        }
    }

    /// Tries the groups from the first one on, as many as any layout has.
    fn follow(
        &self,
        text: &[u8],
        root: usize,
        first: std::ops::Range<usize>,
        hint: Option<EntityId>,
        near: &mut Near<'_>,
        out: &mut Sink<'_>,
    ) {
        let mut groups = Groups::at(first.start);
        groups.extend(text, first.end);
        let mut node = &self.nodes[root];
        let supported = hint.is_some() || near.any(first.start, first.end, MAX_CODE);
        while supported || node.alone {
            if !node.readings.is_empty() && groups.are_whole(text) {
                if let Some(finding) = self.best(node, &groups, hint, near) {
                    out.push(finding);
                }
            }
            let Some(&separator) = text.get(groups.end).filter(|byte| is_separator(**byte)) else {
                return;
            };
            if node.edges.is_empty() {
                return;
            }
            let from = groups.end + 1;
            let reach = &text[..text.len().min(from + MAX_GROUP + 1)];
            let to = run_end(reach, from, |byte| byte.is_ascii_alphanumeric());
            let Some(next) = node.next(separator, to - from) else {
                return;
            };
            node = &self.nodes[next];
            groups.spaced |= separator == b' ';
            groups.end = from;
            groups.extend(text, to);
            if separator == b'(' && !groups.close(text) {
                return;
            }
        }
    }

    /// The surest reading of the groups that is sure enough.
    fn best(
        &self,
        node: &Node,
        groups: &Groups,
        hint: Option<EntityId>,
        near: &mut Near<'_>,
    ) -> Option<Finding> {
        let code = &groups.code[..groups.length];
        let mut best: Option<Finding> = None;
        let supported = near.any(groups.start, groups.end, 0);
        let needed = supported || hint.is_some();
        for reading in &node.readings {
            if !needed && !reading.alone {
                break;
            }
            let (slot, checksum) = &self.slots[reading.slot];
            let hinted = hint == Some(slot.entity);
            let mut evidence = Evidence::PATTERN;
            let mut confidence = reading.confidence;
            if hinted {
                evidence |= Evidence::COLUMN;
                confidence = support(confidence);
            }
            let enough = confidence >= slot.min_confidence;
            let possible = enough || (supported && support(confidence) >= slot.min_confidence);
            if !possible || !reading.fits(code, groups.digits_only) {
                continue;
            }
            if let Some(checksum) = checksum {
                if !checksum(code) {
                    continue;
                }
                evidence |= Evidence::CHECKSUM;
            }
            if confidence < SURE && supported && near.holds(slot.entity, groups.start, groups.end) {
                evidence |= Evidence::CONTEXT;
                confidence = support(confidence);
            }
            let better = best.as_ref().is_none_or(|best| {
                (hinted, confidence) > (hint == Some(best.entity), best.confidence)
            });
            if confidence >= slot.min_confidence && better {
                best = Some(Finding {
                    start: groups.start,
                    end: groups.end,
                    entity: slot.entity,
                    confidence,
                    evidence,
                });
            }
        }
        best
    }

    /// Adds every entity with a checksum that the whole value passes, whatever its confidence.
    ///
    /// A single value proves little, a column of them does.
    pub(crate) fn candidates(&self, value: &[u8], out: &mut Vec<EntityId>) {
        let end = run_end(value, 0, |byte| byte.is_ascii_alphanumeric());
        let Some(root) = self.roots.get(end).copied().flatten() else {
            return;
        };
        let mut groups = Groups::at(0);
        groups.extend(value, end);
        let mut node = &self.nodes[root];
        while groups.end < value.len() {
            let from = groups.end + 1;
            let reach = &value[..value.len().min(from + MAX_GROUP + 1)];
            let to = run_end(reach, from.min(reach.len()), |byte| {
                byte.is_ascii_alphanumeric()
            });
            let separator = value[groups.end];
            let Some(next) = node.next(separator, to - from.min(to)) else {
                return;
            };
            node = &self.nodes[next];
            groups.end = from;
            groups.extend(value, to);
            if separator == b'(' && !groups.close(value) {
                return;
            }
        }
        let code = &groups.code[..groups.length];
        for reading in &node.readings {
            let (slot, checksum) = &self.slots[reading.slot];
            let passes = checksum.is_some_and(|checksum| checksum(code));
            if passes && reading.fits(code, groups.digits_only) && !out.contains(&slot.entity) {
                out.push(slot.entity);
            }
        }
    }
}

impl Node {
    fn next(&self, separator: u8, length: usize) -> Option<usize> {
        self.edges
            .iter()
            .find(|(byte, size, _)| *byte == separator && *size == length)
            .map(|(.., next)| *next)
    }

    /// Whether any layout that starts here may start with this group; letters alone must be capital
    /// ones, or every word would be tried.
    fn begins(&self, group: &[u8]) -> bool {
        let digits = group.iter().filter(|byte| byte.is_ascii_digit()).count();
        if digits == group.len() {
            self.starts[0]
        } else if digits == 0 {
            self.starts[1] && group.iter().all(u8::is_ascii_uppercase)
        } else {
            self.starts[2]
        }
    }
}

impl Reading {
    fn fits(&self, code: &[u8], digits_only: bool) -> bool {
        if self.digits_only && !digits_only {
            return false;
        }
        self.classes
            .iter()
            .zip(code)
            .all(|(class, byte)| class >> (byte & 0x7f) & 1 == 1)
    }
}

#[cfg(test)]
mod tests;
