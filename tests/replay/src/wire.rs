//! A server that plays bytes: torn frames, early ends, output in the packet of the headers.
//!
//! Each connection follows one [`Play`], chosen by its first request. Each [`server`](Play::server) step is one
//! write. What separates writes for sure is a [`gate`](Play::gate): the play stops there until the test
//! has seen what it wanted to see, and [releases](Wire::release) it. There are no timers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{fmt, io};

use bytes::Bytes;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::expect::{Target, excerpt};
use crate::host::Host;
use crate::session::Mismatch;

/// How long a play may take to end once the test is over.
const PATIENCE: Duration = Duration::from_secs(5);

/// The longest head of a request that is read.
const LONGEST_HEAD: usize = 256 << 10;

/// What the server does on one connection.
///
/// At the end of its steps it closes the connection. A response after which that happens should say
/// `Connection: close`, or a client may send its next request just then.
#[derive(Clone, Debug)]
#[must_use]
pub struct Play {
    first: String,
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
enum Step {
    Request(String),
    Server(Bytes),
    Client(Bytes),
    ClientClosed,
    ServerClosed,
    Gate(String),
}

impl Play {
    /// A connection whose first request is this one; `{any}` in the target stands for anything.
    ///
    /// The request is read with its body before the first step.
    pub fn on(method: &str, target: &str) -> Play {
        Play {
            first: format!("{method} {target}"),
            steps: Vec::new(),
        }
    }

    /// Reads another request on the same connection, which must be this one.
    pub fn then_on(self, method: &str, target: &str) -> Play {
        self.then(Step::Request(format!("{method} {target}")))
    }

    /// Writes these bytes, in one write.
    pub fn server(self, bytes: impl AsRef<[u8]>) -> Play {
        self.then(Step::Server(Bytes::copy_from_slice(bytes.as_ref())))
    }

    /// Reads exactly these bytes.
    pub fn client(self, bytes: impl AsRef<[u8]>) -> Play {
        self.then(Step::Client(Bytes::copy_from_slice(bytes.as_ref())))
    }

    /// Reads and discards until the client has closed its writing side.
    pub fn client_closes(self) -> Play {
        self.then(Step::ClientClosed)
    }

    /// Closes the writing side.
    pub fn server_closes(self) -> Play {
        self.then(Step::ServerClosed)
    }

    /// Stops, with the connection open, until [`Wire::release`] is called with this name.
    pub fn gate(self, name: &str) -> Play {
        self.then(Step::Gate(name.to_owned()))
    }

    fn then(mut self, step: Step) -> Play {
        self.steps.push(step);
        self
    }
}

/// A server on a Unix socket of its own that follows [`Play`]s.
///
/// # Dropping
///
/// Closes all connections and removes the socket.
///
/// # Examples
///
/// Output that comes in the packet of the 101's headers:
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use dockwright_replay::wire::{Play, Wire};
///
/// let wire = Wire::start([Play::on("POST", "/v{any}/containers/c1/attach?stdout=1")
///     .server("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nfirst ")
///     .gate("rest")
///     .server("second")])
/// .await?;
/// # use tokio::io::{AsyncReadExt, AsyncWriteExt};
/// # let socket = wire.docker_host();
/// # let mut client = tokio::net::UnixStream::connect(&socket["unix://".len()..]).await?;
/// # client.write_all(b"POST /v1.51/containers/c1/attach?stdout=1 HTTP/1.1\r\n\r\n").await?;
/// // … the client attaches and reads `first ` …
/// wire.reached("rest").await;
/// wire.release("rest");
/// // … and now `second` …
/// # let mut all = String::new();
/// # client.read_to_string(&mut all).await?;
/// # assert!(all.ends_with("\r\n\r\nfirst second"));
/// wire.finish().await?;
/// # Ok(())
/// # }
/// ```
pub struct Wire {
    host: Host,
    shared: Arc<Shared>,
}

struct Shared {
    stage: watch::Sender<Stage>,
    heads: Mutex<Vec<String>>,
}

#[derive(Default)]
struct Stage {
    plays: Vec<(Play, State)>,
    gates: HashMap<String, Gate>,
    complaints: Vec<String>,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Waiting,
    Playing,
    AtGate,
    Over,
}

#[derive(Clone, Copy, Default)]
struct Gate {
    reached: bool,
    released: bool,
}

impl Wire {
    /// Starts a server for as many connections as there are plays, in any order.
    ///
    /// # Errors
    ///
    /// The socket cannot be made, or a play's request is not a method and a path.
    pub async fn start(plays: impl IntoIterator<Item = Play>) -> io::Result<Wire> {
        let plays: Vec<_> = plays
            .into_iter()
            .map(|play| (play, State::Waiting))
            .collect();
        for (play, _) in &plays {
            Target::parse(&play.first)
                .map_err(|reason| io::Error::new(io::ErrorKind::InvalidInput, reason))?;
        }
        let (host, listener) = Host::bind()?;
        let stage = watch::Sender::new(Stage {
            plays,
            ..Stage::default()
        });
        let shared = Arc::new(Shared {
            stage,
            heads: Mutex::default(),
        });
        let served = shared.clone();
        host.accept(listener, move |stream| serve(stream, served.clone()));
        Ok(Wire { host, shared })
    }

