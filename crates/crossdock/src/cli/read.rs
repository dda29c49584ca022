//! Reading a configuration file.

use std::fmt;
use std::path::Path;

use crossdock_schema::{Configuration, SchemaError, Warning, parse};

/// Why there is no configuration.
#[derive(Debug)]
pub(super) enum ReadError {
    /// The file cannot be read.
    Unreadable { file: String, problem: String },
    /// The file has no bytes at all.
    Empty { file: String },
    /// The text is no configuration; at least one error.
    Invalid(Vec<SchemaError>),
}

impl ReadError {
    /// One line about all of it.
    pub(super) fn summary(&self, path: &Path) -> String {
        match self {
            ReadError::Unreadable { .. } | ReadError::Empty { .. } => format!("{} is no configuration", path.display()),
            ReadError::Invalid(errors) if errors.len() == 1 => format!("1 error in {}", path.display()),
            ReadError::Invalid(errors) => format!("{} errors in {}", errors.len(), path.display()),
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::Unreadable { file, problem } => write!(f, "{file}: {problem}"),
            ReadError::Empty { file } => write!(f, "{file}: Configuration file was empty"),
            ReadError::Invalid(errors) => {
                for (position, error) in errors.iter().enumerate() {
                    if position > 0 {
                        f.write_str("\n")?;
                    }
                    error.fmt(f)?;
                }
                Ok(())
            }
        }
    }
}

/// Reads and checks the file.
pub(super) fn read(path: &Path) -> Result<(Configuration, Vec<Warning>), ReadError> {
    let file = path.display().to_string();
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => return Err(ReadError::Unreadable { file, problem: error.to_string() }),
    };
    if bytes.is_empty() {
        return Err(ReadError::Empty { file });
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let valid = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
            let line = 1 + valid.iter().filter(|byte| **byte == b'\n').count();
            return Err(ReadError::Unreadable { file, problem: format!("line {line} is not UTF-8") });
        }
    };
    parse(&file, &text).map_err(ReadError::Invalid)
}
