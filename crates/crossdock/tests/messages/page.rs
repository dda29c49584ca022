//! The blocks of a page that are commands.

use std::path::Path;

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Ending {
    Succeeds,
    Fails,
    /// After the commands that follow.
    Stays,
}

/// A command and what it prints.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step {
    /// Page and line, for people.
    pub(crate) place: String,
    pub(crate) words: Vec<String>,
    pub(crate) prints: Vec<String>,
    pub(crate) ending: Ending,
}

/// The commands of a page, in order.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) steps: Vec<Step>,
}

impl Page {
    pub(crate) fn read(path: &Path) -> Page {
        let name = path.file_name().unwrap().to_string_lossy();
        Page::parse(&name, &std::fs::read_to_string(path).unwrap())
    }

    fn parse(name: &str, text: &str) -> Page {
        let mut steps = Vec::new();
        let mut lines = text.lines().zip(1..);
        while let Some((line, number)) = lines.next() {
            let Some(language) = line.strip_prefix("```") else { continue };
            let place = format!("{name}:{number}");
            let block: Vec<String> =
                lines.by_ref().map(|(line, _)| line.to_owned()).take_while(|line| line != "```").collect();
            let ending = match language {
                "console" => Ending::Succeeds,
                "console fails" => Ending::Fails,
                "console stays" => Ending::Stays,
                "" => {
                    assert!(!block.iter().any(|line| line.starts_with("$ ")), "{place}: a command in no console");
                    continue;
                }
                other => panic!("{place}: '{other}' is not known here"),
            };
            let (command, prints) = block.split_first().unwrap();
            let command = command.strip_prefix("$ ").unwrap_or_else(|| panic!("{place}: no command"));
            assert!(!prints.iter().any(|line| line.starts_with("$ ")), "{place}: two commands in one block");
            steps.push(Step { place, words: split(command), prints: prints.to_vec(), ending });
        }
        Page { steps }
    }
}

/// Words as a shell takes them, as far as pages need it: blanks part them, single quotes hold them together.
fn split(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for (position, part) in command.split('\'').enumerate() {
        let is_quoted = position % 2 == 1;
        if is_quoted {
            words.last_mut().unwrap().push_str(part);
            continue;
        }
        assert!(!part.contains(['"', '\\', '|', '>', '<', '&', ';', '$', '`']), "too much of a shell: {command}");
        for (position, word) in part.split(' ').enumerate() {
            if position > 0 {
                words.push(String::new());
            }
            words.last_mut().unwrap().push_str(word);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn blocks_are_commands_and_what_they_print() {
    let text = "text\n```console stays\n$ a 'b c' d\nout\n```\n```\nnothing\n```\n```console\n$ e\n```\n";
    let page = Page::parse("p", text);
    let step = |place: &str, words: &[&str], prints: &[&str], ending| Step {
        place: place.into(),
        words: words.iter().map(|word| String::from(*word)).collect(),
        prints: prints.iter().map(|line| String::from(*line)).collect(),
        ending,
    };
    let expected =
        [step("p:2", &["a", "b c", "d"], &["out"], Ending::Stays), step("p:9", &["e"], &[], Ending::Succeeds)];
    assert_eq!(page.steps, expected);
}
