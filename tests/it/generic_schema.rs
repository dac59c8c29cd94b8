//! The published schema of the generic form and its parser are one: the same words, and the same verdict on
//! every golden record.

use std::fs;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;
use tenure::event::Action;
use tenure::limits::{FIELD_BYTES_MAX, NAMES_PER_CREDENTIAL_MAX};
use tenure::origin::Origin;
use tenure::source::generic::{KINDS, LABELS, OUTCOMES, SECRET_PREFIXES, SOURCE, VERSION};
use tenure::source::{RecordContext, Verdict};
use tenure::stream::{Stream, StreamIx};

use crate::golden::{self, root};

/// Cases whose records are no JSON, or JSON with a member twice, which a schema does not see.
const NOT_FOR_A_SCHEMA: &str = "broken_json";

fn schema() -> Value {
    serde_json::from_str(&fs::read_to_string(root().join("schemas/generic-event.schema.json")).unwrap())
        .unwrap()
}

fn compiled() -> (Schemas, SchemaIndex) {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.enable_format_assertions();
    compiler.add_resource("generic.json", schema()).unwrap();
    let index = compiler.compile("generic.json", &mut schemas).unwrap();
    (schemas, index)
}

fn words(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
}

#[test]
fn the_schema_has_the_words_and_bounds_of_the_parser() {
    let schema = schema();
    let lists = &schema["$defs"];
    assert_eq!(words(&lists["action"]["enum"]), Action::ALL.iter().map(|a| a.as_str()).collect::<Vec<_>>());
    assert_eq!(words(&lists["outcome"]["enum"]), OUTCOMES.iter().map(|o| o.as_str()).collect::<Vec<_>>());
    assert_eq!(words(&lists["kind"]["enum"]), KINDS.iter().map(|kind| kind.name()).collect::<Vec<_>>());
    let labels = schema["properties"]["labels"]["properties"].as_object().unwrap();
    let mut ours: Vec<&str> = LABELS.iter().map(|label| label.as_str()).collect();
    ours.sort_unstable();
    assert_eq!(labels.keys().map(String::as_str).collect::<Vec<_>>(), ours);
    assert_eq!(schema["properties"]["tenure"]["const"], VERSION);
    assert_eq!(lists["text"]["maxLength"], FIELD_BYTES_MAX);
    assert_eq!(schema["properties"]["realm"]["maxLength"], FIELD_BYTES_MAX);
    let aliases = &schema["properties"]["credential"]["properties"]["aliases"];
    assert_eq!(aliases["maxItems"], NAMES_PER_CREDENTIAL_MAX - 1);
    let prefixes = format!("^({})", SECRET_PREFIXES.join("|").replace('.', "\\."));
    assert_eq!(lists["id"]["not"]["pattern"], prefixes);
}

#[test]
fn every_action_can_be_written() {
    let wire: Value =
        serde_json::from_str(&fs::read_to_string(root().join("schemas/credential-event.avsc")).unwrap())
            .unwrap();
    let fields = wire["fields"].as_array().unwrap();
    let action = fields.iter().find(|field| field["name"] == "action").unwrap();
    let mut written = words(&action["type"]["symbols"]);
    // What a reader of an older schema takes a newer action for.
    written.retain(|word| *word != "unknown");
    assert_eq!(written, Action::ALL.iter().map(|a| a.as_str()).collect::<Vec<_>>());
}

#[test]
fn a_record_is_understood_exactly_where_the_schema_accepts_it() {
    let (schemas, index) = compiled();
    let stream = Stream::default_for(SOURCE.name);
    let realm = stream.own_realm();
    let origin = Origin::new(0, 1);
    let context = RecordContext { stream: &stream, stream_ix: StreamIx(0), stream_realm: &realm, origin };
    let (mut wrong, mut accepted, mut refused) = (Vec::new(), 0, 0);
    for case in golden::files("tests/golden/source/generic", "jsonl") {
        if case.file_stem().is_some_and(|name| name == NOT_FOR_A_SCHEMA) {
            continue;
        }
        let text = fs::read(&case).unwrap();
        for line in text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
            let record: Value = serde_json::from_slice(line).unwrap();
            let fits = schemas.validate(&record, index).is_ok();
            let verdict = (SOURCE.parse)(line, &context, &mut Vec::new());
            if fits != matches!(verdict, Verdict::Understood { .. }) {
                wrong.push(format!("{}: {record}\n  {verdict:?}", case.display()));
            }
            if fits { accepted += 1 } else { refused += 1 }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(accepted > 25 && refused > 40, "{accepted} records fit the schema, {refused} do not");
}