    /// The address of this server, for `DOCKER_HOST`: `unix://…`.
    pub fn docker_host(&self) -> String {
        self.host.docker_host()
    }

    /// Waits until a play stands at this gate; everything before it has been written.
    pub async fn reached(&self, gate: &str) {
        let stage = self.shared.stage.subscribe();
        wait(stage, |stage| {
            stage.gates.get(gate).is_some_and(|gate| gate.reached)
        })
        .await;
    }

    /// Opens a gate, now or for when a play comes to it.
    pub fn release(&self, gate: &str) {
        self.shared
            .stage
            .send_modify(|stage| stage.gates.entry(gate.to_owned()).or_default().released = true);
    }

    /// The heads of all requests that have come, as they came.
    pub fn heads(&self) -> Vec<String> {
        self.shared.heads().clone()
    }

    /// Waits for the plays under way to end or to stand at a gate.
    ///
    /// # Errors
    ///
    /// A request belonged to no play, a play was not begun or not finished, or the client wrote other bytes.
    pub async fn finish(self) -> Result<(), Mismatch> {
        let stage = self.shared.stage.subscribe();
        let over = async move {
            wait(stage, |stage| {
                stage
                    .plays
                    .iter()
                    .all(|(_, state)| *state != State::Playing)
            })
            .await;
        };
        let ended = self
            .host
            .run(async move { timeout(PATIENCE, over).await.is_ok() })
            .await;
        let stage = self.shared.stage.borrow();
        let mut complaints = stage.complaints.clone();
        for (play, state) in &stage.plays {
            match state {
                State::Waiting => complaints.push(format!("never requested: `{}`", play.first)),
                State::Playing => complaints.push(format!("not finished: `{}`", play.first)),
                State::AtGate | State::Over => {}
            }
        }
        if let Err(error) = ended {
            complaints.push(format!("the server stopped: {error}"));
        }
        Mismatch::unless_empty(complaints)
    }
}

async fn wait(mut stage: watch::Receiver<Stage>, done: impl FnMut(&Stage) -> bool) {
    // Fails when the sender is gone, and then nothing more will happen.
    let _ = stage.wait_for(done).await;
}

impl Shared {
    fn heads(&self) -> MutexGuard<'_, Vec<String>> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the first play for this request that nobody has taken.
    fn take(&self, line: &str) -> Option<(usize, Vec<Step>)> {
        let mut taken = None;
        self.stage.send_modify(|stage| {
            let free = stage
                .plays
                .iter_mut()
                .enumerate()
                .find(|(_, (play, state))| *state == State::Waiting && same(&play.first, line));
            match free {
                Some((index, (play, state))) => {
                    *state = State::Playing;
                    taken = Some((index, play.steps.clone()));
                }
                None => stage
                    .complaints
                    .push(format!("no play is left for `{line}`")),
            }
        });
        taken
    }

    fn set(&self, play: usize, state: State) {
        self.stage.send_modify(|stage| stage.plays[play].1 = state);
    }

