//! `docker exec -it CONTAINER sh`; without a terminal here, `docker exec -i CONTAINER sh`.

use std::io::{IsTerminal, stdin as here};

use crossterm::terminal;
use dockwright::{Docker, TerminalSize};
use tokio::io::{copy, stdin, stdout};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let name = std::env::args().nth(1).expect("usage: exec_tty CONTAINER");
    let exec = Docker::connect().await?.container(name).exec(["sh"]);
    let status = match here().is_terminal() {
        true => {
            let (columns, rows) = terminal::size()?;
            let mut shell = exec.tty(TerminalSize { rows, columns }).await?;
            let mut typed = shell.take_stdin().expect("a terminal is typed to");
            terminal::enable_raw_mode()?;
            tokio::spawn(async move { copy(&mut stdin(), &mut typed).await });
            let shown = copy(&mut shell, &mut stdout()).await;
            terminal::disable_raw_mode()?;
            shown?;
            shell.wait().await?
        }
        false => {
            let mut shell = exec.spawn().await?;
            let mut input = shell.take_stdin().expect("it was not given beforehand");
            tokio::spawn(async move {
                copy(&mut stdin(), &mut input).await?;
                input.close().await
            });
            while let Some(chunk) = shell.try_next().await? {
                print!("{chunk}");
            }
            shell.wait().await?
        }
    };
    std::process::exit(status.code() as i32)
}
