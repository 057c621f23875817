//! Operations against a peer that answers byte by byte as a test says.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

use crate::{
    ApiVersion, BuildContext, Chunk, Docker, Error, HealthCheck, Mount, NetworkEndpoint,
    WaitCondition, operation,
};

/// One answer: to the request whose first line contains this, these writes, one after another.
struct Answer {
    to: &'static str,
    writes: Vec<Vec<u8>>,
    /// After the writes, sends back what comes until the other side ends it, and closes.
    echo: bool,
}

fn answer(to: &'static str, writes: &[&[u8]]) -> Answer {
    Answer {
        to,
        writes: writes.iter().map(|write| write.to_vec()).collect(),
        echo: false,
    }
}

fn json(to: &'static str, status: &str, body: &str) -> Answer {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    );
    answer(to, &[head.as_bytes(), body.as_bytes()])
}

fn empty(to: &'static str) -> Answer {
    answer(to, &[b"HTTP/1.1 204 No Content\r\n\r\n"])
}

const UPGRADED: &[u8] = b"HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\
                          \r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";

/// A peer with a list of answers, and the heads of the requests that it got.
struct Peer {
    docker: Docker,
    requests: Arc<Mutex<Vec<String>>>,
    _folder: tempfile::TempDir,
}

impl Peer {
    async fn with(answers: Vec<Answer>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("peer.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn(serve(listener, answers, requests.clone()));
        let docker = Docker::connect_to(format!("unix://{}", socket.display()))
            .api_version(ApiVersion::new(1, 41))
            .await
            .unwrap();
        Self {
            docker,
            requests,
            _folder: folder,
        }
    }

    /// The methods and paths of the requests, but for the pings.
    fn requests(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        let lines = requests.iter().filter_map(|head| head.lines().next());
        lines
            .filter(|line| !line.contains("/_ping"))
            .map(|line| line.trim_end_matches(" HTTP/1.1").replace("/v1.41", ""))
            .collect()
    }
}

async fn serve(listener: UnixListener, answers: Vec<Answer>, requests: Arc<Mutex<Vec<String>>>) {
    let answers = Arc::new(answers);
    while let Ok((connection, _)) = listener.accept().await {
        tokio::spawn(converse(connection, answers.clone(), requests.clone()));
    }
}

async fn converse(
    mut connection: UnixStream,
    answers: Arc<Vec<Answer>>,
    requests: Arc<Mutex<Vec<String>>>,
) -> std::io::Result<()> {
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(connection.read_u8().await?);
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            let is_length = name.eq_ignore_ascii_case("content-length");
            is_length.then(|| value.parse().unwrap())
        });
        let mut body = vec![0; length.unwrap_or(0)];
        connection.read_exact(&mut body).await?;
        let first = head.lines().next().unwrap().to_owned();
        requests.lock().unwrap().push(head);
        let ping = json("/_ping", "200 OK", "");
        let known = answers.iter().chain([&ping]);
        let Some(answer) = known.into_iter().find(|answer| first.contains(answer.to)) else {
            panic!("no answer to {first}");
        };
        for write in &answer.writes {
            connection.write_all(write).await?;
            connection.flush().await?;
            tokio::task::yield_now().await;
        }
        if answer.echo {
            let mut input = Vec::new();
            connection.read_to_end(&mut input).await?;
            connection.write_all(&frame(1, &input)).await?;
        }
        if first.contains("/attach") || first.contains("/images/create") {
            return Ok(());
        }
    }
}

fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&[kind, 0, 0, 0][..], &length, payload].concat()
}

fn inspected() -> Answer {
    json(
        "/json",
        "200 OK",
        r#"{"Config":{"Tty":false,"OpenStdin":true}}"#,
    )
}

async fn all(mut attached: crate::Attached) -> Result<Vec<Chunk>, Error> {
    let mut chunks = Vec::new();
    while let Some(chunk) = attached.try_next().await? {
        chunks.push(chunk);
    }
    Ok(chunks)
}