    async fn pass(&self, play: usize, gate: &str) {
        self.stage.send_modify(|stage| {
            stage.plays[play].1 = State::AtGate;
            stage.gates.entry(gate.to_owned()).or_default().reached = true;
        });
        wait(self.stage.subscribe(), |stage| {
            stage.gates.get(gate).is_some_and(|gate| gate.released)
        })
        .await;
        self.set(play, State::Playing);
    }
}

fn same(want: &str, got: &str) -> bool {
    match (Target::parse(want), Target::parse(got)) {
        (Ok(want), Ok(got)) => want.matches(&got),
        _ => false,
    }
}

struct Connection {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    shared: Arc<Shared>,
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Wire").field(&self.docker_host()).finish()
    }
}

async fn serve(stream: UnixStream, shared: Arc<Shared>) {
    let (reader, writer) = stream.into_split();
    let mut connection = Connection {
        reader: BufReader::new(reader),
        writer,
        shared: shared.clone(),
    };
    // A client that connects and leaves without a request, or leaves within it, asks for nothing.
    let Ok(line) = connection.request().await else {
        return;
    };
    let Some((play, steps)) = shared.take(&line) else {
        let body = format!(
            "{{\"message\":\"wire: no play is left for {}\"}}",
            line.escape_default()
        );
        let head = "HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Type: application/json";
        let answer = format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        let _ = connection.writer.write_all(answer.as_bytes()).await;
        return;
    };
    for step in steps {
        if let Err(complaint) = connection.step(play, step).await {
            let complaint = format!("on `{line}`: {complaint}");
            shared
                .stage
                .send_modify(|stage| stage.complaints.push(complaint));
            break;
        }
    }
    drop(connection);
    shared.set(play, State::Over);
}

impl Connection {
    async fn step(&mut self, play: usize, step: Step) -> Result<(), String> {
        match step {
            Step::Request(want) => match self.request().await {
                Ok(got) if same(&want, &got) => {}
                Ok(got) => return Err(format!("expected `{want}` next, got `{got}`")),
                Err(_) => return Err(format!("expected `{want}` next, and the client closed")),
            },
            // A client may leave in the middle of what it is sent.
            Step::Server(bytes) => drop(self.writer.write_all(&bytes).await),
            Step::Client(want) => {
                let mut got = vec![0; want.len()];
                if self.reader.read_exact(&mut got).await.is_err() {
                    return Err(format!(
                        "the client closed before it wrote {}",
                        excerpt(&want)
                    ));
                }
                if got != want {
                    let (want, got) = (excerpt(&want), excerpt(&got));
                    return Err(format!(
                        "the client was expected to write {want}, and wrote {got}"
                    ));
                }
            }
            Step::ClientClosed => {
                drop(tokio::io::copy_buf(&mut self.reader, &mut tokio::io::sink()).await);
            }
            Step::ServerClosed => drop(self.writer.shutdown().await),
            Step::Gate(name) => self.shared.clone().pass(play, &name).await,
        }
        Ok(())
    }

    /// Reads a request with its body; gives its method and target.
    async fn request(&mut self) -> io::Result<String> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            let line = self.line().await?;
            head.push_str(&line);
            if head.len() > LONGEST_HEAD {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
        let header = |name: &str| {
            let mut fields = head.lines().filter_map(|line| line.split_once(':'));
            fields
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.trim().to_owned())
        };
        if header("transfer-encoding").is_some() {
            while self.chunk().await? > 0 {}
        } else if let Some(length) = header("content-length") {
            self.skip(length.parse().map_err(|_| io::ErrorKind::InvalidData)?)
                .await?;
        }
        let line = head
            .lines()
            .next()
            .and_then(|line| line.rsplit_once(' '))
            .map(|(line, _)| line.to_owned());
        self.shared.heads().push(head);
        line.ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    async fn line(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        (&mut self.reader)
            .take(LONGEST_HEAD as u64)
            .read_until(b'\n', &mut line)
            .await?;
        match line.last() {
            Some(b'\n') => String::from_utf8(line).map_err(|_| io::ErrorKind::InvalidData.into()),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    /// Skips one chunk of a body and gives its length.
    async fn chunk(&mut self) -> io::Result<u64> {
        let line = self.line().await?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(size, 16).map_err(|_| io::ErrorKind::InvalidData)?;
        self.skip(size).await?;
        self.line().await?;
        Ok(size)
    }

    async fn skip(&mut self, length: u64) -> io::Result<()> {
        let mut body = (&mut self.reader).take(length);
        match tokio::io::copy_buf(&mut body, &mut tokio::io::sink()).await? == length {
            true => Ok(()),
            false => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}
