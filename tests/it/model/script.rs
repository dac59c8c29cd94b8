//! Random histories that come near to what decides: bursts, and moments a second before, at and after a
//! threshold.
//!
//! A script is a list of small choices, so that a failing one shrinks to few lines; playing it makes a
//! history.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use tenure::event::{Action, Outcome};
use tenure::kind::Class;

use super::cast::{ADDRESSES, CAST, Member, PARENTS, PREFIXES, PRINCIPALS, VERSIONS};
use super::history::{
    AWS, About, BEGIN, DAY, HOUR, Happening, History, MINUTE, NameText, Seconds, Step, Stretch, VAULT,
};
use super::policies::POLICIES;
use super::world::World;

/// Histories end before the first lasting credential could be forgotten, 400 days after its end.
const LONGEST: Seconds = 390 * DAY;

/// Spans that thresholds are made of.
const SPANS: [Seconds; 20] = [
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    DAY,
    36 * HOUR,
    2 * DAY,
    3 * DAY,
    7 * DAY,
    8 * DAY,
    10 * DAY,
    20 * DAY,
    27 * DAY,
    30 * DAY,
    45 * DAY,
    60 * DAY,
    90 * DAY,
    180 * DAY,
];

/// When the next thing happens.
#[derive(Debug, Clone)]
enum When {
    After(Seconds),
    /// A threshold after the last record of a member, or now if that is over.
    Since {
        who: usize,
        span: Seconds,
        skew: Seconds,
    },
}

#[derive(Debug, Clone)]
enum What {
    Advance,
    Tell(Record),
    /// The same record again.
    Again(usize),
    Select {
        by: Choice,
        action: Action,
    },
    Root {
        realm: &'static str,
        denied: bool,
    },
    /// Gaps, as (days since the beginning, hours long).
    Cover(Vec<(i64, i64)>),
}

