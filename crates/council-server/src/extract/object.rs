//! Structures that are read from JSON objects only. Serde's derived ones also take an array of their fields in order,
//! so that `["user", "hi"]` would pass for a message.

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// For `#[serde(deserialize_with)]`: an object.
pub(crate) fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Object::deserialize(deserializer)?.0)
}

/// For `#[serde(default, deserialize_with)]`: an object, `null` or nothing.
pub(crate) fn optional_object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(Option::<Object<T>>::deserialize(deserializer)?.map(|object| object.0))
}

/// For `#[serde(deserialize_with)]`: an array of objects.
pub(crate) fn objects<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let objects = Vec::<Object<T>>::deserialize(deserializer)?;
    Ok(objects.into_iter().map(|object| object.0).collect())
}

/// For `#[serde(default, deserialize_with)]`: an array of objects, `null` or nothing.
pub(crate) fn optional_objects<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    let objects = Option::<Vec<Object<T>>>::deserialize(deserializer)?;
    Ok(objects.map(|objects| objects.into_iter().map(|object| object.0).collect()))
}

struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields(PhantomData))
    }
}

struct Fields<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(fields)).map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::parse_object;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Pair {
        a: i64,
        b: i64,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Outer {
        #[serde(deserialize_with = "objects")]
        list: Vec<Pair>,
        #[serde(default, deserialize_with = "optional_object")]
        one: Option<Pair>,
    }

    #[test]
    fn arrays_of_fields_are_no_objects_and_the_error_says_where() {
        let read = |text: &str| parse_object::<Outer>(text.as_bytes()).map_err(|error| error.message);
        let pair = |a, b| Pair { a, b };
        assert_eq!(
            read(r#"{"list": [{"a": 1, "b": 2}], "one": null}"#).ok(),
            Some(Outer {
                list: vec![pair(1, 2)],
                one: None
            })
        );
        assert_eq!(
            read(r#"{"list": [{"a": 1, "b": 2}, [1, 2]]}"#).err().as_deref(),
            Some("`list[1]` has the wrong type: an array, expected an object")
        );
        assert_eq!(
            read(r#"{"list": [], "one": [1, 2]}"#).err().as_deref(),
            Some("`one` has the wrong type: an array, expected an object")
        );
        assert_eq!(
            read(r#"{"list": [{"a": "x", "b": 2}]}"#).err().as_deref(),
            Some("`list[0].a` has the wrong type: string \"x\", expected an integer")
        );
    }
}
