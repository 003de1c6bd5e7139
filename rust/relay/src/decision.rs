//! Decisions about statement shapes, shared by sessions that get equal answers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use scrim_rows::copy::CopyOptions;
use scrim_rows::{Context, Plan};

use crate::bounded::{Naming, RowLimit};
use crate::filling::Fill;
use crate::ruling::{Intent, Results};
use crate::turns::{TurnSpec, Turns};

/// Why a statement is not forwarded.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// SQLSTATE.
    pub code: String,
    /// Primary message.
    pub message: String,
    /// Detail, may be empty.
    pub detail: String,
    /// Hint, may be empty.
    pub hint: String,
    /// Character of the statement that it is about, from 1; 0 when there is none.
    pub position: usize,
}

impl Refusal {
    /// A refusal without detail and position.
    #[must_use]
    pub fn new(code: &str, message: &str, hint: &str) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            detail: String::new(),
            hint: hint.into(),
            position: 0,
        }
    }
}

/// A decided COPY TO: its options and what happens to its columns.
#[derive(Clone)]
pub(crate) struct CopyDecision {
    pub(crate) options: CopyOptions,
    pub(crate) plan: Arc<Plan>,
}

/// What Python decided, before it is compiled.
#[derive(Clone, Default)]
pub struct DecisionSpec {
    /// Present when the statement is refused.
    pub refusal: Option<Refusal>,
    /// The intent record: a JSON object without its closing brace.
    pub intent: Vec<u8>,
    /// What the statement does, for the counts.
    pub operation: String,
    /// Whether results and errors go through unread (the principal has raw access).
    pub raw: bool,
    /// Statements of the string that are a COPY TO, by their index.
    pub copies: Vec<(usize, CopyOptions, Arc<Plan>)>,
    /// Statements of the string that are a COPY FROM whose values are turned back, by their index.
    pub fills: Vec<(usize, Arc<Fill>)>,
    /// Whether prepared statements may be gone when it completes: all (`Some("")`) or one by name.
    pub deallocates: Option<String>,
    /// Whatever the deciding side wants to have at hand when a result of the statement is planned.
    pub context: Option<Context>,
    /// What of the values in it, and of its parameters, is turned back.
    pub turns: Vec<TurnSpec>,
    /// How many rows a client may get of each result of the string; of all limits the smallest.
    pub limit: Option<RowLimit>,
    /// What statements of the string, by their index, have to do with named results.
    pub naming: Vec<(usize, Naming)>,
    /// Whether columns or rows of its results may be left out.
    pub reshapes: bool,
}

/// One decided shape.
pub struct Decision {
    pub(crate) refusal: Option<Refusal>,
    pub(crate) intent: Intent,
    pub(crate) operation: Arc<str>,
    pub(crate) raw: bool,
    pub(crate) copies: HashMap<usize, CopyDecision>,
    pub(crate) fills: HashMap<usize, Arc<Fill>>,
    pub(crate) deallocates: Option<String>,
    pub(crate) context: Option<Context>,
    /// The text without literals.
    pub(crate) statement: Box<str>,
    pub(crate) shape: u128,
    /// What was decided about results of statements that do the same.
    pub(crate) results: Option<Arc<Results>>,
    /// What of its values is turned back.
    pub(crate) turns: Option<Turns>,
    pub(crate) limit: Option<RowLimit>,
    pub(crate) naming: Vec<(usize, Naming)>,
    pub(crate) reshapes: bool,
    plans: Mutex<HashMap<PlanKey, Arc<PlanSlot>>>,
}

/// The index of the statement in its string, and the body of the RowDescription.
type PlanKey = (usize, Box<[u8]>);

/// Descriptions that one shape may have before the oldest are forgotten (a shape has one, and a
/// second after its tables changed).
const MAX_PLANS: usize = 64;

/// The plan of one described result; replaced when its columns are decided anew.
pub struct PlanSlot {
    plan: Mutex<Arc<Plan>>,
}

impl PlanSlot {
    pub(crate) fn get(&self) -> Arc<Plan> {
        Arc::clone(&self.plan.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set(&self, plan: Arc<Plan>) {
        *self.plan.lock().unwrap_or_else(PoisonError::into_inner) = plan;
    }
}

impl Decision {
    /// Compiles what was decided.
    #[must_use]
    pub fn new(spec: DecisionSpec) -> Self {
        Self {
            refusal: spec.refusal,
            intent: Intent::whole(spec.intent),
            operation: spec.operation.into(),
            // What is counted is read.
            raw: spec.raw && spec.limit.is_none(),
            copies: spec
                .copies
                .into_iter()
                .map(|(index, options, plan)| (index, CopyDecision { options, plan }))
                .collect(),
            fills: spec.fills.into_iter().collect(),
            deallocates: spec.deallocates,
            context: spec.context,
            statement: Box::default(),
            shape: 0,
            results: None,
            turns: None,
            limit: spec.limit,
            naming: spec.naming,
            reshapes: spec.reshapes,
            plans: Mutex::new(HashMap::new()),
        }
    }

    pub(crate) fn plan(&self, index: usize, description: &[u8]) -> Option<Arc<PlanSlot>> {
        let plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        // The key is looked up by value: an allocation a description, not a row.
        let slot = plans.get(&(index, Box::from(description)))?;
        (!slot.get().is_provisional()).then(|| Arc::clone(slot))
    }

    pub(crate) fn remember(
        &self,
        index: usize,
        description: &[u8],
        plan: Arc<Plan>,
    ) -> Arc<PlanSlot> {
        let slot = Arc::new(PlanSlot {
            plan: Mutex::new(plan),
        });
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        if plans.len() >= MAX_PLANS {
            plans.clear();
        }
        plans.insert((index, Box::from(description)), Arc::clone(&slot));
        slot
    }
}