#[derive(Debug, Clone)]
enum Choice {
    Prefix(&'static str),
    Principal(&'static str),
    Parent(NameText, bool),
}

/// One record about a member of the cast.
#[derive(Debug, Clone)]
struct Record {
    who: usize,
    action: Action,
    outcome: Outcome,
    /// Which of its names, as bits; the first of them is shown.
    names: usize,
    /// Whether it says holder, parent and place.
    bonds: (bool, bool, bool),
    address: Option<&'static str>,
    version: Option<&'static str>,
    privileged: bool,
    lifetime: Option<Seconds>,
    /// How long ago it says the credential was issued.
    issued_ago: Option<Seconds>,
}

/// Which histories are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    pub lines: usize,
    /// Sessions are soon forgotten: what comes later about them begins anew.
    pub sessions: bool,
    /// Everything within so much time, clock and all.
    pub longest: Seconds,
    pub gaps: bool,
}

pub const ANY: Wanted = Wanted { lines: 80, sessions: true, longest: LONGEST, gaps: true };
/// Long ones of credentials that last.
pub const LASTING: Wanted = Wanted { sessions: false, lines: 40, gaps: false, ..ANY };
/// Everything within the day in which nothing is forgotten.
pub const WITHIN_A_DAY: Wanted = Wanted { longest: 20 * HOUR, lines: 40, gaps: false, ..ANY };

fn any_span() -> impl Strategy<Value = Seconds> {
    prop_oneof![4 => Just(0), 4 => 1i64..120, 6 => 1i64..DAY, 1 => DAY..10 * DAY, 2 => select(&SPANS[..])]
}

fn any_when() -> impl Strategy<Value = When> {
    let skew = select(vec![0i64, 0, 1, -1]);
    let since = (0usize..6, select(&SPANS[..]), skew);
    prop_oneof![
        4 => any_span().prop_map(When::After),
        1 => since.prop_map(|(who, span, skew)| When::Since { who, span, skew }),
    ]
}

fn any_action() -> impl Strategy<Value = (Action, Outcome)> {
    prop_oneof![
        6 => Just((Action::Used, Outcome::Success)),
        1 => Just((Action::Used, Outcome::Failure)),
        1 => Just((Action::Denied, Outcome::Denied)),
        4 => Just((Action::Denied, Outcome::Refused)),
        4 => Just((Action::Issued, Outcome::Success)),
        1 => Just((Action::Renewed, Outcome::Success)),
        2 => Just((Action::Rotated, Outcome::Success)),
        2 => Just((Action::RotationFailed, Outcome::Failure)),
        3 => Just((Action::Revoked, Outcome::Success)),
        1 => Just((Action::Deactivated, Outcome::Success)),
        1 => Just((Action::Reactivated, Outcome::Success)),
        1 => Just((Action::Expired, Outcome::Success)),
        1 => Just((Action::Modified, Outcome::Success)),
    ]
}

fn any_record() -> impl Strategy<Value = Record> {
    let lifetime =
        prop_oneof![select(&SPANS[..]), select(&SPANS[..]).prop_map(|span| 10 * span), 1i64..300 * DAY];
    let said = (
        option::weighted(0.75, select(ADDRESSES)),
        option::weighted(0.7, select(VERSIONS)),
        prop::bool::weighted(0.08),
        option::weighted(0.25, lifetime),
        option::weighted(0.15, any_span()),
    );
    let bonds = (prop::bool::weighted(0.8), prop::bool::weighted(0.7), prop::bool::weighted(0.7));
    (0usize..6, any_action(), 0usize..8, bonds, said).prop_map(
        |(who, (action, outcome), names, bonds, (address, version, privileged, lifetime, issued_ago))| {
            Record { who, action, outcome, names, bonds, address, version, privileged, lifetime, issued_ago }
        },
    )
}

fn any_choice() -> impl Strategy<Value = Choice> {
    prop_oneof![
        select(PREFIXES).prop_map(Choice::Prefix),
        select(PRINCIPALS).prop_map(Choice::Principal),
        (select(PARENTS), prop::bool::weighted(0.3))
            .prop_map(|(parent, spare)| Choice::Parent(parent, spare)),
    ]
}

fn any_what(wanted: Wanted) -> impl Strategy<Value = What> {
    let act = select(vec![Action::Revoked, Action::Revoked, Action::Deactivated, Action::Reactivated]);
    let covered = vec((0i64..300, 1i64..1_000), 0..4);
    let gaps = u32::from(wanted.gaps);
    prop_oneof![
        10 => Just(What::Advance),
        30 => any_record().prop_map(What::Tell),
        1 => (0usize..40).prop_map(What::Again),
        3 => (any_choice(), act).prop_map(|(by, action)| What::Select { by, action }),
        1 => (select(vec![AWS, VAULT]), prop::bool::weighted(0.2))
            .prop_map(|(realm, denied)| What::Root { realm, denied }),
        gaps => covered.prop_map(What::Cover),
    ]
}

/// A random history.
pub fn any_history(wanted: Wanted) -> impl Strategy<Value = History> {
    let known: Vec<usize> =
        (0..CAST.len()).filter(|&at| wanted.sessions || CAST[at].kind.class() != Class::Session).collect();
    let lines = vec((any_when(), any_what(wanted)), 1..wanted.lines);
    (0..POLICIES.len(), vec((0..known.len(), 1usize..4), 1..=2), lines).prop_map(
        move |(policy, cast, lines)| {
            let neighbours = |&(from, many): &(usize, usize)| known.iter().copied().skip(from).take(many);
            let cast: BTreeSet<usize> = cast.iter().flat_map(neighbours).collect();
            play(policy, &cast.into_iter().collect::<Vec<_>>(), &lines, wanted)
        },
    )
}

/// A script as it is played.
struct Play {
    now: Seconds,
    /// The last record of each member.
    last: BTreeMap<usize, Seconds>,
    told: Vec<Happening>,
    world: World,
    steps: Vec<Step>,
    wanted: Wanted,
}

fn play(policy: usize, cast: &[usize], lines: &[(When, What)], wanted: Wanted) -> History {
    let (last, world) = (BTreeMap::new(), World::default());
    let mut play = Play { now: BEGIN, last, told: Vec::new(), world, steps: Vec::new(), wanted };
    for (when, what) in lines {
        let member = |who: usize| cast.get(who % cast.len()).copied();
        play.line(when, what, &member);
    }
    let end = BEGIN + wanted.longest;
    let end = if wanted.longest == LONGEST { play.now.min(end) } else { end };
    play.push(Step::Advance(end));
    History { policy, steps: play.steps }
}

impl Play {
    fn line(&mut self, when: &When, what: &What, member: &dyn Fn(usize) -> Option<usize>) {
        let then = match when {
            When::After(span) => self.now + span,
            When::Since { who, span, skew } => {
                let last = member(*who).and_then(|who| self.last.get(&who));
                last.map_or(self.now, |last| last + span + skew)
            }
        };
        if then - BEGIN >= self.wanted.longest {
            return;
        }
        self.now = self.now.max(then);
        match what {
            What::Advance => self.push(Step::Advance(self.now)),
            What::Cover(stretches) => self.push(Step::Gaps(stretches.iter().map(stretch).collect())),
            What::Again(which) => {
                if let Some(told) = self.told.get(which % self.told.len().max(1)).cloned() {
                    self.push(Step::Tell(told));
                }
            }
            What::Tell(record) => {
                if let Some(who) = member(record.who) {
                    let first = self.last.insert(who, self.now).is_none();
                    self.tell(|number, at| record.happening(&CAST[who], first, number, at));
                }
            }
            What::Select { by, action } => self.tell(|number, at| select_by(by, *action, number, at)),
            What::Root { realm, denied } => self.tell(|number, at| root(realm, *denied, number, at)),
        }
    }

