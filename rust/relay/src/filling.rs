//! COPY data of the client on its way to the server: its values are turned back.
//!
//! Data that cannot go on ends the COPY: the server is told that the client gave up, so that nothing
//! is stored, and its error becomes one that says why.

use std::sync::Arc;

use scrim_mask::Format;
use scrim_rows::copy::CopyFormat;
use scrim_rows::copy_in::{CopyFault, CopyReader, FaultKind, IncomingOptions};

use crate::client::Step;
use crate::decision::Refusal;
use crate::forward::Forward;
use crate::message::{error_code, frame, int16, write_message, Frame, HEADER};
use crate::pending::Pending;
use crate::relay::{ClientNeed, Relay};
use crate::turning::Turning;
use crate::wire::{self, Wire};

/// What the server calls it when a COPY ends because the client gave up, or was told to.
const CANCELLED: &[u8] = b"57014";

/// How the data of a COPY FROM is turned back.
pub struct Fill {
    options: IncomingOptions,
    turnings: Vec<Option<Arc<Turning>>>,
}

impl Fill {
    /// Puts together how the data is written and what is done with each of its columns; none where
    /// these do not belong together.
    #[must_use]
    pub fn new(mut options: IncomingOptions, turnings: Vec<Option<Arc<Turning>>>) -> Option<Self> {
        if options.columns.len() != turnings.len() {
            return None;
        }
        for (column, turning) in options.columns.iter_mut().zip(&turnings) {
            column.turned = turning.is_some();
        }
        Some(Self { options, turnings })
    }

    /// Whether the server is about to read the data in the same way: format and number of columns
    /// are in its `CopyInResponse`.
    fn fits(&self, response: &[u8]) -> bool {
        let binary = self.options.format == CopyFormat::Binary;
        let Some((&format, rest)) = response.split_first() else {
            return false;
        };
        format == u8::from(binary)
            && int16(rest).and_then(|(count, _)| usize::try_from(count).ok())
                == Some(self.turnings.len())
    }

    fn turn(&self, column: usize, format: Format, value: &[u8]) -> Option<Vec<u8>> {
        let turning = self.turnings.get(column)?.as_ref()?;
        let wire = match format {
            Format::Text => Wire::Text,
            Format::Binary => wire::of_column(turning),
        };
        wire::scalar(turning, wire, value).ok()
    }

    fn refusal(&self, CopyFault { row, kind }: CopyFault) -> Refusal {
        let name = |column: usize| self.options.columns.get(column).map_or("", |c| &c.name);
        let (code, message) = match kind {
            FaultKind::Missing(column) => (
                "22P04",
                format!(
                    "row {row} of the COPY data has no value for column \"{}\"",
                    name(column)
                ),
            ),
            FaultKind::Unreadable(column) => (
                "22023",
                format!(
                    "the value for column \"{}\" in row {row} of the COPY data cannot be turned back",
                    name(column)
                ),
            ),
            FaultKind::TooLong => ("54000", format!("row {row} of the COPY data: {kind}")),
            _ => ("22P04", format!("row {row} of the COPY data: {kind}")),
        };
        Refusal {
            detail: "Nothing of it was stored.".into(),
            ..Refusal::new(code, &message, "")
        }
    }
}

/// The COPY data that the client sends.
#[derive(Default)]
pub(crate) struct Fills {
    pub(crate) filling: Filling,
    /// How much of a message is yet to come, of which the header is gone.
    left: usize,
    /// Whether a request may wait whose data is to be turned back.
    pub(crate) asked: bool,
}

/// What becomes of the data that comes now.
#[derive(Default)]
pub(crate) enum Filling {
    /// It goes on as it is; the server drops what it does not expect.
    #[default]
    AsItIs,
    /// Its values are turned back.
    Turned(Box<Filler>),
    /// It is dropped until the server has answered that it stores nothing.
    Failed {
        refusal: Refusal,
        /// Whether the client has come to its end.
        ended: bool,
    },
}

/// Where data goes that the client sends.
enum Route {
    Pass,
    /// The server has yet to say whether, and for which statement, it wants it.
    Wait,
    Take,
}

/// The data of one COPY.
pub(crate) struct Filler {
    fill: Arc<Fill>,
    reader: CopyReader,
    fits: bool,
}

impl Filler {
    /// Appends the message for one payload, or with none for what is left at the end of the data.
    fn take(&mut self, payload: Option<&[u8]>, out: &mut Vec<u8>) -> Result<(), Refusal> {
        if !self.fits {
            return Err(Refusal::new(
                "55000",
                "the table has changed since the COPY was decided",
                "Try it again.",
            ));
        }
        let start = out.len();
        out.extend_from_slice(&[b'd', 0, 0, 0, 0]);
        let fill = &self.fill;
        let turn = &mut |column, format, value: &[u8]| fill.turn(column, format, value);
        match payload {
            Some(payload) => self.reader.payload(&fill.options, payload, out, turn),
            None => self.reader.finish(&fill.options, out, turn),
        }
        .map_err(|fault| fill.refusal(fault))?;
        let length = i32::try_from(out.len() - start - 1)
            .map_err(|_| Refusal::new("54000", "the COPY data is too long", ""))?;
        if out.len() == start + HEADER {
            out.truncate(start);
        } else {
            out[start + 1..start + HEADER].copy_from_slice(&length.to_be_bytes());
        }
        Ok(())
    }
}

