//! The rows that cannot be imported: the first are shown, all are written into a file where one is wanted.

use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::base::{Cell, Doing, Error, FieldType, Kind, Result};
use crate::cli::ui::{Column, separated};
use crate::records::import::Bad;

/// How many are shown.
const SHOWN: usize = 20;

pub struct Errors {
    pub first: Vec<Bad>,
    pub count: u64,
    file: Option<Report>,
    pub written: Option<PathBuf>,
}

struct Report {
    to: std::io::BufWriter<NamedTempFile>,
    path: PathBuf,
    over: bool,
}

impl Errors {
    /// `over`: a file of that name may be replaced. `Kind::Conflict` when it may not and is there.
    pub fn open(path: Option<&Path>, over: bool) -> Result<Self> {
        let file = path.map(|path| Report::begin(path, over)).transpose()?;
        Ok(Errors { first: Vec::new(), count: 0, file, written: None })
    }

    pub fn add(&mut self, bad: &Bad) -> Result<()> {
        self.count += 1;
        if self.first.len() < SHOWN {
            self.first.push(bad.clone());
        }
        match &mut self.file {
            Some(file) => file.add(bad),
            None => Ok(()),
        }
    }

    /// Puts the file into its place, when there is anything to say.
    pub fn close(&mut self) -> Result<()> {
        match self.file.take() {
            Some(file) if self.count > 0 => {
                self.written = Some(file.finish()?);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    pub fn is_written(&self) -> bool {
        self.written.is_some()
    }
}

impl Report {
    fn begin(path: &Path, over: bool) -> Result<Self> {
        if !over && path.exists() {
            return Err(Error::new(Kind::Conflict, format!("`{}` is there already", path.display()))
                .hint("add `--yes` to write over it, or choose another name for `--report`"));
        }
        let folder = folder_of(path)?;
        let file = NamedTempFile::new_in(folder).doing(|| format!("writing `{}`", path.display()))?; // 0600
        let mut report = Report { to: std::io::BufWriter::new(file), path: path.to_owned(), over };
        let mut text = String::new();
        separated::header(&columns(), false, &mut text);
        report.write(&text)?;
        Ok(report)
    }

    fn add(&mut self, bad: &Bad) -> Result<()> {
        let column = bad.column.as_deref().map_or(Cell::Null, Cell::Text);
        let place = Cell::Integer(i64::try_from(bad.place).unwrap_or(i64::MAX));
        let mut text = String::new();
        separated::row(&columns(), [place, column, Cell::Text(&bad.value), Cell::Text(&bad.reason)], true, &mut text);
        self.write(&text)
    }

    fn write(&mut self, text: &str) -> Result<()> {
        self.to.write_all(text.as_bytes()).doing(|| format!("writing `{}`", self.path.display()))
    }

    fn finish(self) -> Result<PathBuf> {
        let doing = || format!("writing `{}`", self.path.display());
        let file = self.to.into_inner().map_err(std::io::IntoInnerError::into_error).doing(doing)?;
        let placed = if self.over { file.persist(&self.path) } else { file.persist_noclobber(&self.path) };
        placed.map_err(|error| error.error).doing(doing)?;
        Ok(self.path)
    }
}

/// The folder that a file will be in. `Kind::NotFound` when it is not there.
pub fn folder_of(path: &Path) -> Result<&Path> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if folder.is_dir() {
        return Ok(folder);
    }
    Err(Error::not_found(format!("`{}` cannot be written: there is no folder `{}`", path.display(), folder.display())))
}

fn columns() -> [Column; 4] {
    [Column::count("row"), Column::text("column"), Column::text("value"), Column::new("reason", FieldType::Text)]
}
