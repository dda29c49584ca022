//! What stands between `${` and `}`: a variable, or whole numbers with `+ - * / %` and parentheses, and how many digits the
//! result shall have (`${n:03}`).

use std::collections::BTreeMap;

/// Nested parentheses and signs.
const MAX_DEPTH: u32 = 32;
/// Longest result of a substitution, in bytes.
const MAX_LENGTH: usize = 64 << 10;

/// Replaces all `${…}` of a text; `$$` is a dollar sign. The flag says that the whole text was one expression.
///
/// # Errors
///
/// A sentence without full stop.
pub(super) fn fill(text: &str, variables: &BTreeMap<String, String>) -> Result<(String, bool), String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut whole = false;
    while let Some((before, behind)) = rest.split_once('$') {
        out.push_str(before);
        if let Some(behind) = behind.strip_prefix('$') {
            out.push('$');
            rest = behind;
            continue;
        }
        let Some(behind) = behind.strip_prefix('{') else {
            out.push('$');
            rest = behind;
            continue;
        };
        let Some((expression, behind)) = behind.split_once('}') else {
            return Err(format!("'${{' without '}}' in '{text}'"));
        };
        whole = out.is_empty() && behind.is_empty();
        out.push_str(&evaluate(expression, variables)?);
        if out.len() > MAX_LENGTH {
            return Err(String::from("the text becomes too long"));
        }
        rest = behind;
    }
    out.push_str(rest);
    Ok((out, whole))
}

fn evaluate(expression: &str, variables: &BTreeMap<String, String>) -> Result<String, String> {
    let (formula, width) = match expression.split_once(':') {
        Some((formula, width)) => match width.trim().strip_prefix('0').and_then(|width| width.parse::<usize>().ok()) {
            Some(width) if width <= 20 => (formula, width),
            Some(_) | None => {
                return Err(format!("'{width}' in '${{{expression}}}' is no width; write for example :03"));
            }
        },
        None => (expression, 0),
    };
    let formula = formula.trim();
    if width == 0
        && let Some(value) = variables.get(formula)
    {
        return Ok(value.clone());
    }
    let mut reader = Reader { rest: formula, variables, depth: 0 };
    let number = reader.sum()?;
    if !reader.rest.trim().is_empty() {
        return Err(format!("'{}' in '${{{expression}}}' cannot be understood", reader.rest.trim()));
    }
    Ok(format!("{number:0width$}"))
}

struct Reader<'a> {
    rest: &'a str,
    variables: &'a BTreeMap<String, String>,
    depth: u32,
}

impl<'a> Reader<'a> {
    fn sum(&mut self) -> Result<i64, String> {
        let mut value = self.product()?;
        while let Some(sign) = self.one_of(&['+', '-']) {
            let right = self.product()?;
            let result = if sign == '+' { value.checked_add(right) } else { value.checked_sub(right) };
            value = result.ok_or("the result is too large")?;
        }
        Ok(value)
    }

    fn product(&mut self) -> Result<i64, String> {
        let mut value = self.factor()?;
        while let Some(sign) = self.one_of(&['*', '/', '%']) {
            let right = self.factor()?;
            let result = match sign {
                '*' => value.checked_mul(right),
                '/' => value.checked_div_euclid(right),
                _ => value.checked_rem_euclid(right),
            };
            value = result.ok_or("the result is too large, or something is divided by zero")?;
        }
        Ok(value)
    }

    fn factor(&mut self) -> Result<i64, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(String::from("nested too deep"));
        }
        let value = if self.one_of(&['(']).is_some() {
            let value = self.sum()?;
            self.one_of(&[')']).ok_or("a ')' is missing")?;
            value
        } else if self.one_of(&['-']).is_some() {
            self.factor()?.checked_neg().ok_or("the result is too large")?
        } else {
            self.word()?
        };
        self.depth -= 1;
        Ok(value)
    }

    fn word(&mut self) -> Result<i64, String> {
        let rest = self.rest.trim_start();
        let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
        let (word, rest) = rest.split_at(end);
        self.rest = rest;
        if word.is_empty() {
            return Err(String::from("a number or the name of a variable is missing"));
        }
        if word.starts_with(|first: char| first.is_ascii_digit()) {
            return word.parse().map_err(|_| format!("'{word}' is not a number"));
        }
        let Some(value) = self.variables.get(word) else {
            let names = self.variables.keys().map(String::as_str);
            let hint = match crossdock_schema::suggestion(word, names) {
                Some(meant) => format!("; did you mean '{meant}'?"),
                None => String::from("; variables stand in 'vars', and n counts where there is a 'count'"),
            };
            return Err(format!("no variable '{word}'{hint}"));
        };
        value.parse().map_err(|_| format!("the variable '{word}' is '{value}', not a number"))
    }

    fn one_of(&mut self, signs: &[char]) -> Option<char> {
        let rest = self.rest.trim_start();
        let first = rest.chars().next().filter(|first| signs.contains(first))?;
        self.rest = rest.get(first.len_utf8()..).unwrap_or_default();
        Some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill_with_n(text: &str, n: i64) -> Result<(String, bool), String> {
        fill(text, &BTreeMap::from([(String::from("n"), n.to_string()), (String::from("site"), String::from("east"))]))
    }

    #[test]
    fn expressions_are_computed_where_they_stand() {
        for (text, expected) in [
            ("edge-${n}", "edge-7"),
            ("${site}-${n:03}", "east-007"),
            ("${20000 + 2*n}", "20014"),
            ("r${(n + 3) % 10:02}", "r00"),
            ("${-n - -1}", "-6"),
            ("costs $5 and $$${n}", "costs $5 and $7"),
        ] {
            assert_eq!(fill_with_n(text, 7).map(|(text, _)| text), Ok(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_text_that_is_one_expression_says_so() {
        assert_eq!(fill_with_n("${n}", 1), Ok((String::from("1"), true)));
        assert_eq!(fill_with_n("a${n}", 1), Ok((String::from("a1"), false)));
    }

    #[test]
    fn what_cannot_be_computed_is_an_error() {
        for (text, part) in [
            ("${m}", "no variable 'm'; did you mean 'n'?"),
            ("${n", "without '}'"),
            ("${n / 0}", "divided by zero"),
            ("${site + 1}", "not a number"),
            ("${n:3x}", "is no width"),
            ("${(n}", "')' is missing"),
            ("${n n}", "cannot be understood"),
            ("${9223372036854775807 + n}", "too large"),
        ] {
            let error = fill_with_n(text, 1).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
        assert!(fill_with_n(&format!("${{{}1{}}}", "(".repeat(99), ")".repeat(99)), 1).unwrap_err().contains("deep"));
    }
}