impl Relay {
    /// Lets what follows wait for the answers to what goes before it.
    pub(crate) fn wait(&mut self, at: usize, forward: &mut Forward<'_>) {
        // The server answers a pipeline only when asked to.
        write_message(forward.up_to(at), b'H', |_| {});
        self.client_need = Some(ClientNeed::Barrier);
    }

    /// What the server's wish for data means.
    pub(crate) fn new_filling(&self, response: &[u8]) -> Filling {
        let (decision, index) = match self.pending.front() {
            Some(Pending::Query {
                decision, index, ..
            }) => (decision, *index),
            Some(Pending::Execute { portal, .. }) => (&portal.statement.decision, 0),
            _ => return Filling::AsItIs,
        };
        match decision.fills.get(&index) {
            None => Filling::AsItIs,
            Some(fill) => Filling::Turned(Box::new(Filler {
                reader: CopyReader::new(&fill.options, self.limits.row_bytes),
                fits: fill.fits(response),
                fill: Arc::clone(fill),
            })),
        }
    }

    /// Takes what is at `at` if it is data that is turned back, and returns what it took up to:
    /// nothing where it has to wait. None where something else is there.
    pub(crate) fn filled(
        &mut self,
        input: &[u8],
        at: usize,
        forward: &mut Forward<'_>,
    ) -> Option<usize> {
        if self.fills.left > 0 {
            let end = at + self.fills.left.min(input.len() - at);
            self.fills.left -= end - at;
            self.fill(Some(&input[at..end]), at, forward);
            forward.skip_to(end);
            return Some(end);
        }
        let (Frame::Whole { kind: b'd', total } | Frame::Partial { kind: b'd', total }) =
            frame(input, at)
        else {
            return None;
        };
        match self.data_route() {
            Route::Pass => None,
            Route::Wait => {
                self.wait(at, forward);
                Some(at)
            }
            Route::Take => {
                forward.up_to(at);
                let end = at + HEADER;
                forward.skip_to(end);
                self.fills.left = total - HEADER;
                Some(end)
            }
        }
    }

    /// Where data goes that comes now.
    fn data_route(&mut self) -> Route {
        self.fills.asked &= !self.pending.is_empty();
        match self.fills.filling {
            Filling::Turned(_) | Filling::Failed { ended: false, .. } => Route::Take,
            Filling::AsItIs if self.copy_in || !self.fills.asked => Route::Pass,
            Filling::AsItIs | Filling::Failed { .. } => Route::Wait,
        }
    }

    /// Takes a part of the payload of a message, or with none the end of the data.
    fn fill(&mut self, payload: Option<&[u8]>, at: usize, forward: &mut Forward<'_>) {
        let out = forward.up_to(at);
        let Filling::Turned(filler) = &mut self.fills.filling else {
            // The COPY is over, or about to be.
            return;
        };
        let start = out.len();
        if let Err(refusal) = filler.take(payload, out) {
            out.truncate(start);
            write_message(out, b'f', |out| {
                out.extend_from_slice(b"refused by the gateway\0");
            });
            self.fills.filling = Filling::Failed {
                refusal,
                ended: false,
            };
            self.copy_in = false;
        }
    }

    /// The client ends its data, or gives up (`f`).
    pub(crate) fn data_ends(&mut self, kind: u8, at: usize, forward: &mut Forward<'_>) -> Step {
        if kind == b'c' {
            self.fill(None, at, forward);
        }
        if let Filling::Failed { ended, .. } = &mut self.fills.filling {
            if !*ended {
                *ended = true;
                // The server has been told.
                forward.up_to(at);
                return Step::Replace;
            }
        }
        if self.copy_in {
            self.copy_in_over();
        } else if !self.pending.is_empty() {
            self.pending.push_back(Pending::CopyEnd);
        }
        Step::Keep
    }

    pub(crate) fn copy_in_over(&mut self) {
        self.copy_in = false;
        self.fills.filling = Filling::AsItIs;
    }

    /// Why the gateway ended the COPY, if that is what the server's error is about.
    ///
    /// The server's errors are asked about twice where the deciding side looks at them in between.
    pub(crate) fn ended_copy(&self, error: &[u8]) -> Option<Refusal> {
        match &self.fills.filling {
            Filling::Failed { refusal, .. } if error_code(error) == Some(CANCELLED) => {
                Some(refusal.clone())
            }
            _ => None,
        }
    }
}
