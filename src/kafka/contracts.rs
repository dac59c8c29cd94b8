//! Which header a record is written with, and which contract the header of a record that was read means.
//!
//! The registry is asked once for what this process writes, and once for each number it meets. What is known
//! stays known: an outage of the registry stops nothing but records with a number never seen before.

use std::sync::{Mutex, PoisonError};

use apache_avro::Schema;
use dashmap::DashMap;

use super::registry::{Client, Compatibility, RegistryError};
use crate::avro::framing::{Contract, Header, fingerprint_of};

/// A contract that this process writes, with the subject it is registered under.
#[derive(Debug, Clone)]
pub struct Binding {
    pub contract: &'static Contract,
    pub subject: String,
}

impl Binding {
    /// The only contract of a topic: `<topic>-value`, where consumers of the field look for it.
    #[must_use]
    pub fn of_topic(topic: &str, contract: &'static Contract) -> Self {
        Self { contract, subject: format!("{topic}-value") }
    }

    /// One of several contracts of a topic: `<topic>-<record's full name>`.
    #[must_use]
    pub fn of_record(topic: &str, contract: &'static Contract) -> Self {
        Self { contract, subject: format!("{topic}-{}", contract.full_name()) }
    }
}

/// Why it cannot be said what a record is.
#[derive(Debug, thiserror::Error)]
pub enum ContractError {
    #[error(
        "a record was written with the {header} ({name}), which this version of Tenure does not read. A \
         later version wrote it, or another program writes to the topic"
    )]
    Foreign { header: Header, name: String },
    #[error(
        "a record was written with the {header}, but no [schema_registry] is configured that could say what \
         that is. Configure the one its writer uses"
    )]
    NoRegistry { header: Header },
    #[error(
        "a record was written with the {header}, which the registry does not know. Check that \
         [schema_registry] is the one its writer uses"
    )]
    Unknown { header: Header },
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl ContractError {
    /// Whether waiting may help: the record itself is not at fault. A number may come to a replica of the
    /// registry later than the record that bears it comes to its reader.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Registry(error) => error.is_passing(),
            Self::Unknown { .. } => true,
            Self::Foreign { .. } | Self::NoRegistry { .. } => false,
        }
    }
}

/// What a number of the registry means: one of our contracts, or the name of somebody else's.
type Meaning = Result<&'static Contract, String>;

/// The contracts of a process. Threads share one.
#[derive(Debug)]
pub struct Contracts {
    registry: Option<Client>,
    /// All contracts that are understood.
    known: Vec<&'static Contract>,
    /// The headers of the contracts that are written, by fingerprint.
    written: Vec<([u8; 8], Header)>,
    numbers: DashMap<u32, Meaning>,
    /// Held while the registry is asked for a number, so that of many readers one asks.
    asking: Mutex<()>,
}

impl Contracts {
    /// Contracts that are told by their fingerprints, without a registry.
    #[must_use]
    pub fn by_fingerprint(known: &[&'static Contract]) -> Self {
        Self {
            registry: None,
            known: known.to_vec(),
            written: Vec::new(),
            numbers: DashMap::new(),
            asking: Mutex::new(()),
        }
    }

    /// Contracts that are told by the numbers of `registry`. Asks for those of `bindings`, and registers them
    /// if `register`.
    ///
    /// # Errors
    /// Where the registry gives no answer, has a schema that ours cannot follow, or has not ours and
    /// registering is forbidden.
    pub fn registered(
        registry: Client,
        register: bool,
        bindings: &[Binding],
        known: &[&'static Contract],
    ) -> Result<Self, RegistryError> {
        let mut contracts = Self::by_fingerprint(known);
        for Binding { contract, subject } in bindings {
            let id = number_of(&registry, register, contract, subject)?;
            contracts.written.push((contract.fingerprint(), Header::Confluent(id)));
            contracts.numbers.insert(id, Ok(contract));
        }
        contracts.registry = Some(registry);
        Ok(contracts)
    }

    /// The header to write in front of a record of `contract`.
    #[must_use]
    pub fn header(&self, contract: &Contract) -> Header {
        let fingerprint = contract.fingerprint();
        let bound = self.written.iter().find(|(of, _)| *of == fingerprint);
        bound.map_or(Header::SingleObject(fingerprint), |(_, header)| *header)
    }

    /// The contract of a record with this header.
    ///
    /// # Errors
    /// Where the header is none of ours, or the registry would have to be asked and does not answer.
    pub fn contract_of(&self, header: Header) -> Result<&'static Contract, ContractError> {
        let meaning = match header {
            Header::SingleObject(fingerprint) => {
                self.known_by(fingerprint).ok_or_else(|| "no contract of this version".to_owned())
            }
            Header::Confluent(id) => self.meaning_of(id)?,
        };
        meaning.map_err(|name| ContractError::Foreign { header, name })
    }

    fn known_by(&self, fingerprint: [u8; 8]) -> Option<&'static Contract> {
        self.known.iter().copied().find(|contract| contract.fingerprint() == fingerprint)
    }

    fn meaning_of(&self, id: u32) -> Result<Meaning, ContractError> {
        if let Some(meaning) = self.numbers.get(&id) {
            return Ok(meaning.clone());
        }
        let header = Header::Confluent(id);
        let registry = self.registry.as_ref().ok_or(ContractError::NoRegistry { header })?;
        // What is guarded is no data that a panic could have left half done.
        let _asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(meaning) = self.numbers.get(&id) {
            return Ok(meaning.clone());
        }
        let text = registry.schema(id)?.ok_or(ContractError::Unknown { header })?;
        let meaning = self.meaning_of_text(&text);
        self.numbers.insert(id, meaning.clone());
        Ok(meaning)
    }

    /// Schemas are the same if their canonical forms are: registries reformat, and drop documentation.
    fn meaning_of_text(&self, text: &str) -> Meaning {
        let Ok(schema) = Schema::parse_str(text) else { return Err("not a schema of Avro".to_owned()) };
        let name = || schema.name().map_or_else(|| "without a name".to_owned(), |name| name.fullname(None));
        self.known_by(fingerprint_of(&schema)).ok_or_else(name)
    }
}

/// The number of `contract` under `subject`. Registering comes last: it may be forbidden where looking up is
/// not, and a refusal of it says less than the comparison does.
fn number_of(
    registry: &Client,
    register: bool,
    contract: &Contract,
    subject: &str,
) -> Result<u32, RegistryError> {
    if let Some(id) = registry.look_up(subject, contract.text)? {
        return Ok(id);
    }
    let subject_of_error = || subject.to_owned();
    match registry.compatibility(subject, contract.text)? {
        // Apicurio says why only to who registers, and then refuses.
        Compatibility::Incompatible(message) if message.is_empty() && register => {}
        Compatibility::Incompatible(mut message) => {
            if message.is_empty() {
                "the registry does not say why".clone_into(&mut message);
            }
            return Err(RegistryError::Incompatible { subject: subject_of_error(), message });
        }
        Compatibility::Compatible if !register => {
            return Err(RegistryError::Missing { subject: subject_of_error(), file: contract.name });
        }
        Compatibility::Compatible => {}
    }
    registry.register(subject, contract.text)
}
