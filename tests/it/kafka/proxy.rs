//! A network that fails where a test says so: a proxy that knows requests of Kafka from each other.
//!
//! A frame is a length, then for requests the key of the API, its version and a correlation id, which the
//! reply repeats. That is all it needs to know, so no version of any API is too recent.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Weak};
use std::thread;
use std::time::Duration;

/// The number of a kind of request in Kafka's protocol.
pub type Api = i16;
pub const PRODUCE: Api = 0;
pub const METADATA: Api = 3;
pub const END_TXN: Api = 26;

/// How long anything is waited for that should come.
const PATIENCE: Duration = Duration::from_secs(30);

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The broker gets it late, even if the client gave up by then. What follows on the connection waits.
    Delay(Duration),
    /// The same, until [`Proxy::release`].
    Hold,
    /// The broker never gets it, and the connection breaks.
    CutBefore,
    /// The broker gets it and answers; then the connection breaks, without the answer.
    CutAfter,
    /// The broker never gets it, and the connection stays.
    Lose,
    /// The broker gets it and answers; the answer is lost, and the connection stays.
    LoseReply,
}

/// A port that always listens, through which one test at a time goes.
pub struct Door {
    port: u16,
    network: Arc<Network>,
}

/// A [`Door`] in use. Until a fault is asked for, it only forwards; it is given back when dropped.
pub struct Proxy<'a> {
    /// `host:port` to connect to.
    pub bootstrap: String,
    door: Option<Door>,
    give_back: Box<dyn Fn(Door) + 'a>,
}

#[derive(Default)]
struct Network {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    is_down: bool,
    releases: usize,
    faults: Vec<Planned>,
    counts: BTreeMap<Api, usize>,
    links: Vec<Weak<Link>>,
}

/// A fault for the request of `api` after `before` others.
struct Planned {
    api: Api,
    before: usize,
    fault: Fault,
}

/// A connection of a client and the one to the broker that belongs to it.
struct Link {
    client: TcpStream,
    broker: TcpStream,
    pending: Mutex<BTreeMap<i32, Reply>>,
    settled: Condvar,
}

/// What becomes of the reply to a request that was forwarded.
#[derive(Clone, Copy)]
enum Reply {
    Deliver,
    Lose,
    Cut,
}

impl Door {
    /// Forwards whoever comes to `listener` to the broker's listener on `broker_port`.
    pub fn open(listener: TcpListener, broker_port: u16) -> Self {
        let port = listener.local_addr().unwrap().port();
        let network = Arc::new(Network::default());
        let inside = Arc::clone(&network);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // Either end may be gone already, which is no concern of the others.
                let _ = inside.connect(client, broker_port);
            }
        });
        Self { port, network }
    }
}

impl<'a> Proxy<'a> {
    pub fn new(door: Door, give_back: impl Fn(Door) + 'a) -> Self {
        let bootstrap = format!("127.0.0.1:{}", door.port);
        Self { bootstrap, door: Some(door), give_back: Box::new(give_back) }
    }

    /// The request of `api` that comes as the `nth` from here, the first being 1, meets `fault`.
    pub fn fault(&self, api: Api, nth: usize, fault: Fault) {
        assert!(nth > 0, "the first is 1");
        self.state().faults.push(Planned { api, before: nth - 1, fault });
    }

    /// How many requests of `api` came, whatever became of them.
    pub fn count(&self, api: Api) -> usize {
        self.state().counts.get(&api).copied().unwrap_or(0)
    }

    /// Waits until `count` requests of `api` came.
    pub fn wait_for(&self, api: Api, count: usize) {
        let few = |state: &mut State| state.counts.get(&api).copied().unwrap_or(0) < count;
        let waited = self.network().changed.wait_timeout_while(self.state(), PATIENCE, few).unwrap();
        assert!(!waited.1.timed_out(), "fewer than {count} requests of API {api}");
    }

    /// Lets all requests go that are held.
    pub fn release(&self) {
        self.network().release();
    }

    /// Breaks every connection and refuses further ones, until [`Self::up`].
    pub fn down(&self) {
        self.state().is_down = true;
        self.network().cut_all();
    }

    pub fn up(&self) {
        self.state().is_down = false;
    }

    fn network(&self) -> &Network {
        &self.door.as_ref().expect("held until dropped").network
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.network().state.lock().unwrap()
    }
}

impl Drop for Proxy<'_> {
    fn drop(&mut self) {
        let Some(door) = self.door.take() else { return };
        door.network.cut_all();
        door.network.release();
        door.network.forget();
        (self.give_back)(door);
    }
}

