//! Certificates and keys of the engines that are reached by TLS or ssh. They are worth nothing elsewhere.

use std::fs;
use std::net::IpAddr;
use std::path::Path;

use anyhow::Result;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, SanType, date_time_ymd,
};
use xshell::{Shell, cmd};

use super::net::Subnet;
use crate::engine::catalog::Engine;

/// Where sshd listens.
pub const SSH_PORT: u16 = 2222;

/// Makes what `engine` needs of them in the folder `keys`, which is not there yet.
pub fn make(engine: Engine, keys: &Path, subnet: Subnet) -> Result<()> {
    let address = IpAddr::from(subnet.address(engine.host_number()));
    match engine {
        Engine::Tls | Engine::Tlsverify => certificates(keys, address),
        Engine::Ssh => ssh(keys, address),
        _ => Ok(()),
    }
}

/// `ca.pem`, `cert.pem` and `key.pem`, as a client has them, the server's own, and a client's that
/// has expired.
fn certificates(keys: &Path, address: IpAddr) -> Result<()> {
    fs::create_dir(keys)?;
    let mut params = named("dockwright engines");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let ca = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    fs::write(keys.join("ca.pem"), ca.pem())?;

    let mut server = named("engine");
    server.subject_alt_names = vec![SanType::IpAddress(address)];
    let mut client = named("client");
    client.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let mut expired = client.clone();
    expired.not_after = date_time_ymd(2001, 1, 1);
    for (params, certificate, key) in [
        (server, "server.pem", "server-key.pem"),
        (client, "cert.pem", "key.pem"),
        (expired, "expired-cert.pem", "expired-key.pem"),
    ] {
        let pair = KeyPair::generate()?;
        fs::write(keys.join(certificate), params.signed_by(&pair, &ca)?.pem())?;
        fs::write(keys.join(key), pair.serialize_pem())?;
    }
    Ok(())
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

/// A client's key `id`, `known_hosts` with the server's, and what the server reads.
fn ssh(keys: &Path, address: IpAddr) -> Result<()> {
    fs::create_dir(keys)?;
    let sh = Shell::new()?;
    for key in ["id", "host"] {
        let path = keys.join(key);
        cmd!(sh, "ssh-keygen -q -t ed25519 -N '' -C dockwright -f {path}")
            .quiet()
            .run()?;
    }
    fs::copy(keys.join("id.pub"), keys.join("authorized_keys"))?;
    let host = fs::read_to_string(keys.join("host.pub"))?;
    fs::write(
        keys.join("known_hosts"),
        format!("[{address}]:{SSH_PORT} {host}"),
    )?;
    fs::write(keys.join("sshd_config"), sshd_config())?;
    Ok(())
}

fn sshd_config() -> String {
    format!(
        "Port {SSH_PORT}\n\
         HostKey /run/engine/keys/host\n\
         AuthorizedKeysFile /run/engine/keys/authorized_keys\n\
         PidFile none\n\
         # The folder of the keys is not root's alone on every machine.\n\
         StrictModes no\n\
         PasswordAuthentication no\n\
         KbdInteractiveAuthentication no\n\
         # A client logs in once for each of its connections.\n\
         MaxStartups 100\n\
         Match User bare\n\
         SetEnv PATH=/nowhere\n"
    )
}
