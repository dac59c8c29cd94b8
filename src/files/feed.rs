//! Who reads what next: threads pull batches of the inputs.
//!
//! An input is read by one thread at a time and given back after each batch; a thread that finds none opens
//! the next. So one large file keeps all threads busy, and many small ones are inflated side by side.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::batch::{Batch, Buffer, Reader};
use super::open::open;
use super::{Input, Meter, Unreadable};

/// How many inputs may be open at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    /// As many as there are threads.
    Together,
    /// One, so that batches come in input order.
    InOrder,
}

pub(super) struct Feed<'m> {
    inputs: &'m [Input],
    meter: &'m Meter,
    opening: Opening,
    queue: Mutex<Queue<'m>>,
    changed: Condvar,
}

struct Queue<'m> {
    waiting: VecDeque<u32>,
    idle: Vec<Reader<'m>>,
    /// Threads that hold an input.
    reading: usize,
    next_ticket: u64,
    unreadable: Vec<Unreadable>,
}

enum Turn<'m> {
    Go(Reader<'m>),
    Open(u32),
    Done,
}

impl<'m> Feed<'m> {
    pub(super) fn new(inputs: &'m [Input], meter: &'m Meter, opening: Opening) -> Self {
        let waiting = (0..).take(inputs.len()).collect();
        let queue = Queue { waiting, idle: Vec::new(), reading: 0, next_ticket: 0, unreadable: Vec::new() };
        Self { inputs, meter, opening, queue: Mutex::new(queue), changed: Condvar::new() }
    }

    /// The next batch, with a number that counts all batches in the order they were read; `None` after the
    /// last.
    pub(super) fn next<'b>(&self, buffer: &'b mut Buffer) -> Option<(u64, Batch<'b>)> {
        loop {
            let mut reader = match self.turn() {
                Turn::Done => return None,
                Turn::Go(reader) => reader,
                Turn::Open(input) => match self.open(input) {
                    Some(reader) => reader,
                    None => continue,
                },
            };
            let held = Held { feed: self };
            let batch = reader.next(buffer);
            return Some((held.give_back(reader), batch));
        }
    }

    /// What could not be opened or read, once all is done.
    pub(super) fn unreadable(self) -> Vec<Unreadable> {
        self.queue.into_inner().unwrap_or_else(PoisonError::into_inner).unreadable
    }

    fn turn(&self) -> Turn<'m> {
        let mut queue = self.lock();
        loop {
            let may_open = self.opening == Opening::Together || queue.reading == 0;
            if let Some(reader) = queue.idle.pop() {
                queue.reading += 1;
                return Turn::Go(reader);
            }
            if may_open && let Some(input) = queue.waiting.pop_front() {
                queue.reading += 1;
                return Turn::Open(input);
            }
            if queue.reading == 0 {
                return Turn::Done;
            }
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn open(&self, number: u32) -> Option<Reader<'m>> {
        let held = Held { feed: self };
        let input = self.inputs.get(number as usize)?;
        match open(input, self.meter) {
            Ok(bytes) => {
                std::mem::forget(held);
                Some(Reader::new(number, bytes))
            }
            Err(error) => {
                self.lock().unreadable.push(unreadable(input, &error));
                None
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue<'m>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An input taken out of the queue. However it ends, the others learn of it.
struct Held<'f, 'm> {
    feed: &'f Feed<'m>,
}

impl<'m> Held<'_, 'm> {
    fn give_back(self, mut reader: Reader<'m>) -> u64 {
        let mut queue = self.feed.lock();
        if let (Some(error), Some(input)) = (reader.failure(), self.feed.inputs.get(reader.input() as usize))
        {
            queue.unreadable.push(unreadable(input, &error));
        }
        if !reader.ended() {
            queue.idle.push(reader);
        }
        queue.next_ticket += 1;
        queue.next_ticket - 1
    }
}

impl Drop for Held<'_, '_> {
    fn drop(&mut self) {
        self.feed.lock().reading -= 1;
        self.feed.changed.notify_all();
    }
}

fn unreadable(input: &Input, error: &std::io::Error) -> Unreadable {
    Unreadable { path: input.name.clone(), why: error.to_string() }
}
