//! Reads binary values; every step is checked against the end.

/// A position in a value.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        if count > self.rest.len() {
            return None;
        }
        let (taken, rest) = self.rest.split_at(count);
        self.rest = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn i16(&mut self) -> Option<i16> {
        self.array().map(i16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn i32(&mut self) -> Option<i32> {
        self.array().map(i32::from_be_bytes)
    }

    pub(crate) fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_be_bytes)
    }

    #[allow(clippy::option_option)] // The end of the bytes, and NULL, are two things.
    /// A value after its length; the inner None is NULL, whose length is -1.
    pub(crate) fn framed(&mut self) -> Option<Option<&'a [u8]>> {
        match self.i32()? {
            -1 => Some(None),
            length => self.take(usize::try_from(length).ok()?).map(Some),
        }
    }

    /// The bytes before the next zero byte, which is consumed.
    pub(crate) fn until_zero(&mut self) -> Option<&'a [u8]> {
        let end = memchr::memchr(0, self.rest)?;
        let taken = self.take(end)?;
        self.take(1)?;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_read_past_the_end() {
        let mut reader = Reader::new(&[0, 0, 0, 9, 1]);
        assert_eq!(reader.framed(), None);
        assert_eq!(Reader::new(&[0, 0]).i32(), None);
        assert_eq!(Reader::new(b"ab").until_zero(), None);
    }

    #[test]
    fn frames_may_be_null_but_not_negative() {
        assert_eq!(Reader::new(&[0xff; 4]).framed(), Some(None));
        assert_eq!(Reader::new(&[0xff, 0xff, 0xff, 0xfe]).framed(), None);
        assert_eq!(Reader::new(&[0, 0, 0, 1, 7]).framed(), Some(Some(&[7][..])));
    }
}
