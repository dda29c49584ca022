//! Log levels and the expressions that choose them: `info+`, `debug, error`, `none`.

use std::fmt;

use crate::entity::tagged_enum;

tagged_enum! {
    /// How much a log line matters, lowest first.
    pub enum Level {
        Trace = "trace",
        Debug = "debug",
        Info = "info",
        Notice = "notice",
        Warning = "warning",
        Error = "error",
        Critical = "critical",
    }
}

impl Level {
    /// All levels, lowest first.
    pub const ALL: [Level; 7] =
        [Level::Trace, Level::Debug, Level::Info, Level::Notice, Level::Warning, Level::Error, Level::Critical];

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LevelSet(u8);

impl LevelSet {
    /// No level.
    pub const NONE: LevelSet = LevelSet(0);

    /// This level and all above it.
    pub const fn and_above(level: Level) -> LevelSet {
        LevelSet(0x7f & !(level.bit() - 1))
    }

    /// The set as bits, lowest level in the lowest bit.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The set of these bits; bits of no level are dropped.
    pub const fn from_bits(bits: u8) -> LevelSet {
        LevelSet(bits & 0x7f)
    }

    /// Whether lines of this level are wanted.
    pub const fn contains(self, level: Level) -> bool {
        self.0 & level.bit() != 0
    }

    /// The lowest level in the set.
    pub fn lowest(self) -> Option<Level> {
        Level::ALL.into_iter().find(|level| self.contains(*level))
    }

    /// Reads an expression: tokens separated by `,`, `;`, `:` or blanks, each the name of a level or the beginning of
    /// one in letters of any case, perhaps with `+` for "and above". `none` is no level. The result is `None` if
    /// `default` occurs: the levels of module DEFAULT are meant.
    ///
    /// # Errors
    ///
    /// The first token that names no level.
    pub fn parse(expression: &str) -> Result<Option<LevelSet>, LevelError> {
        let mut bits = 0;
        let mut inherit = false;
        let tokens = expression.split(|letter: char| matches!(letter, ',' | ';' | ':') || letter.is_whitespace());
        for token in tokens.filter(|token| !token.is_empty()) {
            let (name, above) = token.strip_suffix('+').map_or((token, false), |name| (name, true));
            let unknown = || LevelError { token: token.to_owned() };
            let begins = |full: &str| full.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
            if name.is_empty() {
                return Err(unknown());
            } else if begins("default") {
                inherit = true;
            } else if !begins("none") {
                let level = Level::ALL.into_iter().find(|level| begins(level.as_str())).ok_or_else(unknown)?;
                bits |= if above { LevelSet::and_above(level).0 } else { level.bit() };
            }
        }
        Ok((!inherit).then_some(LevelSet(bits)))
    }
}

/// Text that names no log level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelError {
    /// The text.
    pub token: String,
}

impl std::error::Error for LevelError {}

impl fmt::Display for LevelError {
    /// The text qdrouterd has for it; scripts know it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is not a valid log level. Should be one of {{none", crate::json::shorten(&self.token))?;
        for level in Level::TAGS {
            write!(f, ", {level}")?;
        }
        f.write_str("}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(expression: &str) -> Option<String> {
        let set = LevelSet::parse(expression).unwrap()?;
        let tags: Vec<_> = Level::ALL.into_iter().filter(|level| set.contains(*level)).map(Level::as_str).collect();
        Some(tags.join(" "))
    }

    #[test]
    fn an_expression_is_the_union_of_its_tokens() {
        for (expression, meaning) in [
            ("info+", "info notice warning error critical"),
            ("trace+", "trace debug info notice warning error critical"),
            ("critical+", "critical"),
            ("debug;error", "debug error"),
            ("debug, error:critical notice", "debug notice error critical"),
            ("none", ""),
            ("none+", ""),
            ("", ""),
            ("none info", "info"),
        ] {
            assert_eq!(levels(expression).as_deref(), Some(meaning), "{expression}");
        }
    }

    #[test]
    fn beginnings_of_names_in_any_case_are_names() {
        for (expression, meaning) in [
            ("I", "info"),
            ("war", "warning"),
            ("NOT", "notice"),
            ("deb", "debug"),
            ("n", ""),
            ("No", ""),
            ("t", "trace"),
        ] {
            assert_eq!(levels(expression).as_deref(), Some(meaning), "{expression}");
        }
        for inherit in ["default", "d", "De", "info default"] {
            assert_eq!(levels(inherit), None, "{inherit}");
        }
    }

    #[test]
    fn unknown_levels_are_refused_in_the_known_words() {
        assert_eq!(
            LevelSet::parse("info bogus+").unwrap_err().to_string(),
            "'bogus+' is not a valid log level. Should be one of \
             {none, trace, debug, info, notice, warning, error, critical}."
        );
        assert!(LevelSet::parse("+").is_err());
        assert!(LevelSet::parse("informal").is_err());
    }

    #[test]
    fn the_lowest_level_of_a_set_is_known() {
        assert_eq!(LevelSet::and_above(Level::Notice).lowest(), Some(Level::Notice));
        assert_eq!(LevelSet::NONE.lowest(), None);
    }
}
