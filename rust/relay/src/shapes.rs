//! What was decided, for every session that gets equal answers: by shape, and by essence.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

use crate::decision::Decision;
use crate::ruling::{Results, Ruling};

/// Rulings that are kept; a full cache starts over.
const MAX_RULINGS: usize = 4_096;
/// Longest essence that a ruling is kept for.
const MAX_ESSENCE_BYTES: usize = 8_192;

static SERIAL: AtomicU64 = AtomicU64::new(0);

/// A ruling with what was decided about results under it.
struct Kept {
    ruling: Arc<Ruling>,
    results: Arc<Results>,
}

/// Decisions for all sessions whose principal, connection, policy and catalog are the same.
pub struct Shapes {
    serial: u64,
    decisions: HashMap<u128, Arc<Decision>>,
    /// The epoch in which they were made; they hold no longer than it.
    decided_at: u64,
    rulings: HashMap<Arc<[u8]>, Kept>,
    capacity: usize,
    epoch: Arc<AtomicU64>,
}

impl Shapes {
    /// Holds at most `capacity` shapes.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self::within(capacity, Arc::default())
    }

    /// As [`Self::new`]. What was decided holds for as long as `epoch` has the value that it was made at;
    /// the deciding side advances it when it learns what would change its answers.
    #[must_use]
    pub fn within(capacity: usize, epoch: Arc<AtomicU64>) -> Self {
        Self {
            serial: SERIAL.fetch_add(1, Ordering::Relaxed),
            decisions: HashMap::new(),
            decided_at: epoch.load(Ordering::Acquire),
            rulings: HashMap::new(),
            capacity: capacity.max(1),
            epoch,
        }
    }

    /// Tells these decisions from those for others, and from former ones.
    pub(crate) fn serial(&self) -> u64 {
        self.serial
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    pub(crate) fn get(&self, shape: u128) -> Option<Arc<Decision>> {
        if self.decided_at != self.epoch() {
            return None;
        }
        self.decisions.get(&shape).cloned()
    }

    /// Keeps a decision. A full cache starts over, which bounds memory at the price of deciding
    /// the shapes in use once more.
    pub fn put(&mut self, shape: u128, decision: Arc<Decision>) {
        let epoch = self.epoch();
        if self.decisions.len() >= self.capacity || self.decided_at != epoch {
            self.decisions.clear();
            self.decided_at = epoch;
        }
        self.decisions.insert(shape, decision);
    }

    /// The ruling for an essence, if it holds yet.
    pub(crate) fn ruling(&self, essence: &[u8]) -> Option<(Arc<Ruling>, Arc<Results>)> {
        let kept = self.rulings.get(essence)?;
        kept.ruling.scope(self.epoch())?;
        Some((Arc::clone(&kept.ruling), Arc::clone(&kept.results)))
    }

    /// Keeps a ruling that holds for more than one string, and gives a place for its results.
    pub(crate) fn keep(&mut self, ruling: &Arc<Ruling>) -> Option<Arc<Results>> {
        let essence = &ruling.scope(self.epoch())?.essence;
        if essence.len() > MAX_ESSENCE_BYTES {
            return None;
        }
        if self.rulings.len() >= MAX_RULINGS {
            self.rulings.clear();
        }
        let results = Arc::new(Results::new(self.serial));
        let kept = Kept {
            ruling: Arc::clone(ruling),
            results: Arc::clone(&results),
        };
        self.rulings.insert(Arc::clone(essence), kept);
        Some(results)
    }

    /// Whether any statement could be found by its essence.
    pub(crate) fn has_rulings(&self) -> bool {
        !self.rulings.is_empty()
    }

    /// Forgets everything, after a change of policy or catalog.
    pub fn clear(&mut self) {
        self.decisions.clear();
        self.rulings.clear();
    }

    /// The number of shapes held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.decisions.len()
    }

    /// The number of rulings held.
    #[must_use]
    pub fn rulings(&self) -> usize {
        self.rulings.len()
    }

    /// Whether no shape is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.decisions.is_empty()
    }
}
