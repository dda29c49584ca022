//! Passwords that stand in the configuration, or where it says.

use crossdock_schema::Secret;
use std::io::Read;

/// Most octets of a file that are looked at.
const MAX_FILE: u64 = 4096;

/// The password that a configured text stands for: `env:NAME`, `file:PATH`, `pass:TEXT`, or the text itself. The second
/// part is for the log.
pub(crate) fn reveal(secret: &Secret) -> (String, Option<String>) {
    let text = secret.reveal();
    if let Some(name) = text.strip_prefix("env:") {
        let name = name.trim_start();
        return match std::env::var(name) {
            Ok(password) => (password, None),
            Err(_) => (text.to_owned(), Some(format!("Failed to find a password in the environment variable {name}"))),
        };
    }
    if let Some(path) = text.strip_prefix("file:") {
        let path = path.trim_start();
        return match first_line(path) {
            Ok(password) => (password, None),
            Err(error) => (String::new(), Some(format!("Unable to open password file {path}, error: {error}"))),
        };
    }
    let unsafe_text = "It is unsafe to provide plain text passwords in the config file";
    (text.strip_prefix("pass:").unwrap_or(text).to_owned(), Some(unsafe_text.to_owned()))
}

fn first_line(path: &str) -> std::io::Result<String> {
    let mut content = String::new();
    std::fs::File::open(path)?.take(MAX_FILE).read_to_string(&mut content)?;
    Ok(content.lines().next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn password(text: &str) -> (String, bool) {
        let (password, remark) = reveal(&Secret::new(text.into()));
        (password, remark.is_some())
    }

    #[test]
    fn a_password_is_where_the_text_says() {
        assert_eq!(password("swordfish"), ("swordfish".into(), true));
        assert_eq!(password("pass:env:X"), ("env:X".into(), true));
        let cargo = std::env::var("CARGO_PKG_NAME").unwrap();
        assert_eq!(password("env: CARGO_PKG_NAME"), (cargo, false));
        assert_eq!(password("env:NO_SUCH_VARIABLE"), ("env:NO_SUCH_VARIABLE".into(), true));
        let path = std::env::temp_dir().join(format!("crossdock-password-{}", std::process::id()));
        std::fs::write(&path, "sword fish\nsecond line\n").unwrap();
        assert_eq!(password(&format!("file:{}", path.display())), ("sword fish".into(), false));
        std::fs::remove_file(&path).unwrap();
        assert_eq!(password(&format!("file:{}", path.display())), (String::new(), true));
    }
}
