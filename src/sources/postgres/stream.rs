//! A copy that is being read, page by page, and stays open between two pages.

use std::future::poll_fn;
use std::pin::Pin;

use futures_util::Stream as _;
use serde_json::Value as Json;
use tokio_postgres::CopyOutStream;

use super::cursor::Position;
use super::decode::Decoder;
use super::link::Link;
use super::plan::Plan;
use crate::base::{Result, Room, Rows};
use crate::sources::Rejected;

/// Most bytes of one page, about.
const PAGE_BYTES: usize = 2 << 20;

pub struct Open {
    pub object: String,
    /// Where it stands: the position that the last page gave, as JSON and as it was read
    pub position: Json,
    pub place: Position,
    pub plan: Plan,
    stream: Pin<Box<CopyOutStream>>,
    pub decoder: Decoder,
    width: usize,
    /// What the last page took
    room: Room,
}

/// What was read at once.
pub struct Batch {
    pub rows: Rows,
    pub rejected: Vec<Rejected>,
    pub end: bool,
}

impl Open {
    pub fn new(
        object: &str,
        stream: CopyOutStream,
        decoder: Decoder,
        width: usize,
        plan: Plan,
        place: Position,
    ) -> Self {
        let stream = Box::pin(stream);
        Open {
            object: object.to_owned(),
            position: Json::Null,
            place,
            plan,
            stream,
            decoder,
            width,
            room: Room::default(),
        }
    }

    /// Remembers where it stands now, and says it.
    pub fn stand(&mut self, place: Position) -> Json {
        self.position = serde_json::to_value(&place).expect("a position is JSON");
        self.place = place;
        self.position.clone()
    }

    /// Reads up to so many rows, fewer when they are big.
    pub async fn read(&mut self, link: &Link, most: usize) -> Result<Batch> {
        let mut batch = Batch { rows: Rows::with_room(self.width, self.room), rejected: Vec::new(), end: false };
        while batch.rows.len() < most && batch.rows.size() < PAGE_BYTES && batch.rejected.len() < most {
            match poll_fn(|context| self.stream.as_mut().poll_next(context)).await {
                Some(Ok(bytes)) => self.decoder.feed(bytes, &mut batch.rows, &mut batch.rejected)?,
                Some(Err(error)) => return Err(link.explain(&error)),
                None => {
                    self.decoder.finish()?;
                    batch.end = true;
                    break;
                }
            }
        }
        self.room = batch.rows.room();
        Ok(batch)
    }

    /// Lets the rest pass, so that the connection is free again and its snapshot stays.
    pub async fn drain(mut self) {
        while let Some(Ok(_)) = poll_fn(|context| self.stream.as_mut().poll_next(context)).await {}
    }
}
