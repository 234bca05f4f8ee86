//! Two copies of one vault that parted are put together again. A folder that machines keep in step knows no locks: of two
//! who write at once, the later file takes the other's place, and a conflict copy may lie beside it or not.

use std::path::{Path, PathBuf};

use crate::base::{Error, Kind, Result};
use crate::vault::disk;

use super::contents::Contents;
use super::document::Document;
use super::seen::Seen;
use super::{Opened, Team};

/// How two copies went together.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    pub file: String,
    /// How many secrets there are now
    pub secrets: usize,
    /// The secrets that were changed in both; of each the later one was kept
    pub both: Vec<String>,
}

impl Team {
    /// Puts the vault's file together with another copy of it, by default the one that this person kept of what they saw
    /// last. Nothing that only one of them has is lost; of a secret that was changed in both, the later one stays.
    ///
    /// `Kind::Conflict` when members or data key were changed in both, or when even both together lack what was seen here
    /// last. `Kind::NotFound` without another copy.
    pub fn merge(&self, other: Option<&Path>) -> Result<Merged> {
        let turn = self.turn()?;
        let Some((bytes, document, state)) = self.load()? else { return Err(self.absent()?) };
        let seen = self.seen()?.ok_or_else(|| self.not_joined())?;
        let here = self.unseal(bytes, document, state)?;
        let there = self.other(other, &here)?;
        let (mut merged, both) = together(&here, &there)?;
        if seen.check(&merged.state, &merged.document).is_err() {
            return Err(Error::new(Kind::Conflict, "even both files together lack what was seen here last").hint(
                "put them together with one more copy: `appctl vault merge FILE`, or take the file as it is with `appctl \
                 vault join VAULT --as-it-is`",
            ));
        }
        let Opened { document, state, key, contents, .. } = &mut merged;
        if document.writes != here.document.writes {
            document.close(&self.user, state, key, contents);
            self.put(document)?;
        }
        self.keep_seen(&turn, Seen::of(state, document))?;
        Ok(Merged { file: self.path.display().to_string(), secrets: contents.secrets.len(), both })
    }

    fn other(&self, file: Option<&Path>, here: &Opened) -> Result<Opened> {
        let own = self.copy();
        let path = file.or(own.as_deref()).ok_or_else(no_copy)?;
        let Some(bytes) = disk::read(path)? else {
            return Err(if file.is_none() {
                no_copy()
            } else {
                Error::not_found(format!("there is no `{}`", path.display())).hint("see `ls` in the vault's folder")
            });
        };
        let (document, state) = Document::parse(&bytes).map_err(|trouble| trouble.into_error(path))?;
        if state.id() != here.state.id() {
            return Err(Error::new(Kind::Conflict, format!("`{}` is another team vault", path.display()))
                .hint("see what this one is called with `appctl vault status`"));
        }
        self.unseal(bytes, document, state)
    }

    /// Other files beside the vault's that are copies of it, as programs leave them that keep folders in step.
    pub(super) fn copies_beside(&self) -> Vec<PathBuf> {
        let Ok(Some((_, _, state))) = self.load() else { return Vec::new() };
        let stem = self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let entries =
            self.path.parent().and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten();
        let mut copies: Vec<PathBuf> = entries
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(&stem))
            .map(|entry| entry.path())
            .filter(|path| *path != self.path && path.extension() != Some("lock".as_ref()))
            .filter(|path| {
                let read = disk::read(path).ok().flatten();
                let other = read.and_then(|bytes| Document::parse(&bytes).ok());
                other.is_some_and(|(_, other)| other.id() == state.id())
            })
            .collect();
        copies.sort();
        copies
    }
}

/// What two files of one vault are together, not yet closed.
fn together(here: &Opened, there: &Opened) -> Result<(Opened, Vec<String>)> {
    let longer = if there.state.digests.len() > here.state.digests.len() { there } else { here };
    let shorter = if std::ptr::eq(longer, here) { there } else { here };
    if !longer.state.digests.starts_with(&shorter.state.digests) {
        return Err(Error::new(Kind::Conflict, "members or data key were changed in both files").hint(
            "agree on one of them and put it there; whoever had the other one takes it with `appctl vault join VAULT \
             --as-it-is`, and makes their change again",
        ));
    }
    let side = |opened: &Opened| (opened.contents.clone(), opened.document.writes.clone());
    let (one, other) = (side(here), side(there));
    let (contents, both) = Contents::merged((&one.0, &one.1), (&other.0, &other.1));
    let mut document = longer.document.clone();
    document.revision = here.document.revision.max(there.document.revision);
    for (by, write) in shorter.document.writes.iter() {
        let known = document.writes.entry(by.clone()).or_default();
        *known = (*known).max(*write);
    }
    let (state, identity, key) = (longer.state.clone(), longer.identity.clone(), longer.key.clone());
    Ok((Opened { bytes: Vec::new(), document, state, identity, key, contents }, both))
}

fn no_copy() -> Error {
    Error::not_found("there is no other copy of the team vault here")
        .hint("give the file that lies beside it: `appctl vault merge FILE`")
}