impl Network {
    fn connect(self: &Arc<Self>, client: TcpStream, broker_port: u16) -> io::Result<()> {
        if self.state.lock().unwrap().is_down {
            return client.shutdown(Shutdown::Both);
        }
        let broker = TcpStream::connect(("127.0.0.1", broker_port))?;
        client.set_nodelay(true)?;
        broker.set_nodelay(true)?;
        let link =
            Arc::new(Link { client, broker, pending: Mutex::new(BTreeMap::new()), settled: Condvar::new() });
        self.state.lock().unwrap().links.push(Arc::downgrade(&link));
        let (network, requests, replies) = (Arc::clone(self), Arc::clone(&link), link);
        thread::spawn(move || {
            let _ = network.forward_requests(&requests);
            requests.settle();
            requests.cut();
        });
        thread::spawn(move || {
            let _ = replies.forward_replies();
            replies.cut();
        });
        Ok(())
    }

    /// Ends with the connection.
    fn forward_requests(&self, link: &Link) -> io::Result<()> {
        loop {
            let frame = read_frame(&link.client)?;
            let (fault, releases) = self.meet(i16::from_be_bytes(part(&frame, 4)?));
            let reply = match fault {
                None => Reply::Deliver,
                Some(Fault::Delay(time)) => {
                    thread::sleep(time);
                    Reply::Deliver
                }
                Some(Fault::Hold) => {
                    self.wait_for_release(releases);
                    Reply::Deliver
                }
                Some(Fault::CutBefore) => return Ok(()),
                Some(Fault::CutAfter) => Reply::Cut,
                Some(Fault::Lose) => continue,
                Some(Fault::LoseReply) => Reply::Lose,
            };
            link.pending.lock().unwrap().insert(i32::from_be_bytes(part(&frame, 8)?), reply);
            (&link.broker).write_all(&frame)?;
        }
    }

    /// Counts a request of `api`, and says which fault it meets, and how many releases there were by then.
    fn meet(&self, api: Api) -> (Option<Fault>, usize) {
        let mut state = self.state.lock().unwrap();
        *state.counts.entry(api).or_default() += 1;
        self.changed.notify_all();
        let met = state.faults.iter().position(|it| it.api == api && it.before == 0);
        for other in state.faults.iter_mut().filter(|it| it.api == api) {
            other.before = other.before.saturating_sub(1);
        }
        (met.map(|at| state.faults.remove(at).fault), state.releases)
    }

    /// Waits for a release after the first `before`.
    fn wait_for_release(&self, before: usize) {
        let state = self.state.lock().unwrap();
        let is_held = |state: &mut State| state.releases == before;
        drop(self.changed.wait_timeout_while(state, PATIENCE, is_held).unwrap());
    }

    fn release(&self) {
        self.state.lock().unwrap().releases += 1;
        self.changed.notify_all();
    }

    /// Makes it the network it was, but for the number of releases, which somebody may still compare.
    fn forget(&self) {
        let mut state = self.state.lock().unwrap();
        *state = State { releases: state.releases, ..State::default() };
    }

    fn cut_all(&self) {
        let links = std::mem::take(&mut self.state.lock().unwrap().links);
        links.iter().filter_map(Weak::upgrade).for_each(|link| link.cut());
    }
}

impl Link {
    /// Ends with the connection.
    fn forward_replies(&self) -> io::Result<()> {
        loop {
            let frame = read_frame(&self.broker)?;
            let correlation = i32::from_be_bytes(part(&frame, 4)?);
            let reply = self.pending.lock().unwrap().remove(&correlation);
            self.settled.notify_all();
            match reply {
                // A client that is gone does not end this: the broker still has requests of it to answer.
                Some(Reply::Deliver) | None => drop((&self.client).write_all(&frame)),
                Some(Reply::Lose) => {}
                Some(Reply::Cut) => return Ok(()),
            }
        }
    }

    /// Waits until the broker answered all it was sent: it drops requests of a connection that breaks.
    fn settle(&self) {
        let pending = self.pending.lock().unwrap();
        drop(self.settled.wait_timeout_while(pending, PATIENCE, |it| !it.is_empty()).unwrap());
    }

    fn cut(&self) {
        // Nothing is pending any more, whatever was.
        self.pending.lock().unwrap().clear();
        self.settled.notify_all();
        let _ = self.client.shutdown(Shutdown::Both);
        let _ = self.broker.shutdown(Shutdown::Both);
    }
}

/// A frame with its length before it.
fn read_frame(mut from: &TcpStream) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let size = usize::try_from(i32::from_be_bytes(length)).map_err(io::Error::other)?;
    let mut frame = length.to_vec();
    frame.resize(4 + size, 0);
    from.read_exact(&mut frame[4..])?;
    Ok(frame)
}

