//! A running server: starts before the first harvest, finds what is indexed meanwhile, stops when asked.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::Value;

/// `gongkai serve` on a port of its own; ended when dropped.
pub(crate) struct Server {
    process: Child,
    address: String,
}

impl Server {
    pub(crate) fn start(data: &Path) -> Self {
        let mut process = program(data)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit("http://").next().unwrap().to_owned();
        Self { process, address }
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        let mut socket = TcpStream::connect(&self.address).unwrap();
        write!(socket, "GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n").unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    /// Asks until the server knows so many documents; it looks every two seconds.
    fn wait_for_documents(&self, count: u64) {
        let found = (0..600).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(50));
            self.get("/healthz")["documents"] == count
        });
        assert!(found, "the server never saw {count} documents: {}", self.get("/healthz"));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended_already = self.process.kill();
        let _ended_already = self.process.wait();
    }
}

fn program(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongkai"));
    command.arg("--data").arg(data);
    command
}

fn done(data: &Path, words: &[&str]) {
    let output = program(data).args(words).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_server_follows_the_index() {
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = (folder.path().join("data"), folder.path().join("records.jsonl"));
    let server = Server::start(&data);
    assert_eq!(server.get("/api/v1/search?q=x")["total"], 0);
    let record = |id: u8, title: &str| {
        format!("{{\"id\":\"{id}\",\"title\":\"{title}\",\"text\":\"灵洲市示例数据。\"}}\n")
    };
    std::fs::write(&file, record(1, "植树通知")).unwrap();
    done(&data, &["import", file.to_str().unwrap()]);
    done(&data, &["index"]);
    server.wait_for_documents(1);
    std::fs::write(&file, record(1, "植树通知") + &record(2, "防汛通知")).unwrap();
    done(&data, &["import", file.to_str().unwrap()]);
    done(&data, &["index", "--rebuild"]);
    server.wait_for_documents(2);
    assert_eq!(server.get("/api/v1/search?q=%E9%98%B2%E6%B1%9B")["hits"][0]["title"], "防汛通知");
    assert_eq!(server.get("/healthz")["status"], "ok");
}

#[test]
fn an_empty_folder_is_told_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let output = program(&folder.path().join("data")).args(["search", "x"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("gongkai update"));
}
