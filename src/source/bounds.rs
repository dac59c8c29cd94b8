//! Cuts every text of an event to the longest that is kept, in one place for all sources.

use crate::event::{Event, Name, Selector, Target};
use crate::limits::{FIELD_BYTES_MAX, USER_AGENT_BYTES_MAX};
use crate::text::Text;

pub fn bound(event: &mut Event<'_>) {
    match &mut event.target {
        Target::Credential(credential) => {
            cut_name(&mut credential.name);
            credential.aliases.iter_mut().for_each(cut_name);
            credential.version.iter_mut().for_each(cut);
        }
        Target::Selector(selector) => cut_selector(selector),
        Target::None => {}
    }
    event.parent.iter_mut().for_each(cut_name);
    [&mut event.principal, &mut event.actor, &mut event.place, &mut event.client.service]
        .into_iter()
        .flatten()
        .for_each(cut);
    if let Some(agent) = &mut event.client.user_agent
        && agent.len() > USER_AGENT_BYTES_MAX
    {
        *agent = std::mem::take(agent).cut(USER_AGENT_BYTES_MAX);
    }
    event.operation.region.iter_mut().for_each(cut);
    [&mut event.realm, &mut event.operation.service, &mut event.operation.name].into_iter().for_each(cut);
    event.labels.iter_mut().for_each(|(_, text)| cut(text));
}

fn cut_selector(selector: &mut Selector<'_>) {
    match selector {
        Selector::Prefix(text) | Selector::Mount(text) | Selector::Principal(text) => cut(text),
        Selector::Parent { parent, .. } => cut_name(parent),
    }
}

fn cut_name(name: &mut Name<'_>) {
    cut(&mut name.text);
}

fn cut(text: &mut Text<'_>) {
    if text.len() > FIELD_BYTES_MAX {
        *text = std::mem::take(text).cut(FIELD_BYTES_MAX);
    }
}
