//! Short-lived credentials: tokens minted for a service account, and tokens exchanged by a federation.
//!
//! No entry names a token, so all of one account, or of one federated subject, stand under one name.

use serde::Deserialize;

use super::account::Account;
use super::call::Call;
use super::caller::{joined, pool};
use super::moment::Lifetime;
use crate::event::{Action, Credential, Event, Label, Name};
use crate::kind::Kind;
use crate::source::json::{Lenient, List};
use crate::text::Text;
use crate::time::Span;

/// What is minted, and how long it lives where the request does not say.
#[derive(Debug, Clone, Copy)]
struct Minted {
    form: &'static str,
    lifetime: Option<Span>,
}

/// <https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts>
const MINTED: &[(&str, Minted)] = &[
    ("GenerateAccessToken", Minted { form: "access token", lifetime: Some(Span::hours(1)) }),
    ("GenerateIdToken", Minted { form: "ID token", lifetime: Some(Span::hours(1)) }),
    ("SignBlob", Minted { form: "signed blob", lifetime: None }),
    ("SignJwt", Minted { form: "signed JWT", lifetime: None }),
];

const EXCHANGED: &[(&str, ())] = &[("ExchangeToken", ()), ("WebSignIn", ())];

/// Longest chain of delegation that is told.
const CHAIN_MAX: usize = 8;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct MintRequest<'a> {
    #[serde(borrow)]
    name: Lenient<Text<'a>>,
    #[serde(borrow)]
    delegates: List<Lenient<Text<'a>>, CHAIN_MAX>,
    lifetime: Lenient<Lifetime>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct MintMetadata<'a> {
    #[serde(borrow)]
    identity_delegation_chain: List<Lenient<Text<'a>>, CHAIN_MAX>,
}

/// `iamcredentials.googleapis.com`.
pub(super) fn read_minted<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    let Some(minted) = call.row(MINTED) else { return };
    let request: MintRequest<'_> = call.request();
    let name = call.account_name(&[request.name.0.as_deref()]);
    let Some(account) = Account::of(call, name) else { return };
    let Some(holder) = account.principal() else { return };
    let credential = Credential::new(Kind::GcpServiceAccountToken, Name::id(format!("sa-token:{holder}")));
    let mut event = call.about(Action::Issued, account.realm.clone(), credential);
    let stated = request.lifetime.0.map(|life| life.0);
    let lifetime = stated.or(minted.lifetime).filter(|_| call.succeeded());
    event.expires_at = lifetime.map(|life| call.at.saturating_add(life));
    event.parent = call.parent_in(&account.realm);
    event.principal = Some(holder);
    event.set_label(Label::Form, Some(Text::borrowed(minted.form)));
    event.set_label(Label::OnBehalfOf, chain(call, &request));
    event.set_label(Label::Provider, call.caller.provider.clone());
    events.push(event);
}

/// Through whom the caller reached the account, nearest to the account first. A request names its delegates
/// in the order in which they act.
fn chain<'a>(call: &Call<'a, '_>, request: &MintRequest<'a>) -> Option<Text<'a>> {
    let metadata: MintMetadata<'_> = call.metadata();
    let logged = &metadata.identity_delegation_chain.0;
    let asked = &request.delegates.0;
    let links = if asked.is_empty() { logged } else { asked };
    let account = |link: &Lenient<Text<'a>>| {
        let name = link.0.as_deref()?;
        let account = name.rsplit_once("serviceAccounts/").map_or(name, |(_, account)| account);
        Some(Text::owned(account.to_owned()))
    };
    joined(links.iter().rev().filter_map(account)).or_else(|| call.caller.on_behalf_of.clone())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Exchange<'a> {
    #[serde(borrow)]
    audience: Lenient<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ExchangeMetadata<'a> {
    #[serde(borrow, alias = "mappedPrincipal")]
    mapped_principal: Lenient<Text<'a>>,
}

/// `sts.googleapis.com`.
pub(super) fn read_exchanged<'a>(call: &Call<'a, '_>, events: &mut Vec<Event<'a>>) {
    if call.row(EXCHANGED).is_none() {
        return;
    }
    let metadata = call.metadata::<ExchangeMetadata<'_>>();
    let Some(holder) = metadata.mapped_principal.0.or_else(|| call.caller.principal.clone()) else { return };
    let provider = provider(call, &holder);
    let realm = call.log_realm();
    let credential = Credential::new(Kind::GcpFederatedToken, Name::id(holder.clone()));
    let mut event = call.about(Action::Issued, realm, credential);
    event.principal = Some(holder);
    event.set_label(Label::Provider, provider);
    events.push(event);
}

/// The provider that was asked for, else the pool of the subject.
fn provider<'a>(call: &Call<'a, '_>, holder: &str) -> Option<Text<'a>> {
    let audience = call.request::<Exchange<'_>>().audience.0;
    let asked = audience.as_deref().and_then(|name| name.strip_prefix("//iam.googleapis.com/"));
    let resource = call.resource_name().filter(|name| name.contains("Pools/"));
    asked.or(resource).or_else(|| pool(holder)).map(|name| Text::owned(name.to_owned()))
}
