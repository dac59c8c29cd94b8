//! As much of JSON Schema as the frozen schemas of OCSF need of what Tenure writes. A keyword that is not
//! known here is a failure, never passed over. A validator from a registry would bring forty crates.

use serde_json::Value;

/// What is wrong with `value` under `schema`, a schema within `root`.
pub fn check(root: &Value, schema: &Value, value: &Value, path: &str) -> Vec<String> {
    let Value::Object(keywords) = schema else { return vec![format!("{path}: {schema} is not known")] };
    let mut wrong = Vec::new();
    for (keyword, rule) in keywords {
        match keyword.as_str() {
            "$defs" | "$id" | "$schema" | "deprecated" | "title" => {}
            "$ref" => {
                let target =
                    rule.as_str().and_then(|it| it.strip_prefix('#')).and_then(|it| root.pointer(it));
                let target = target.unwrap_or_else(|| panic!("{rule} leads nowhere"));
                wrong.extend(check(root, target, value, path));
            }
            "properties" => wrong.extend(properties(root, rule, value, path)),
            "items" => {
                for (item, at) in value.as_array().into_iter().flatten().zip(0..) {
                    wrong.extend(check(root, rule, item, &format!("{path}[{at}]")));
                }
            }
            "anyOf" => {
                let fits = |branch| check(root, branch, value, path).is_empty();
                if !rule.as_array().unwrap().iter().any(fits) {
                    wrong.push(format!("{path}: none of {rule}"));
                }
            }
            _ => wrong.extend(plain(schema, keyword, rule, value).map(|what| format!("{path}: {what}"))),
        }
    }
    wrong
}

fn properties(root: &Value, rule: &Value, value: &Value, path: &str) -> Vec<String> {
    let fields = value.as_object().into_iter().flatten();
    fields
        .filter_map(|(name, field)| Some((name, rule.get(name)?, field)))
        .flat_map(|(name, schema, field)| check(root, schema, field, &format!("{path}.{name}")))
        .collect()
}

/// Keywords that need nothing but the value.
fn plain(schema: &Value, keyword: &str, rule: &Value, value: &Value) -> Option<String> {
    let fits = match keyword {
        "type" => {
            let types = rule.as_array().map_or(std::slice::from_ref(rule), Vec::as_slice);
            types.iter().any(|name| is_a(name, value))
        }
        "const" => rule == value,
        "enum" => rule.as_array().unwrap().contains(value),
        "required" => {
            let missing = |name: &Value| value.is_object() && value.get(name.as_str().unwrap()).is_none();
            !rule.as_array().unwrap().iter().any(missing)
        }
        "additionalProperties" if rule == false => {
            let known = |name: &String| schema["properties"].get(name).is_some();
            value.as_object().is_none_or(|fields| fields.keys().all(known))
        }
        "additionalProperties" => rule == true,
        "maxLength" => {
            value.as_str().is_none_or(|text| text.chars().count() as u64 <= rule.as_u64().unwrap())
        }
        _ => return Some(format!("the keyword {keyword} is not known")),
    };
    (!fits).then(|| format!("{value} breaks {keyword} {rule}"))
}

fn is_a(name: &Value, value: &Value) -> bool {
    match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => false,
    }
}
