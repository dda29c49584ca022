//! A JSON reader that knows the line of everything it reads, so that errors can name it, and that can stop behind a
//! value in the middle of a text, as map-valued attributes of the line-oriented form need.

use std::collections::BTreeMap;

use crate::value::Value;

/// Nesting deeper than this is refused; a configuration needs four levels.
const MAX_DEPTH: usize = 32;

/// A place in a text: everything before it has been read.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    rest: &'a str,
    line: u32,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Cursor { rest: text, line: 1 }
    }

    /// Number of the line the cursor is in, from 1.
    pub(crate) fn line(&self) -> u32 {
        self.line
    }

    pub(crate) fn rest(&self) -> &'a str {
        self.rest
    }

    /// Moves to the end of the line and over it; what was skipped, without the line end.
    pub(crate) fn take_line(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        match self.rest.split_once('\n') {
            Some((line, rest)) => {
                self.rest = rest;
                self.line = self.line.saturating_add(1);
                Some(line)
            }
            None => Some(std::mem::take(&mut self.rest)),
        }
    }

    /// Moves over `text`, which must stand here and be a part of the line.
    pub(crate) fn skip(&mut self, text: &str) {
        self.rest = self.rest.strip_prefix(text).unwrap_or(self.rest);
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let mut letters = self.rest.chars();
        let letter = letters.next()?;
        self.rest = letters.as_str();
        if letter == '\n' {
            self.line = self.line.saturating_add(1);
        }
        Some(letter)
    }
}

/// How far the reader departs from RFC 8259.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Lines that hold only a `#` comment are allowed.
    CommentLines,
    /// Comments may also follow a value, and a comma may stand before a closing brace or bracket.
    Tolerant,
}

/// A value with the line where it begins.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) line: u32,
    pub(crate) content: Content,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    Scalar(Value),
    List(Vec<Node>),
    /// Members in order; a key may stand more than once.
    Map(Vec<Member>),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Member {
    pub(crate) line: u32,
    pub(crate) key: String,
    pub(crate) value: Node,
}

impl Node {
    /// The value without its lines.
    pub(crate) fn into_value(self) -> Value {
        match self.content {
            Content::Scalar(value) => value,
            Content::List(items) => Value::List(items.into_iter().map(Node::into_value).collect()),
            Content::Map(members) => Value::Map(
                members.into_iter().map(|member| (member.key, member.value.into_value())).collect::<BTreeMap<_, _>>(),
            ),
        }
    }
}

/// The text is no JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JsonError {
    pub(crate) line: u32,
    pub(crate) problem: String,
}

/// Reads the whole text as one value.
pub(crate) fn parse_document(text: &str) -> Result<Node, JsonError> {
    let mut reader = Reader { cursor: Cursor::new(text), dialect: Dialect::CommentLines, line_is_blank: true };
    let node = reader.value(0)?;
    reader.skip_blank();
    match reader.cursor.peek() {
        None => Ok(node),
        Some(letter) => Err(reader.unexpected(Some(letter), "the end of the file")),
    }
}

/// Reads the value at the cursor and moves the cursor behind it. After an error the cursor has not moved.
pub(crate) fn parse_value<'a>(cursor: &mut Cursor<'a>, dialect: Dialect) -> Result<Node, JsonError> {
    let mut reader = Reader { cursor: cursor.clone(), dialect, line_is_blank: false };
    let node = reader.value(0)?;
    *cursor = reader.cursor;
    Ok(node)
}

/// Reads the quoted string at the beginning of `text`: its content and what follows.
pub(crate) fn parse_string(text: &str) -> Result<(String, &str), String> {
    let mut reader = Reader { cursor: Cursor::new(text), dialect: Dialect::CommentLines, line_is_blank: false };
    match reader.string() {
        Ok(content) => Ok((content, reader.cursor.rest)),
        Err(error) => Err(error.problem),
    }
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    dialect: Dialect,
    /// Only blanks stand before the cursor in its line.
    line_is_blank: bool,
}

