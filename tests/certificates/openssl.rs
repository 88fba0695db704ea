//! Authorities and certificates of SM2 with SM3, made by the openssl command.
#![expect(clippy::print_stderr, reason = "what was not tested must be seen")]

use std::cell::Cell;
use std::path::PathBuf;
use std::process::Command;

/// What signers call themselves where nothing else was agreed on.
const IDENTIFIER: &str = "distid:1234567812345678";

const SETTINGS: &str = "\
[ca]
default_ca = test
[test]
database = index.txt
serial = serial.txt
new_certs_dir = .
policy = any
default_md = sm3
unique_subject = no
x509_extensions = person
[any]
countryName = optional
commonName = supplied
[person]
keyUsage = digitalSignature
authorityKeyIdentifier = keyid
";

/// A folder in which certificates are made.
pub(crate) struct Workshop {
    folder: PathBuf,
    made: Cell<u32>,
}

impl Workshop {
    /// With two authorities, `right` and `other`; `None`, loudly, without openssl.
    pub(crate) fn open() -> Option<Self> {
        if Command::new("openssl").arg("version").output().is_err() {
            assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "openssl is needed in CI");
            eprintln!("NOT TESTED: openssl is missing, no certificate was made");
            return None;
        }
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("openssl");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("ca.cnf"), SETTINGS).unwrap();
        std::fs::write(folder.join("index.txt"), "").unwrap();
        std::fs::write(folder.join("serial.txt"), "1000\n").unwrap();
        let shop = Self { folder, made: Cell::new(0) };
        for name in ["right", "other"] {
            shop.key(name);
            let (key, out) = (format!("{name}.key"), format!("{name}.pem"));
            let line = ["req", "-x509", "-new", "-sm3", "-days", "20000", "-utf8", "-key"];
            let more = ["-sigopt", IDENTIFIER, "-subj", "/C=CN/CN=测试机构", "-out"];
            shop.run(&[&line[..], &[&key], &more, &[&out]].concat());
        }
        Some(shop)
    }

    /// The file of an authority's certificate.
    pub(crate) fn authority(&self, name: &str) -> String {
        self.folder.join(format!("{name}.pem")).to_str().unwrap().to_owned()
    }

    /// A certificate in DER for a new key, signed by an authority.
    pub(crate) fn certificate(&self, by: &str, name: &str, from: &str, to: &str) -> Vec<u8> {
        self.made.set(self.made.get().wrapping_add(1));
        let stem = format!("end{}", self.made.get());
        self.key(&stem);
        let [key, csr, out, der] = ["key", "csr", "crt", "der"].map(|end| format!("{stem}.{end}"));
        let subject = format!("/C=CN/CN={name}");
        let line = ["req", "-new", "-sm3", "-utf8", "-sigopt", IDENTIFIER, "-key", &key];
        self.run(&[&line[..], &["-subj", &subject, "-out", &csr]].concat());
        let (its_key, its_own) = (format!("{by}.key"), format!("{by}.pem"));
        let line = ["ca", "-batch", "-config", "ca.cnf", "-notext", "-utf8", "-md", "sm3"];
        let who = ["-keyfile", &its_key, "-cert", &its_own, "-in", &csr, "-out", &out];
        let how = ["-startdate", from, "-enddate", to, "-sigopt", IDENTIFIER];
        self.run(&[&line[..], &who, &how, &["-vfyopt", IDENTIFIER]].concat());
        self.run(&["x509", "-in", &out, "-outform", "DER", "-out", &der]);
        std::fs::read(self.folder.join(der)).unwrap()
    }

    fn key(&self, name: &str) {
        let out = format!("{name}.key");
        self.run(&["ecparam", "-name", "SM2", "-genkey", "-noout", "-out", &out]);
    }

    fn run(&self, line: &[&str]) {
        let mut command = Command::new("openssl");
        let ran = command.args(line).current_dir(&self.folder).output().unwrap();
        let why = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "openssl {}: {why}", line.join(" "));
    }
}
