//! Encoded values as trees in which nothing of the encoding is lost but the width of sizes.

use std::fmt;

use crossdock_amqp::codec::Cursor;
use crossdock_amqp::codec::walk::Budget;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tree {
    /// Constructor and octets.
    Scalar(Vec<u8>),
    /// The one constructor that says all.
    EmptyList,
    List(Vec<Tree>),
    /// Keys are strings or symbols.
    Map(Vec<(String, Tree)>),
    Described(u64, Box<Tree>),
}

const BUDGET: Budget = Budget { depth: 16, elements: 1 << 24 };

impl Tree {
    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Tree {
        match cursor.peek().expect("a value") {
            0x00 => {
                let code = cursor.descriptor().expect("a descriptor").code().expect("a known one");
                Tree::Described(code, Box::new(Tree::read(cursor)))
            }
            0x45 => {
                cursor.skip(&mut { BUDGET }).expect("an empty list");
                Tree::EmptyList
            }
            0xc0 | 0xd0 => {
                let mut list = cursor.list().expect("a list").expect("not null");
                Tree::List((0..list.count).map(|_| Tree::read(&mut list.elements)).collect())
            }
            0xc1 | 0xd1 => {
                let mut map = cursor.map().expect("a map").expect("not null");
                let mut entry = |_| {
                    let key = Tree::read(&mut map.elements).text().expect("a text as key").to_owned();
                    (key, Tree::read(&mut map.elements))
                };
                Tree::Map((0..map.count / 2).map(&mut entry).collect())
            }
            _ => Tree::Scalar(cursor.skip(&mut { BUDGET }).expect("a value").to_vec()),
        }
    }

    /// The sections of a message.
    pub(crate) fn sections(message: &[u8]) -> Vec<(u64, Tree)> {
        let mut cursor = Cursor::new(message);
        let mut sections = Vec::new();
        while !cursor.is_empty() {
            let Tree::Described(code, section) = Tree::read(&mut cursor) else { panic!("a section is described") };
            sections.push((code, *section));
        }
        sections
    }

    /// The section of this code, and what is before and behind it.
    #[allow(dead_code, reason = "not every test that has this file changes messages")]
    pub(crate) fn split(message: &[u8], section: u64) -> (Tree, (&[u8], &[u8])) {
        let mut cursor = Cursor::new(message);
        loop {
            assert!(!cursor.is_empty(), "section {section:#x}");
            let start = cursor.offset();
            if let Tree::Described(code, tree) = Tree::read(&mut cursor)
                && code == section
            {
                return (*tree, (&message[..start], &message[cursor.offset()..]));
            }
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        let Tree::Scalar(bytes) = self else { return None };
        let content = match bytes.first()? {
            0xa1 | 0xa3 => bytes.get(2..)?,
            0xb1 | 0xb3 => bytes.get(5..)?,
            _ => return None,
        };
        std::str::from_utf8(content).ok()
    }

    pub(crate) fn number(&self) -> Option<i64> {
        let Tree::Scalar(bytes) = self else { return None };
        let (constructor, content) = bytes.split_first()?;
        let wide = content.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        match constructor {
            0x43 | 0x44 => Some(0),
            0x52 | 0x53 | 0x70 | 0x80 => i64::try_from(wide).ok(),
            0x54 | 0x55 => Some(i64::from(wide as u8 as i8)),
            0x71 => Some(i64::from(wide as u32 as i32)),
            0x81 => Some(wide as i64),
            _ => None,
        }
    }

    pub(crate) fn boolean(&self) -> Option<bool> {
        match self {
            Tree::Scalar(bytes) if bytes == &[0x41] => Some(true),
            Tree::Scalar(bytes) if bytes == &[0x42] => Some(false),
            _ => None,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Tree::Scalar(bytes) if bytes == &[0x40])
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Tree> {
        self.entries().iter().find(|(candidate, _)| candidate == key).map(|(_, value)| value)
    }

    pub(crate) fn entries(&self) -> &[(String, Tree)] {
        if let Tree::Map(entries) = self { entries } else { &[] }
    }

    pub(crate) fn elements(&self) -> &[Tree] {
        if let Tree::List(elements) = self { elements } else { &[] }
    }

    #[allow(dead_code, reason = "not every test that has this file needs them")]
    pub(crate) fn texts_owned(&self) -> Vec<String> {
        self.elements().iter().filter_map(Tree::text).map(str::to_owned).collect()
    }

    pub(crate) fn texts(&self) -> Vec<&str> {
        self.elements().iter().map(|element| element.text().expect("a text")).collect()
    }
}

/// The type with its encoding, and the value.
impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Tree::Scalar(bytes) => match (self.text(), self.number(), bytes.first()) {
                (Some(text), ..) => write!(f, "{text:?}"),
                (None, Some(number), Some(constructor)) => write!(f, "{constructor:#x}:{number}"),
                _ => write!(f, "{bytes:02x?}"),
            },
            Tree::EmptyList => f.write_str("[]0"),
            Tree::List(elements) => {
                f.write_str("[")?;
                elements.iter().try_for_each(|element| write!(f, "{element}, "))?;
                f.write_str("]")
            }
            Tree::Map(entries) => {
                f.write_str("{")?;
                entries.iter().try_for_each(|(key, value)| write!(f, "{key}: {value}, "))?;
                f.write_str("}")
            }
            Tree::Described(code, value) => write!(f, "@{code:#x} {value}"),
        }
    }
}
