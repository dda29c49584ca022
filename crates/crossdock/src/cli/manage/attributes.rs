//! NAME=VALUE arguments, and the types that the router's schema gives them.

use crate::management_client::Value;

/// A map of attributes, in the order of the command line.
pub(super) type Attributes = Vec<(String, Value)>;

/// Attributes that routers take although their schema does not list them: old spellings, and what the schema file calls
/// enableFallback.
const UNLISTED: [&str; 6] = ["type", "dir", "addr", "externalAddr", "fallback", "id"];

/// Parses `NAME=VALUE`; a name alone means null.
pub(super) fn parse(arguments: &[String]) -> Attributes {
    let attribute = |argument: &String| match argument.split_once('=') {
        Some((name, value)) => (name.to_owned(), Value::text(value)),
        None => (argument.clone(), Value::Null),
    };
    arguments.iter().map(attribute).collect()
}

/// The attributes of one type, as GET-SCHEMA tells them.
pub(super) struct TypeSchema<'a> {
    name: &'a str,
    attributes: &'a [(String, Value)],
}

impl<'a> TypeSchema<'a> {
    /// None if the schema does not have the type.
    pub(super) fn find(schema: &'a Value, type_name: &'a str) -> Option<Self> {
        let entity = schema.entry("entityTypes")?.entry(type_name)?;
        Some(TypeSchema { name: type_name, attributes: entity.entry("attributes")?.as_map()? })
    }

    /// Gives text the type that its attribute has.
    pub(super) fn apply(&self, attributes: Attributes) -> Result<Attributes, String> {
        attributes.into_iter().map(|(name, value)| Ok((name.clone(), self.typed(&name, value)?))).collect()
    }

    fn typed(&self, name: &str, value: Value) -> Result<Value, String> {
        let Some((_, attribute)) = self.attributes.iter().find(|(known, _)| known == name) else {
            return if UNLISTED.contains(&name) { Ok(value) } else { Err(self.unknown(name)) };
        };
        let Value::Text(text) = value else { return Ok(value) };
        Ok(match attribute.entry("type").and_then(Value::as_text) {
            Some("integer") => {
                let number = text.trim().parse::<i64>();
                Value::Integer(number.map_err(|_| format!("{name}={text}: give a whole number"))?.into())
            }
            Some("boolean") => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" => Value::Boolean(true),
                "false" | "no" | "off" => Value::Boolean(false),
                _ => return Err(format!("{name}={text}: give yes or no")),
            },
            Some("map" | "list" | "properties") => match serde_json::from_str(&text) {
                Ok(json) => Value::from_json(&json),
                Err(error) => return Err(format!("{name}: the value must be JSON: {error}")),
            },
            Some(_) | None => Value::Text(text),
        })
    }

    fn unknown(&self, name: &str) -> String {
        let known: Vec<_> = self.attributes.iter().map(|(name, _)| name.as_str()).collect();
        format!("Unknown attribute '{name}' for '{}'; there are: {}", self.name, known.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> Value {
        let json = r#"{"entityTypes": {"listener": {"attributes": {
            "port": {"type": "string"}, "cost": {"type": "integer"}, "http": {"type": "boolean"},
            "role": {"type": ["normal", "edge"]}, "openProperties": {"type": "properties"}}}}}"#;
        Value::from_json(&serde_json::from_str(json).unwrap())
    }

    fn typed(argument: &str) -> Result<Value, String> {
        let schema = schema();
        let listener = TypeSchema::find(&schema, "listener").unwrap();
        listener.apply(parse(&[argument.to_owned()])).map(|mut typed| typed.remove(0).1)
    }

    #[test]
    fn a_value_has_the_type_of_its_attribute() {
        assert_eq!(typed("port=5672"), Ok(Value::text("5672")));
        assert_eq!(typed("cost=-7"), Ok(Value::Integer(-7)));
        assert_eq!(typed("http=Yes"), Ok(Value::Boolean(true)));
        assert_eq!(typed("http=off"), Ok(Value::Boolean(false)));
        assert_eq!(typed("role=edge"), Ok(Value::text("edge")));
        assert_eq!(typed("role=a=b"), Ok(Value::text("a=b")));
        assert_eq!(typed("cost"), Ok(Value::Null));
        let map = Value::Map(vec![(String::from("a"), Value::Integer(1))]);
        assert_eq!(typed(r#"openProperties={"a": 1}"#), Ok(map));
    }

    #[test]
    fn a_value_that_its_attribute_cannot_have_is_refused() {
        for wrong in ["cost=much", "http=maybe", "openProperties=no", "colour=red"] {
            assert!(typed(wrong).is_err(), "{wrong}");
        }
        assert!(typed("colour=red").unwrap_err().contains("there are: cost, http, openProperties, port"));
    }

    #[test]
    fn old_spellings_are_left_to_the_router() {
        assert_eq!(typed("dir=in"), Ok(Value::text("in")));
    }

    #[test]
    fn a_type_that_the_schema_lacks_is_not_found() {
        assert!(TypeSchema::find(&schema(), "lister").is_none());
    }
}