#[tokio::test]
async fn output_in_the_packet_of_the_headers_is_not_lost() {
    let output = [frame(1, b"first\n"), frame(2, b"second\n")].concat();
    let peer = Peer::with(vec![
        inspected(),
        answer("/attach", &[&[UPGRADED, &output].concat()]),
    ])
    .await;
    let attached = peer.docker.container("c").attach().await.unwrap();
    assert_eq!(
        all(attached).await.unwrap(),
        [
            Chunk::Stdout("first\n".into()),
            Chunk::Stderr("second\n".into())
        ]
    );
}

#[tokio::test]
async fn output_in_single_bytes_comes_in_whole_frames() {
    let bytes = [UPGRADED, &frame(1, b"first\n"), &frame(2, b"second\n")].concat();
    let writes: Vec<&[u8]> = bytes.chunks(1).collect();
    let peer = Peer::with(vec![inspected(), answer("/attach", &writes)]).await;
    let attached = peer.docker.container("c").attach().await.unwrap();
    assert_eq!(
        all(attached).await.unwrap(),
        [
            Chunk::Stdout("first\n".into()),
            Chunk::Stderr("second\n".into())
        ]
    );
}

#[tokio::test]
async fn output_cut_inside_a_frame_is_an_error_after_what_came() {
    let bytes = [
        UPGRADED,
        &frame(1, b"whole"),
        &frame(1, b"half a payload")[..12],
    ]
    .concat();
    let peer = Peer::with(vec![inspected(), answer("/attach", &[&bytes])]).await;
    let mut attached = peer.docker.container("c").attach().await.unwrap();
    for expected in ["whole", "half"] {
        assert_eq!(
            attached.try_next().await.unwrap().unwrap().to_string(),
            expected
        );
    }
    let error = attached.try_next().await.unwrap_err();
    assert!(error.is_decode(), "{error}");
    assert_eq!(error.operation(), Some("attach to container"));
    assert!(attached.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_refused_attach_keeps_its_status_and_words() {
    let refusal = b"HTTP/1.1 409 Conflict\r\nContent-Type: application/vnd.docker.raw-stream\
                    \r\n\r\ncontainer c is paused\r\n";
    let peer = Peer::with(vec![inspected(), answer("/attach", &[refusal])]).await;
    let error = peer.docker.container("c").attach().await.unwrap_err();
    assert!(error.is_conflict(), "{error}");
    assert_eq!(error.engine_message(), Some("container c is paused"));
}

#[tokio::test]
async fn input_ends_while_output_goes_on() {
    let mut echo = answer("/attach", &[UPGRADED]);
    echo.echo = true;
    let peer = Peer::with(vec![
        inspected(),
        echo,
        json("/wait", "200 OK", r#"{"StatusCode":0}"#),
    ])
    .await;
    let mut attached = peer.docker.container("c").attach().await.unwrap();
    let mut stdin = attached.take_stdin().unwrap();
    let input = vec![b'x'; 1 << 20];
    let (written, output) = tokio::join!(
        async {
            stdin.write_all(&input).await?;
            stdin.close().await
        },
        attached.output()
    );
    written.unwrap();
    assert!(output.unwrap().stdout == input);
}

#[tokio::test]
async fn an_attach_asks_for_the_end_before_the_container_can_remove_itself() {
    let output = [UPGRADED, &frame(1, b"bye\n")].concat();
    let inspect = r#"{"Id":"c","Config":{"Tty":false},"HostConfig":{"AutoRemove":true}}"#;
    let peer = Peer::with(vec![
        json("/json", "200 OK", inspect),
        json("/wait?condition=removed", "200 OK", r#"{"StatusCode":3}"#),
        answer("/attach", &[&output]),
    ])
    .await;
    let attached = peer.docker.container("c").attach().await.unwrap();
    let asked = peer.requests();
    assert!(asked[1].contains("/wait?condition=removed"), "{asked:?}");
    assert!(asked[2].contains("/attach?"), "{asked:?}");
    let output = attached.output().await.unwrap();
    assert_eq!((&*output.stdout, output.status.code()), (&b"bye\n"[..], 3));
    assert_eq!(peer.requests().len(), 3);
}

#[tokio::test]
async fn a_run_listens_before_it_starts() {
    let attach = [UPGRADED, &frame(1, b"hello\n")].concat();
    let peer = Peer::with(vec![
        json(
            "/containers/create",
            "201 Created",
            r#"{"Id":"c1","Warnings":null}"#,
        ),
        answer("/attach", &[&attach]),
        json("/wait", "200 OK", r#"{"StatusCode":3,"Error":null}"#),
        empty("/start"),
    ])
    .await;
    let run = peer.docker.containers().run("alpine").auto_remove();
    let output = run.output().await.unwrap();
    assert_eq!(
        (output.stdout_text().as_ref(), output.status.code()),
        ("hello\n", 3)
    );
    assert_eq!(
        peer.requests(),
        [
            "POST /containers/create",
            "POST /containers/c1/attach?stderr=true&stdin=false&stdout=true&stream=true",
            "POST /containers/c1/wait?condition=removed",
            "POST /containers/c1/start",
        ]
    );
}

#[tokio::test]
async fn a_container_that_cannot_start_is_taken_back() {
    let peer = Peer::with(vec![
        json("/containers/create", "201 Created", r#"{"Id":"c1"}"#),
        json(
            "/start",
            "400 Bad Request",
            r#"{"message":"no such command"}"#,
        ),
        empty("DELETE"),
    ])
    .await;
    let error = peer.docker.containers().run("alpine").await.unwrap_err();
    assert_eq!(error.engine_message(), Some("no such command"));
    assert_eq!(error.object(), Some("c1"));
    assert_eq!(
        peer.requests().last().unwrap(),
        "DELETE /containers/c1?force=true&v=true"
    );
}

#[tokio::test]
async fn a_missing_image_is_pulled_with_a_header_for_the_registry() {
    let peer = Peer::with(vec![
        json(
            "/containers/create",
            "404 Not Found",
            r#"{"message":"No such image"}"#,
        ),
        json(
            "/images/registry:5000",
            "404 Not Found",
            r#"{"message":"No such image"}"#,
        ),
        answer(
            "/images/create",
            &[
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n",
                b"{\"status\":\"Pulling\"}\r\n{\"errorDe",
                b"tail\":{\"message\":\"denied\"},\"error\":\"denied\"}\r\n",
            ],
        ),
    ])
    .await;
    let run = peer.docker.containers().run("registry:5000/team/app:1");
    let error = run.await.unwrap_err();
    assert_eq!(error.operation(), Some("pull image"));
    assert_eq!(error.engine_message(), Some("denied"));
    assert_eq!(
        peer.requests(),
        [
            "POST /containers/create",
            "GET /images/registry:5000%2Fteam%2Fapp:1/json",
            "POST /images/create?fromImage=registry%3A5000%2Fteam%2Fapp&tag=1",
        ]
    );
    let requests = peer.requests.lock().unwrap();
    let pull = requests.last().unwrap().to_ascii_lowercase();
    assert!(pull.contains("x-registry-auth: e30="), "{pull}");
}

#[tokio::test]
async fn an_answer_of_another_form_is_named_by_operation_and_path() {
    let peer = Peer::with(vec![json("/json", "200 OK", r#"{"State":{"Pid":"one"}}"#)]).await;
    let error = peer.docker.container("c").inspect().await.unwrap_err();
    assert!(error.is_decode());
    assert_eq!(error.json_path(), Some(".State.Pid"));
    assert_eq!(error.operation(), Some("inspect container"));
}

#[tokio::test]
async fn an_answer_too_long_for_the_generated_client_is_too_large() {
    let docker = Peer::with(vec![]).await.docker;
    let longer = async { Err(crate::raw::Error::Custom("the answer is longer".to_owned())) };
    let call = docker.call("list containers");
    let answer = operation::document::<serde_json::Value>(&call, longer).await;
    let error = answer.unwrap_err();
    assert!(error.is_too_large(), "{error}");
    assert_eq!(error.operation(), Some("list containers"));
}

#[tokio::test]
async fn a_failure_inside_the_logs_is_an_error() {
    let body = [frame(1, b"line\n"), frame(3, b"log file is gone")].concat();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    let peer = Peer::with(vec![
        answer("/logs", &[head.as_bytes(), &body]),
        inspected(),
    ])
    .await;
    let mut logs = peer.docker.container("c").logs().await.unwrap();
    assert_eq!(
        logs.try_next().await.unwrap().unwrap().to_string(),
        "line\n"
    );
    let error = logs.try_next().await.unwrap_err();
    assert_eq!(error.engine_message(), Some("log file is gone"));
}

#[tokio::test]
async fn a_connection_lost_in_an_answer_is_an_interruption() {
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[{\"st";
    let peer = Peer::with(vec![answer("/images/create", &[cut])]).await;
    let error = peer.docker.images().pull("alpine").await.unwrap_err();
    assert!(error.is_interrupted(), "{error}");
}

#[tokio::test]
async fn what_is_not_a_name_is_never_sent() {
    let peer = Peer::with(vec![]).await;
    let containers = peer.docker.containers();
    for bad in ["", ".", "..", "a/b", "a%2fb", "a\nb", "naïve"] {
        let container = peer.docker.container(bad);
        let good = peer.docker.container("web");
        let errors = [
            container.inspect().await.unwrap_err(),
            container.start().await.unwrap_err(),
            container.stop().await.unwrap_err(),
            container.restart().await.unwrap_err(),
            container.pause().await.unwrap_err(),
            container.unpause().await.unwrap_err(),
            container.kill().await.unwrap_err(),
            container.wait().await.unwrap_err(),
            container.wait_healthy().await.unwrap_err(),
            container.attach().await.unwrap_err(),
            container.logs().await.unwrap_err(),
            container.port(80).await.unwrap_err(),
            container.top().await.unwrap_err(),
            container.diff().await.unwrap_err(),
            container.update().await.unwrap_err(),
            container.rename("good").await.unwrap_err(),
            container.export().await.unwrap_err(),
            container.commit().await.unwrap_err(),
            container.checkpoints().await.unwrap_err(),
            container.checkpoint("good").create().await.unwrap_err(),
            container.checkpoint("good").remove().await.unwrap_err(),
            container.remove().await.unwrap_err(),
            good.rename(bad).await.unwrap_err(),
            good.checkpoint(bad).create().await.unwrap_err(),
            good.checkpoint(bad).remove().await.unwrap_err(),
            good.start().checkpoint(bad).await.unwrap_err(),
            containers.create("alpine").name(bad).await.unwrap_err(),
            containers.run("alpine").name(bad).await.unwrap_err(),
        ];
        for error in errors {
            assert!(error.is_invalid_input(), "{bad:?}: {error}");
            assert_eq!(error.status(), None, "{error}");
        }
    }
    assert!(
        containers
            .run("")
            .output()
            .await
            .unwrap_err()
            .is_invalid_input()
    );
    assert!(
        peer.docker
            .image("..")
            .remove()
            .await
            .unwrap_err()
            .is_invalid_input()
    );
    assert!(peer.requests().is_empty());
}

#[tokio::test]
async fn a_question_outlives_the_client_that_asks() {
    let peer = Peer::with(vec![json("GET /v1.41/info", "200 OK", r#"{"Name":"n"}"#)]).await;
    let asked = peer.docker.clone();
    let info = asked.info();
    drop(asked);
    let info = tokio::spawn(info).await.unwrap().unwrap();
    assert_eq!(info.name.as_deref(), Some("n"));
}

#[tokio::test]
async fn what_cannot_be_meant_is_never_sent() {
    let peer = Peer::with(vec![]).await;
    let create = || peer.docker.containers().create("alpine");
    let web = peer.docker.container("web");
    let images = peer.docker.images();
    // What an image is, and no name that it could be given.
    let digest = format!("a@sha256:{}", "0".repeat(64));
    let context = BuildContext::dockerfile("FROM a");
    let errors = [
        create().cpus(f64::NAN).await.unwrap_err(),
        create().replace().await.unwrap_err(),
        create()
            .mount(Mount::tmpfs("/t").no_copy())
            .await
            .unwrap_err(),
        web.update().cpus(-1.0).await.unwrap_err(),
        web.commit().tag("a b").await.unwrap_err(),
        web.commit().tag(&digest).await.unwrap_err(),
        images.import("").tag(&digest).await.unwrap_err(),
        images.build(context).tag(&digest).await.unwrap_err(),
        peer.docker.image("a").tag(&digest).await.unwrap_err(),
    ];
    for error in errors {
        assert!(error.is_invalid_input(), "{error}");
        assert_eq!(error.status(), None, "{error}");
    }
    assert!(peer.requests().is_empty());
}

#[tokio::test]
async fn a_feature_of_newer_engines_is_never_sent_to_older_ones() {
    let peer = Peer::with(vec![]).await;
    let error = peer
        .docker
        .container("c")
        .stop()
        .signal("SIGINT")
        .await
        .unwrap_err();
    assert!(error.is_unsupported(), "{error}");
    let commit = peer.docker.container("c").commit().body(|config| {
        let check = config.healthcheck.get_or_insert_default();
        check.start_interval = Some(1_000_000);
    });
    let error = commit.await.unwrap_err();
    assert!(error.is_unsupported(), "{error}");
    assert!(peer.requests().is_empty());
}

#[tokio::test]
async fn secrets_do_not_show() {
    let docker = Peer::with(vec![]).await.docker;
    let run = docker.containers().run("alpine").env("KEY", "s3cret");
    let create = docker.containers().create("alpine").env("KEY", "s3cret");
    let import = docker.images().import("tar").change("ENV KEY=s3cret");
    let commit = docker.container("web").commit().tag("alpine:new");
    let commit = commit.change("ENV KEY=s3cret");
    let commit = commit.body(|config| config.env.push("KEY=s3cret".to_owned()));
    let mount = Mount::anonymous("/share").driver_option("o", "password=s3cret");
    let run = run.mount(mount.clone());
    let shown = format!("{:?} {create:?} {import:?}", run.stdin("s3cret"));
    let check = HealthCheck::shell("ask --password s3cret");
    let endpoint = NetworkEndpoint::new("net").driver_option("key", "s3cret");
    let shown = format!("{shown} {commit:?} {mount:?} {check:?} {endpoint:?}");
    assert!(shown.contains("alpine:new"), "{shown}");
    assert!(shown.contains("/share"), "{shown}");
    assert!(!shown.contains("s3cret"), "{shown}");
}

#[tokio::test]
async fn a_condition_that_an_old_engine_does_not_know_is_not_dropped() {
    let ended = || json("/wait", "200 OK", r#"{"StatusCode":3}"#);
    let peer = Peer::with(vec![ended()]).await;
    let old = Docker::connect_to(peer.docker.endpoint().to_string());
    let old = old.api_version(ApiVersion::new(1, 29)).await.unwrap();
    let wait = || old.container("c").wait();
    for condition in [WaitCondition::NextExit, WaitCondition::Removed] {
        let error = wait().condition(condition).await.unwrap_err();
        assert!(error.is_unsupported(), "{error}");
    }
    assert!(peer.requests().is_empty());
    let status = wait().condition(WaitCondition::NotRunning).await.unwrap();
    assert_eq!(status.code(), 3);
    assert_eq!(peer.requests(), ["POST /v1.29/containers/c/wait"]);
}

#[tokio::test]
async fn options_for_the_driver_of_a_volume_do_not_show() {
    let peer = Peer::with(vec![]).await;
    let create = peer.docker.volumes().create().name("share");
    let create = create.option("o", "user=a,password=s3cret");
    let shown = format!("{create:?}");
    assert!(shown.contains("share"), "{shown}");
    assert!(!shown.contains("s3cret"), "{shown}");
}