impl Reader<'_> {
    fn error<T>(&self, problem: impl Into<String>) -> Result<T, JsonError> {
        Err(JsonError { line: self.cursor.line, problem: problem.into() })
    }

    fn unexpected(&self, found: Option<char>, expected: &str) -> JsonError {
        let found = match found {
            None => String::from("the end of the file"),
            Some(letter) if letter.is_control() => format!("'{}'", letter.escape_default()),
            Some(letter) => format!("'{letter}'"),
        };
        JsonError { line: self.cursor.line, problem: format!("expected {expected}, found {found}") }
    }

    fn skip_blank(&mut self) {
        while let Some(letter) = self.cursor.peek() {
            match letter {
                '\n' => self.line_is_blank = true,
                ' ' | '\t' | '\r' => {}
                '#' if self.line_is_blank || self.dialect == Dialect::Tolerant => {
                    self.cursor.take_line();
                    self.line_is_blank = true;
                    continue;
                }
                _ => return,
            }
            self.cursor.next();
        }
    }

    fn take(&mut self, letter: char) -> bool {
        let found = self.cursor.peek() == Some(letter);
        if found {
            self.cursor.next();
            self.line_is_blank = false;
        }
        found
    }

    fn value(&mut self, depth: usize) -> Result<Node, JsonError> {
        self.skip_blank();
        self.line_is_blank = false;
        let line = self.cursor.line;
        if depth > MAX_DEPTH {
            return self.error(format!("nested more than {MAX_DEPTH} levels deep"));
        }
        let content = match self.cursor.peek() {
            Some('{') => self.map(depth)?,
            Some('[') => self.list(depth)?,
            Some('"') => Content::Scalar(Value::Text(self.string()?)),
            Some(letter) if letter == '-' || letter.is_ascii_digit() => Content::Scalar(self.number()?),
            Some(letter) if letter.is_ascii_alphabetic() => Content::Scalar(self.word()?),
            other => return Err(self.unexpected(other, "a value")),
        };
        Ok(Node { line, content })
    }

    fn map(&mut self, depth: usize) -> Result<Content, JsonError> {
        let mut members = Vec::new();
        self.take('{');
        loop {
            self.skip_blank();
            let may_close = members.is_empty() || self.dialect == Dialect::Tolerant;
            if may_close && self.take('}') {
                return Ok(Content::Map(members));
            }
            let line = self.cursor.line;
            if self.cursor.peek() != Some('"') {
                return Err(self.unexpected(self.cursor.peek(), "a name in double quotes"));
            }
            let key = self.string()?;
            self.skip_blank();
            if !self.take(':') {
                return Err(self.unexpected(self.cursor.peek(), "':'"));
            }
            let value = self.value(depth + 1)?;
            members.push(Member { line, key, value });
            self.skip_blank();
            if self.take('}') {
                return Ok(Content::Map(members));
            }
            if !self.take(',') {
                return Err(self.unexpected(self.cursor.peek(), "',' or '}'"));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Content, JsonError> {
        let mut items = Vec::new();
        self.take('[');
        loop {
            self.skip_blank();
            let may_close = items.is_empty() || self.dialect == Dialect::Tolerant;
            if may_close && self.take(']') {
                return Ok(Content::List(items));
            }
            items.push(self.value(depth + 1)?);
            self.skip_blank();
            if self.take(']') {
                return Ok(Content::List(items));
            }
            if !self.take(',') {
                return Err(self.unexpected(self.cursor.peek(), "',' or ']'"));
            }
        }
    }

    fn word(&mut self) -> Result<Value, JsonError> {
        let end =
            self.cursor.rest.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(self.cursor.rest.len());
        let word = self.cursor.rest.get(..end).unwrap_or_default();
        let value = match word {
            "true" => Value::Boolean(true),
            "false" => Value::Boolean(false),
            "null" => Value::Null,
            _ => return self.error(format!("'{}' is no value; texts stand in double quotes", shorten(word))),
        };
        self.cursor.skip(word);
        Ok(value)
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let end = self
            .cursor
            .rest
            .find(|letter: char| !matches!(letter, '0'..='9' | '+' | '-' | '.' | 'e' | 'E'))
            .unwrap_or(self.cursor.rest.len());
        let text = self.cursor.rest.get(..end).unwrap_or_default();
        let digits = text.strip_prefix('-').unwrap_or(text);
        let leading_zero =
            digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|digit| digit.is_ascii_digit());
        let well_formed =
            digits.starts_with(|letter: char| letter.is_ascii_digit()) && !digits.ends_with('.') && !leading_zero;
        let value = match (text.parse::<i64>(), text.parse::<f64>()) {
            (Ok(number), _) if well_formed => Value::Integer(number),
            (_, Ok(number)) if well_formed && number.is_finite() => Value::Float(number),
            _ => return self.error(format!("'{}' is no number", shorten(text))),
        };
        self.cursor.skip(text);
        Ok(value)
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.take('"');
        let mut text = String::new();
        loop {
            match self.cursor.peek() {
                None | Some('\n') => return self.error("a text in double quotes is not closed"),
                Some('"') => {
                    self.take('"');
                    return Ok(text);
                }
                Some('\\') => {
                    self.cursor.next();
                    text.push(self.escape()?);
                }
                Some(letter) if letter.is_control() && letter != '\t' => {
                    return self.error(format!("control character '{}' in a text", letter.escape_default()));
                }
                Some(letter) => {
                    self.cursor.next();
                    text.push(letter);
                }
            }
        }
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Result<char, JsonError> {
        let letter = self.cursor.peek();
        let meaning = match letter {
            Some('"') => '"',
            Some('\\') => '\\',
            Some('/') => '/',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                self.cursor.next();
                return self.unicode_escape();
            }
            Some(other) if !other.is_control() => return self.error(format!("'\\{other}' is no escape")),
            Some(_) => return self.error("a backslash before a control character"),
            None => return self.error("a text in double quotes is not closed"),
        };
        self.cursor.next();
        Ok(meaning)
    }

    /// The four digits after `\u`, and the second half of a surrogate pair.
    fn unicode_escape(&mut self) -> Result<char, JsonError> {
        let first = self.four_digits()?;
        let code = if (0xd800..0xdc00).contains(&first) && self.cursor.rest.starts_with("\\u") {
            self.cursor.skip("\\u");
            let second = self.four_digits()?;
            if !(0xdc00..0xe000).contains(&second) {
                return self.error("half a surrogate pair in a text");
            }
            0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
        } else {
            first
        };
        char::from_u32(code).map_or_else(|| self.error("half a surrogate pair in a text"), Ok)
    }

    fn four_digits(&mut self) -> Result<u32, JsonError> {
        let digits = self.cursor.rest.get(..4).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let Some(code) = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()) else {
            return self.error("'\\u' needs four hexadecimal digits");
        };
        self.cursor.skip(digits.unwrap_or_default());
        Ok(code)
    }
}

