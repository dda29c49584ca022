//! What is wrong, or worth a remark, in a configuration file: always with file and line.

use std::fmt;

/// Something that keeps a configuration from being used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaError {
    /// Name of the file as given to [`crate::parse`].
    pub file: String,
    /// Line number from 1; 0 when the whole file is meant.
    pub line: u32,
    /// The section's name as written; empty outside of sections.
    pub entity: String,
    /// The attribute's name as written.
    pub attribute: Option<String>,
    /// A sentence without full stop.
    pub problem: String,
    /// It is well-formed, and refused only because this version does not do it.
    pub is_refusal: bool,
}

/// Something that is allowed and perhaps not meant. The same fields as [`SchemaError`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Name of the file as given to [`crate::parse`].
    pub file: String,
    /// Line number from 1; 0 when the whole file is meant.
    pub line: u32,
    /// The section's name as written; empty outside of sections.
    pub entity: String,
    /// The attribute's name as written.
    pub attribute: Option<String>,
    /// A sentence without full stop.
    pub problem: String,
}

impl std::error::Error for SchemaError {}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        locate(f, &self.file, self.line, &self.entity, &self.problem)
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        locate(f, &self.file, self.line, &self.entity, &self.problem)
    }
}

fn locate(f: &mut fmt::Formatter<'_>, file: &str, line: u32, entity: &str, problem: &str) -> fmt::Result {
    f.write_str(file)?;
    if line > 0 {
        write!(f, ":{line}")?;
    }
    if !entity.is_empty() {
        write!(f, ": {entity}")?;
    }
    write!(f, ": {problem}")
}

/// Collects everything there is to say about one file.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    file: &'a str,
    errors: Vec<SchemaError>,
    warnings: Vec<Warning>,
    /// Errors beyond [`Report::LIMIT`], counted only.
    unsaid: usize,
}

/// Where a remark belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) line: u32,
    pub(crate) entity: &'a str,
    pub(crate) attribute: Option<&'a str>,
}

impl<'a> Place<'a> {
    pub(crate) fn line(line: u32) -> Self {
        Place { line, entity: "", attribute: None }
    }

    pub(crate) fn section(line: u32, entity: &'a str) -> Self {
        Place { line, entity, attribute: None }
    }

    pub(crate) fn attribute(line: u32, entity: &'a str, attribute: &'a str) -> Self {
        Place { line, entity, attribute: Some(attribute) }
    }
}

impl<'a> Report<'a> {
    /// Errors and warnings kept each: a file that is no configuration at all would fill memory otherwise.
    const LIMIT: usize = 200;

    pub(crate) fn new(file: &'a str) -> Self {
        Report { file, errors: Vec::new(), warnings: Vec::new(), unsaid: 0 }
    }

    pub(crate) fn error(&mut self, place: Place<'_>, problem: impl Into<String>) {
        self.push(place, problem.into(), false);
    }

    /// As [`error`](Self::error), for what this version does not do.
    pub(crate) fn refuse(&mut self, place: Place<'_>, problem: impl Into<String>) {
        self.push(place, problem.into(), true);
    }

    fn push(&mut self, place: Place<'_>, problem: String, is_refusal: bool) {
        if self.errors.len() >= Self::LIMIT {
            self.unsaid += 1;
            return;
        }
        self.errors.push(SchemaError {
            file: self.file.to_owned(),
            line: place.line,
            entity: place.entity.to_owned(),
            attribute: place.attribute.map(str::to_owned),
            problem,
            is_refusal,
        });
    }

    pub(crate) fn warn(&mut self, place: Place<'_>, problem: impl Into<String>) {
        if self.warnings.len() >= Self::LIMIT {
            return;
        }
        self.warnings.push(Warning {
            file: self.file.to_owned(),
            line: place.line,
            entity: place.entity.to_owned(),
            attribute: place.attribute.map(str::to_owned),
            problem: problem.into(),
        });
    }

    /// The warnings, or the errors if there are any; both in the order of lines.
    pub(crate) fn finish(mut self) -> Result<Vec<Warning>, Vec<SchemaError>> {
        if self.errors.is_empty() {
            self.warnings.sort_by_key(|warning| warning.line);
            return Ok(self.warnings);
        }
        self.errors.sort_by_key(|error| error.line);
        if self.unsaid > 0 {
            self.errors.push(SchemaError {
                file: self.file.to_owned(),
                line: 0,
                entity: String::new(),
                attribute: None,
                problem: format!("{} more errors are not shown", self.unsaid),
                is_refusal: false,
            });
        }
        Err(self.errors)
    }
}
