//! A plugin as small as it can be: it listens at its socket, and ends when it is told to.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use tempfile::TempDir;

const CONFIG: &str = r#"{
    "description": "listens",
    "documentation": "",
    "entrypoint": ["/listen"],
    "interface": {"types": ["dockwright.test/1.0"], "socket": "p.sock"},
    "network": {"type": "host"},
    "env": [{"name": "COLOUR", "settable": ["value"], "value": "blue"}],
    "linux": {"capabilities": ["CAP_SYS_ADMIN"]}
}"#;

/// What `listen` does, for Linux on x86-64:
///
/// ```text
/// fd = socket(AF_UNIX, SOCK_STREAM, 0); bind(fd, "/run/docker/plugins/p.sock", 29); listen(fd, 8)
/// rt_sigprocmask(SIG_BLOCK, {SIGTERM}); rt_sigtimedwait({SIGTERM}); exit(0)
/// ```
const CODE: &[u8] = b"\
    \xbf\x01\0\0\0\xbe\x01\0\0\0\x31\xd2\xb8\x29\0\0\0\x0f\x05\
    \x89\xc7\x48\x8d\x35\x59\0\0\0\xba\x1d\0\0\0\xb8\x31\0\0\0\x0f\x05\
    \xbe\x08\0\0\0\xb8\x32\0\0\0\x0f\x05\
    \x31\xff\x48\x8d\x35\x30\0\0\0\x31\xd2\x41\xba\x08\0\0\0\xb8\x0e\0\0\0\x0f\x05\
    \x48\x8d\x3d\x1a\0\0\0\x31\xf6\x31\xd2\x41\xba\x08\0\0\0\xb8\x80\0\0\0\x0f\x05\
    \x31\xff\xb8\x3c\0\0\0\x0f\x05\
    \0\x40\0\0\0\0\0\0\
    \x01\0/run/docker/plugins/p.sock\0";

/// Where the program is loaded, with the headers before its code.
const BASE: u64 = 0x40_0000;
const HEADERS: u64 = 64 + 56;

/// An executable file of the code alone.
fn listen() -> Vec<u8> {
    let size = HEADERS + CODE.len() as u64;
    let mut elf = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    // An executable for x86-64.
    elf.extend([2, 0, 62, 0, 1, 0, 0, 0]);
    // Where it begins, where its one segment is described, and that it has no sections.
    for word in [BASE + HEADERS, 64, 0] {
        elf.extend(word.to_le_bytes());
    }
    elf.extend([0, 0, 0, 0, 64, 0, 56, 0, 1, 0, 64, 0, 0, 0, 0, 0]);
    // All of the file is loaded, to be read and executed.
    elf.extend([1, 0, 0, 0, 5, 0, 0, 0]);
    for word in [0, BASE, BASE, size, size, 0x1000] {
        elf.extend(word.to_le_bytes());
    }
    elf.extend(CODE);
    elf
}

/// The plugin as a folder. `mark` makes it another than all others: an engine fails if two of the
/// same content are created at the same time.
pub fn folder(mark: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let rootfs = folder.path().join("rootfs");
    let program = rootfs.join("listen");
    fs::create_dir(&rootfs).unwrap();
    let config = CONFIG.replace("listens", mark);
    fs::write(folder.path().join("config.json"), config).unwrap();
    fs::write(rootfs.join("mark"), mark).unwrap();
    fs::write(&program, listen()).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// The plugin as a tar archive.
pub fn tar(mark: &str) -> Vec<u8> {
    let folder = folder(mark);
    let mut tar = tar::Builder::new(Vec::new());
    // The same at each time, and so are the layers that the engine makes of it.
    tar.mode(tar::HeaderMode::Deterministic);
    tar.append_dir_all(".", folder.path()).unwrap();
    tar.into_inner().unwrap()
}
