//! Status of an answer.

use std::fmt;

/// Status codes of management answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// 200
    Ok,
    /// 201
    Created,
    /// 204
    NoContent,
    /// 400
    BadRequest,
    /// 403
    Forbidden,
    /// 404
    NotFound,
    /// 500
    InternalServerError,
    /// 501
    NotImplemented,
}

impl Status {
    /// The number on the wire.
    pub const fn code(self) -> i32 {
        match self {
            Status::Ok => 200,
            Status::Created => 201,
            Status::NoContent => 204,
            Status::BadRequest => 400,
            Status::Forbidden => 403,
            Status::NotFound => 404,
            Status::InternalServerError => 500,
            Status::NotImplemented => 501,
        }
    }

    /// What the number means; the description of an answer that has no better one.
    pub const fn phrase(self) -> &'static str {
        match self {
            Status::Ok => "OK",
            Status::Created => "Created",
            Status::NoContent => "No Content",
            Status::BadRequest => "Bad Request",
            Status::Forbidden => "Forbidden",
            Status::NotFound => "Not Found",
            Status::InternalServerError => "Internal Server Error",
            Status::NotImplemented => "Not Implemented",
        }
    }
}

/// Why a request is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Whose fault it is.
    pub status: Status,
    /// A sentence without full stop, for the person who asked.
    pub description: String,
}

impl Refusal {
    /// The request is wrong.
    pub fn bad_request(description: impl Into<String>) -> Self {
        Refusal { status: Status::BadRequest, description: description.into() }
    }

    /// The request is not allowed to this client, or to any.
    pub fn forbidden(description: impl Into<String>) -> Self {
        Refusal { status: Status::Forbidden, description: description.into() }
    }

    /// There is no such entity.
    pub fn not_found(description: impl Into<String>) -> Self {
        Refusal { status: Status::NotFound, description: description.into() }
    }

    /// The router has failed.
    pub fn internal(description: impl Into<String>) -> Self {
        Refusal { status: Status::InternalServerError, description: description.into() }
    }

    /// There is no such operation here.
    pub fn not_implemented(description: impl Into<String>) -> Self {
        Refusal { status: Status::NotImplemented, description: description.into() }
    }
}

impl From<Status> for Refusal {
    fn from(status: Status) -> Self {
        Refusal { status, description: status.phrase().to_owned() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.description)
    }
}

impl std::error::Error for Refusal {}