/// The beginning of a text from outside, short enough for a message.
pub(crate) fn shorten(text: &str) -> String {
    const LIMIT: usize = 60;
    match text.char_indices().nth(LIMIT) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scalar(text: &str) -> Result<Value, String> {
        parse_document(text).map(Node::into_value).map_err(|error| error.problem)
    }

    #[test]
    fn scalars_are_read_as_json_has_them() {
        assert_eq!(scalar("12"), Ok(Value::Integer(12)));
        assert_eq!(scalar(" -7 "), Ok(Value::Integer(-7)));
        assert_eq!(scalar("1.5e3"), Ok(Value::Float(1500.0)));
        assert_eq!(scalar("0"), Ok(Value::Integer(0)));
        assert_eq!(scalar("true"), Ok(Value::Boolean(true)));
        assert_eq!(scalar("null"), Ok(Value::Null));
        assert_eq!(scalar(r#""a\tA\u00e9\ud83d\ude00\"""#), Ok(Value::Text("a\tAé😀\"".into())));
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in [
            "",
            "01",
            "1.",
            "-",
            "yes",
            "[1,]",
            "{\"a\":1,}",
            "{a:1}",
            "[1 2]",
            "\"a",
            "\"\\x\"",
            "\"\\ud800\"",
            "[1] 2",
            "1e999",
            "{\"a\" 1}",
        ] {
            assert!(scalar(text).is_err(), "{text}");
        }
    }

    #[test]
    fn nesting_is_limited() {
        assert!(scalar(&"[".repeat(100_000)).unwrap_err().contains("levels"));
    }

    #[test]
    fn lines_of_members_are_known() {
        let node = parse_document("{\n# comment\n \"a\": 1,\n\n \"b\":\n  [2]}\n").unwrap();
        let Content::Map(members) = node.content else { panic!("a map") };
        assert_eq!(members.iter().map(|m| (m.line, m.value.line)).collect::<Vec<_>>(), [(3, 3), (5, 6)]);
        assert_eq!(parse_document("[1,\n2\n x]").unwrap_err().line, 3);
    }

    #[test]
    fn only_whole_line_comments_are_allowed_in_the_json_form() {
        assert!(scalar("# one\n[1,\n  # two\n2]\n# three").is_ok());
        assert!(scalar("[1, # two\n2]").is_err());
    }

    #[test]
    fn the_tolerant_dialect_takes_comments_and_trailing_commas() {
        let mut cursor = Cursor::new("{\"a\": [1, 2,], # x\n}\nrest");
        let value = parse_value(&mut cursor, Dialect::Tolerant).unwrap().into_value();
        let Value::Map(map) = value else { panic!("a map") };
        assert_eq!(map["a"], Value::List(vec![Value::Integer(1), Value::Integer(2)]));
        assert_eq!((cursor.line(), cursor.rest()), (2, "\nrest"));
    }
}
