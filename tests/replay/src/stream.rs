//! Replays the server's side of an upgraded connection.

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::sync::mpsc::{self, UnboundedReceiver};

use crate::expect::excerpt;
use crate::plan::Step;
use crate::session::Run;

enum Out {
    Bytes(Bytes),
    Closed,
}

pub(crate) async fn play<S>(mut run: Run, connection: S)
where
    S: AsyncRead + AsyncWrite + Send + 'static,
{
    let (mut reader, writer) = tokio::io::split(connection);
    // A client that writes all before it reads must not stop what is recorded after its writing.
    let (out, queue) = mpsc::unbounded_channel();
    tokio::spawn(write(writer, queue));
    while let Ok(step) = run.next().await {
        let went = match step {
            Some(Step::Client(want)) => client_writes(&mut reader, &want).await,
            Some(Step::ClientClosed) => client_closes(&mut reader).await,
            Some(Step::Server(bytes)) => out.send(Out::Bytes(bytes)).or(Ok(())),
            Some(Step::ServerClosed) => out.send(Out::Closed).or(Ok(())),
            None => {
                // Closing with unread bytes would reset the connection under the client.
                let _ = tokio::io::copy(&mut reader, &mut tokio::io::sink()).await;
                return;
            }
            // `Cut`; the others are not in a stream.
            Some(_) => return run.done(),
        };
        if let Err(complaint) = went {
            return run.complain(&complaint);
        }
        run.done();
    }
}

async fn write<W: AsyncWrite>(mut writer: WriteHalf<W>, mut queue: UnboundedReceiver<Out>) {
    while let Some(out) = queue.recv().await {
        let written = match out {
            Out::Bytes(bytes) => writer.write_all(&bytes).await,
            Out::Closed => writer.shutdown().await,
        };
        if written.is_err() {
            return; // the client is gone
        }
    }
}

async fn client_writes<R: AsyncRead>(reader: &mut ReadHalf<R>, want: &[u8]) -> Result<(), String> {
    let mut got = vec![0; want.len()];
    let mut len = 0;
    while len < want.len() {
        match reader.read(&mut got[len..]).await {
            Ok(0) | Err(_) => {
                let want = excerpt(&want[len..]);
                return Err(format!("the client closed its side before it wrote {want}"));
            }
            Ok(read) => len += read,
        }
        if got[..len] != want[..len] {
            let (want, got) = (excerpt(want), excerpt(&got[..len]));
            return Err(format!(
                "the client was expected to write {want}, and wrote {got}"
            ));
        }
    }
    Ok(())
}

async fn client_closes<R: AsyncRead>(reader: &mut ReadHalf<R>) -> Result<(), String> {
    let mut more = [0; 128];
    match reader.read(&mut more).await {
        Ok(0) | Err(_) => Ok(()),
        Ok(read) => {
            let got = excerpt(&more[..read]);
            Err(format!(
                "the client was expected to close its side, and wrote {got}"
            ))
        }
    }
}
