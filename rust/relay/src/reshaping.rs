//! Results of which columns or rows are left out.
//!
//! What the client says of columns is about those that it sees, and what it is told of rows is about
//! those that it gets.

use std::sync::Arc;

use crate::bind::BindMessage;
use crate::client::Step;
use crate::decision::Refusal;
use crate::forward::{Forward, Output};
use crate::message::{write_execute, write_message};
use crate::pending::{Described, Pending, Statement, Target};
use crate::relay::{ClientNeed, Relay};

impl Relay {
    /// The format codes for the data store, where the client's are about fewer columns than it has.
    pub(crate) fn result_codes(
        &mut self,
        statement: &Arc<Statement>,
        bind: &BindMessage<'_>,
        at: usize,
        forward: &mut Forward<'_>,
    ) -> Result<Option<Box<[u8]>>, Step> {
        if bind.formats.len() < 2 || !statement.decision.reshapes {
            return Ok(None);
        }
        let Some(described) = statement.described.get() else {
            // Which columns the client can mean has to be known before.
            if !self.pending.is_empty() {
                return Err(Step::Hold(ClientNeed::Barrier));
            }
            write_message(forward.up_to(at), b'D', |out| {
                out.push(b'S');
                out.extend_from_slice(bind.statement);
                out.push(0);
            });
            let target = Target::Statement(Arc::clone(statement));
            target.set_asked(true);
            self.pending
                .push_back(Pending::Describe { target, own: true });
            return Err(Step::Hold(ClientNeed::Barrier));
        };
        let Described::Rows(slot) = described else {
            return Ok(None);
        };
        let plan = slot.get();
        let Some(shape) = plan.shape() else {
            return Ok(None);
        };
        if bind.formats.len() != shape.kept().len() {
            let refusal = Refusal::new("08P01", "the result has another number of columns", "");
            return Err(self.refuse(refusal, at, forward));
        }
        let mut codes = vec![0; shape.columns()];
        for (&index, &code) in shape.kept().iter().zip(&bind.formats) {
            codes[index] = code;
        }
        Ok(Some(codes.into()))
    }

    /// Whether the server is to be asked for more rows in the place of those that were left out, so
    /// that the client gets as many as it asked for while there are any.
    pub(crate) fn goes_on(&mut self, at: usize, forward: &mut Forward<'_>) -> bool {
        let Some(Pending::Execute {
            asked: Some((portal, rows)),
            execution,
            ..
        }) = self.pending.front()
        else {
            return false;
        };
        let missing = rows.saturating_sub(execution.rows);
        let missing = i32::try_from(missing).unwrap_or(i32::MAX);
        if self.bounds.dropped == 0 || missing == 0 {
            return false;
        }
        self.bounds.again = Some((portal.clone(), missing));
        forward.up_to(at);
        true
    }

    /// Asks for more rows of a portal; what the client has sent since is kept.
    pub(crate) fn ask_again(&mut self, portal: &[u8], rows: i32, data: &[u8]) -> Output {
        self.client_buffer.extend_from_slice(data);
        self.client_need = Some(ClientNeed::Barrier);
        let mut out = Vec::with_capacity(portal.len() + 16);
        write_execute(&mut out, portal, rows);
        write_message(&mut out, b'H', |_| {});
        Output::Bytes(out)
    }

    /// The tag of a completed statement without the rows that were left out, where it says how many
    /// were sent and not how many were changed.
    pub(crate) fn tag_without(&self, tag: &[u8], dropped: u64) -> Option<Vec<u8>> {
        let text = std::str::from_utf8(tag.strip_suffix(&[0])?).ok()?;
        let (name, rows) = text.split_once(' ')?;
        if !matches!(name, "SELECT" | "FETCH" | "COPY") {
            return None;
        }
        let rows: u64 = rows.parse().ok()?;
        let sent = match self.pending.front() {
            // It counts the last of several parts.
            Some(Pending::Execute {
                execution,
                asked: Some(_),
                ..
            }) => execution.rows,
            _ => rows.saturating_sub(dropped),
        };
        Some(format!("{name} {sent}\0").into_bytes())
    }
}
