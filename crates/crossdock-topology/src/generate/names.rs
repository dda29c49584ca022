//! What routers and embedded brokers are called where not every name is allowed: files, units, hosts, Kubernetes.

use std::collections::BTreeSet;

use crate::model::Mesh;

/// Longest name (letters). Kubernetes takes 63, of which something is left for what is put before and behind.
const LONGEST: usize = 40;

/// A name for each router and each embedded broker: small letters, digits and dashes, a letter first, all different.
#[derive(Clone, Debug)]
pub struct Names {
    routers: Vec<(String, String)>,
    brokers: Vec<(String, String)>,
}

impl Names {
    /// Those of a mesh; the same for the same mesh.
    pub fn new(mesh: &Mesh) -> Self {
        let mut taken = BTreeSet::new();
        let mut name = |id: &str, kind: &str| {
            let basic = slug(id);
            let basic = if basic.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
                basic
            } else {
                slug(&format!("{kind}-{basic}"))
            };
            let numbered = (2..).map(|number: u32| format!("{basic}-{number}"));
            let name = std::iter::once(basic.clone()).chain(numbered).find(|name| !taken.contains(name));
            let name = name.unwrap_or_default();
            taken.insert(name.clone());
            (id.to_owned(), name)
        };
        let routers = mesh.routers.iter().map(|router| name(&router.id, "router")).collect();
        let embedded = mesh.brokers.iter().filter(|broker| broker.embedded);
        Self { routers, brokers: embedded.map(|broker| name(&broker.id, "broker")).collect() }
    }

    /// The name of a router; empty if there is no such router.
    pub fn router(&self, id: &str) -> &str {
        name_of(&self.routers, id)
    }

    /// The name of an embedded broker; empty if there is no such broker.
    pub fn broker(&self, id: &str) -> &str {
        name_of(&self.brokers, id)
    }
}

fn name_of<'a>(names: &'a [(String, String)], id: &str) -> &'a str {
    names.iter().find(|(known, _)| known == id).map_or("", |(_, name)| name.as_str())
}

/// A text in small letters, digits and dashes.
pub(super) fn slug(name: &str) -> String {
    let letter = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    let text: String = name.chars().map(letter).take(LONGEST).collect();
    let text = text.trim_matches('-');
    if text.is_empty() { String::from("mesh") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_allowed_everywhere_and_all_different() {
        let text = "
routers: [{id: A.b}, {id: a-b}, {id: 1st}, {id: Ärger}, {id: q-b}]
brokers:
  - {id: a_b, routers: a-b, embedded: yes, port: 1, container: x}
  - {id: other, routers: a-b, port: 2}
";
        let mesh = crate::read("mesh.yaml", &mut |_| Ok(text.to_owned()), &[]).mesh;
        let names = Names::new(&mesh);
        let routers: Vec<&str> = mesh.routers.iter().map(|router| names.router(&router.id)).collect();
        assert_eq!(routers, ["a-b", "a-b-2", "router-1st", "rger", "q-b"]);
        assert_eq!((names.broker("a_b"), names.broker("other")), ("a-b-3", ""));
    }
}