/// The `N` bytes of `frame` from `at`.
fn part<const N: usize>(frame: &[u8], at: usize) -> io::Result<[u8; N]> {
    let bytes = frame.get(at..at + N).ok_or(io::ErrorKind::InvalidData)?;
    bytes.try_into().map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that answers each request with its correlation id, and tells the test of it.
    fn echo() -> (u16, std::sync::mpsc::Receiver<i32>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (tell, got) = std::sync::mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let tell = tell.clone();
                thread::spawn(move || {
                    while let Ok(frame) = read_frame(&stream) {
                        let correlation: [u8; 4] = part(&frame, 8).unwrap();
                        let _ = tell.send(i32::from_be_bytes(correlation));
                        let _ = (&stream).write_all(&[&4_i32.to_be_bytes()[..], &correlation].concat());
                    }
                });
            }
        });
        (port, got)
    }

    struct Case {
        proxy: Proxy<'static>,
        client: TcpStream,
        got: std::sync::mpsc::Receiver<i32>,
    }

    impl Case {
        fn new() -> Self {
            let (port, got) = echo();
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let proxy = Proxy::new(Door::open(listener, port), drop);
            let client = TcpStream::connect(&proxy.bootstrap).unwrap();
            client.set_read_timeout(Some(PATIENCE)).unwrap();
            Self { proxy, client, got }
        }

        fn send(&self, api: Api, correlation: i32) {
            let header = [&8_i32.to_be_bytes()[..], &api.to_be_bytes(), &[0, 0], &correlation.to_be_bytes()];
            (&self.client).write_all(&header.concat()).unwrap();
        }

        /// The correlation id of the next reply; `None` where the connection is broken.
        fn reply(&self) -> Option<i32> {
            let frame = read_frame(&self.client).ok()?;
            Some(i32::from_be_bytes(part(&frame, 4).unwrap()))
        }

        /// What came to the broker by now.
        fn at_broker(&self) -> Vec<i32> {
            self.got.try_iter().collect()
        }
    }

    #[test]
    fn only_the_nth_request_of_an_api_meets_its_fault() {
        let case = Case::new();
        case.proxy.fault(END_TXN, 2, Fault::LoseReply);
        for (api, correlation) in [(END_TXN, 1), (PRODUCE, 2), (END_TXN, 3), (END_TXN, 4)] {
            case.send(api, correlation);
        }
        assert_eq!([case.reply(), case.reply(), case.reply()], [Some(1), Some(2), Some(4)]);
        assert_eq!(case.at_broker(), [1, 2, 3, 4]);
        assert_eq!((case.proxy.count(END_TXN), case.proxy.count(PRODUCE)), (3, 1));
    }

    #[test]
    fn a_lost_request_never_comes_to_the_broker() {
        let case = Case::new();
        case.proxy.fault(END_TXN, 1, Fault::Lose);
        case.send(END_TXN, 1);
        case.send(PRODUCE, 2);
        assert_eq!(case.reply(), Some(2));
        assert_eq!(case.at_broker(), [2]);
    }

    #[test]
    fn a_cut_before_keeps_the_request_from_the_broker() {
        let case = Case::new();
        case.proxy.fault(END_TXN, 1, Fault::CutBefore);
        case.send(END_TXN, 1);
        assert_eq!(case.reply(), None);
        assert_eq!(case.at_broker(), [0; 0]);
    }

    #[test]
    fn a_cut_after_lets_the_broker_have_it() {
        let case = Case::new();
        case.proxy.fault(END_TXN, 1, Fault::CutAfter);
        case.send(END_TXN, 1);
        assert_eq!(case.reply(), None);
        assert_eq!(case.at_broker(), [1]);
    }

    #[test]
    fn a_delayed_request_comes_to_the_broker_after_its_client_is_gone() {
        let case = Case::new();
        case.proxy.fault(END_TXN, 1, Fault::Delay(Duration::from_millis(300)));
        case.send(END_TXN, 1);
        case.proxy.wait_for(END_TXN, 1);
        case.client.shutdown(Shutdown::Both).unwrap();
        assert_eq!(case.at_broker(), [0; 0]);
        assert_eq!(case.got.recv_timeout(PATIENCE), Ok(1));
    }

    #[test]
    fn a_held_request_comes_to_the_broker_when_it_is_released() {
        let case = Case::new();
        case.proxy.fault(END_TXN, 1, Fault::Hold);
        case.send(END_TXN, 1);
        case.proxy.wait_for(END_TXN, 1);
        assert_eq!(case.at_broker(), [0; 0]);
        case.proxy.release();
        assert_eq!(case.reply(), Some(1));
    }

    #[test]
    fn a_network_that_is_down_breaks_and_refuses_until_it_is_up() {
        let mut case = Case::new();
        case.send(METADATA, 1);
        assert_eq!(case.reply(), Some(1));
        case.proxy.down();
        assert_eq!(case.reply(), None);
        case.client = TcpStream::connect(&case.proxy.bootstrap).unwrap();
        assert_eq!(case.reply(), None);
        case.proxy.up();
        case.client = TcpStream::connect(&case.proxy.bootstrap).unwrap();
        case.send(METADATA, 2);
        assert_eq!(case.reply(), Some(2));
    }
}
