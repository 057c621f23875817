//! Open an interactive shell in a container.
//!
//! What `docker exec -it` does: the local terminal passes on each key, and the shell has its size. To follow later
//! changes of the size, give `Terminal::resizer` to a task that hears of them.

use std::error::Error;

use crossterm::terminal;
use dockwright::{Docker, TerminalSize};
use tokio::io::{copy, stdin, stdout};

pub async fn interactive_shell(docker: &Docker, container: &str) -> Result<(), Box<dyn Error>> {
    let (columns, rows) = terminal::size().unwrap_or((80, 24));
    let exec = docker.container(container).exec(["sh"]);
    let mut shell = exec.tty(TerminalSize { rows, columns }).await?;
    let mut typed = shell.take_stdin().expect("nobody has taken it");

    // There may be no terminal to switch.
    let raw = terminal::enable_raw_mode().is_ok();
    let typing = tokio::spawn(async move { copy(&mut stdin(), &mut typed).await });
    let shown = copy(&mut shell, &mut stdout()).await;
    if raw {
        terminal::disable_raw_mode()?;
    }
    typing.abort();
    shown?;
    println!("{}", shell.wait().await?);
    Ok(())
}
