//! Connections in a pool are kept going by the runtime that made them: they hang while that one
//! rests, and break when it ends. So each runtime has a pool of its own.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use reqwest::Body;
use tokio::runtime::{Handle, Id};
use tokio::sync::oneshot;

use crate::dial::Connector;

/// An HTTP client, which has a pool.
pub(super) type Client = legacy::Client<Connector, Body>;

/// An HTTP client for each runtime that asks for one.
pub(super) struct Pools {
    connector: Connector,
    /// Usually one.
    clients: Arc<Clients>,
}

type Clients = Mutex<Vec<Pool>>;

struct Pool {
    runtime: Id,
    client: Client,
    /// Is dropped with the pool, and ends what watches for the end of the runtime.
    _alive: oneshot::Sender<()>,
}

impl Pools {
    pub(super) fn new(connector: Connector) -> Self {
        Self {
            connector,
            clients: Arc::default(),
        }
    }

    /// The client of the runtime that this is called on.
    pub(super) fn client(&self) -> Client {
        let Ok(runtime) = Handle::try_current() else {
            // Sending without a runtime fails by itself.
            return self.make();
        };
        let found = find(&lock(&self.clients), runtime.id());
        found.unwrap_or_else(|| self.keep(&runtime, self.make()))
    }

    fn make(&self) -> Client {
        legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .build(self.connector.clone())
    }

    /// Keeps `client` for as long as its runtime, unless another thread of that was faster.
    fn keep(&self, runtime: &Handle, client: Client) -> Client {
        let mut clients = lock(&self.clients);
        if let Some(client) = find(&clients, runtime.id()) {
            return client;
        }
        let (alive, gone) = oneshot::channel::<()>();
        clients.push(Pool {
            runtime: runtime.id(),
            client: client.clone(),
            _alive: alive,
        });
        drop(clients);
        let end = End {
            runtime: runtime.id(),
            clients: Arc::downgrade(&self.clients),
        };
        runtime.spawn(async move {
            let _end = end;
            let _ = gone.await;
        });
        client
    }
}

fn find(clients: &[Pool], runtime: Id) -> Option<Client> {
    let pool = clients.iter().find(|pool| pool.runtime == runtime)?;
    Some(pool.client.clone())
}

fn lock(clients: &Clients) -> MutexGuard<'_, Vec<Pool>> {
    clients.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Is dropped with the runtime, whose pool is of no use then.
struct End {
    runtime: Id,
    clients: Weak<Clients>,
}

impl Drop for End {
    fn drop(&mut self) {
        let Some(clients) = self.clients.upgrade() else {
            return;
        };
        let gone = {
            let mut clients = lock(&clients);
            let gone = clients.iter().position(|pool| pool.runtime == self.runtime);
            gone.map(|at| clients.swap_remove(at))
        };
        drop(gone);
    }
}