    fn tell(&mut self, happening: impl Fn(usize, Seconds) -> Happening) {
        let happening = happening(self.told.len(), self.now);
        self.told.push(happening.clone());
        self.push(Step::Tell(happening));
    }

    fn push(&mut self, step: Step) {
        self.world.forget(self.now);
        if let Step::Tell(happening) = &step
            && self.world.has_forgotten(happening)
        {
            return;
        }
        if self.steps.last() != Some(&step) {
            self.world.step(&step);
            self.steps.push(step);
        }
    }
}

fn stretch(&(day, hours): &(i64, i64)) -> Stretch {
    (BEGIN + day * DAY, BEGIN + day * DAY + hours * HOUR)
}

/// A record that says nothing but this.
pub fn blank(number: usize, at: Seconds, realm: &'static str, action: Action, about: About) -> Happening {
    Happening {
        number,
        at,
        realm,
        action,
        outcome: Outcome::Success,
        about,
        principal: None,
        parent: None,
        place: None,
        address: None,
        session: None,
        privileged: false,
        issued_at: None,
        expires_at: None,
    }
}

fn select_by(by: &Choice, action: Action, number: usize, at: Seconds) -> Happening {
    let (realm, about) = match *by {
        Choice::Prefix(prefix) => (VAULT, About::Prefix(prefix)),
        Choice::Principal(principal) if principal == "alice" => (AWS, About::Principal(principal)),
        Choice::Principal(principal) => (VAULT, About::Principal(principal)),
        Choice::Parent(name, spare_tokens) => (VAULT, About::Parent { name, spare_tokens }),
    };
    blank(number, at, realm, action, about)
}

fn root(realm: &'static str, denied: bool, number: usize, at: Seconds) -> Happening {
    let outcome = if denied { Outcome::Denied } else { Outcome::Success };
    let root = blank(number, at, realm, Action::Used, About::Nobody);
    Happening { outcome, principal: Some("root"), privileged: true, ..root }
}

impl Record {
    /// `first`: nothing was told of `member` before. The name of a session is never made again, and the time
    /// of its issue does not change.
    fn happening(&self, member: &Member, first: bool, number: usize, at: Seconds) -> Happening {
        let class = member.kind.class();
        // Nobody rotates a session, and nothing but sessions ends by being spent.
        let action = match (self.action, class) {
            (Action::Used, Class::Stored) => Action::SecretRead,
            (Action::RotationFailed, Class::Session) => Action::Renewed,
            (Action::Issued, Class::Session) if !first => Action::Renewed,
            (Action::Expired, Class::Durable | Class::Stored | Class::Material | Class::Blind) => {
                Action::Revoked
            }
            _ => self.action,
        };
        let about = About::Credential {
            kind: member.kind,
            names: self.names(member),
            version: self.version.filter(|_| class == Class::Stored),
        };
        let happening = blank(number, at, member.realm, action, about);
        Happening {
            outcome: self.outcome,
            principal: member.principal.filter(|_| self.bonds.0),
            parent: member.parent.filter(|_| self.bonds.1),
            place: member.place.filter(|_| self.bonds.2),
            address: self.address,
            session: member.session,
            privileged: self.privileged,
            issued_at: self.issued_ago.filter(|_| first || class != Class::Session).map(|ago| at - ago),
            expires_at: self.lifetime.map(|lifetime| at + lifetime),
            ..happening
        }
    }

    fn names(&self, member: &Member) -> Vec<NameText> {
        let chosen = |at: &usize| self.names >> at & 1 == 1;
        let names: Vec<NameText> =
            (0..member.names.len()).filter(chosen).map(|at| member.names[at]).collect();
        if names.is_empty() { vec![member.names[0]] } else { names }
    }
}
