//! Certificates and keys from files.

use std::fmt::Display;
use std::path::Path;

use pkcs8::{EncryptedPrivateKeyInfoRef, SecretDocument};
use rustls::RootCertStore;
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use super::verify::Trusted;
use crate::management_client::ClientError;

const ENCRYPTED_BEGIN: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
const ENCRYPTED_END: &str = "-----END ENCRYPTED PRIVATE KEY-----";

/// How keys were encrypted before PKCS#8.
const ENCRYPTED_OLD: &str = "Proc-Type: 4,ENCRYPTED";

/// The authorities in the file, or those of the system.
pub(super) fn trusted(file: Option<&Path>) -> Result<Trusted, ClientError> {
    let certificates = match file {
        Some(file) => certificates(file)?,
        None => rustls_native_certs::load_native_certs().certs,
    };
    let mut roots = RootCertStore::empty();
    // One that is of no use does not make the others bad; without any, no router is trusted, and it says so.
    roots.add_parsable_certificates(certificates.iter().cloned());
    let source = match file {
        Some(file) => file.display().to_string(),
        None => String::from("this system"),
    };
    Ok(Trusted { roots, certificates, source })
}

/// All certificates in the file, of which there must be one.
pub(super) fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, ClientError> {
    let text = read(file)?;
    let found: Result<Vec<_>, PemError> = CertificateDer::pem_slice_iter(text.as_bytes()).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(unusable(file, &"there is no certificate in it (PEM)")),
        Err(error) => Err(unusable(file, &error)),
    }
}

/// The first key in the file; the password is for one that is encrypted.
pub(super) fn key(file: &Path, password: Option<&str>) -> Result<PrivateKeyDer<'static>, ClientError> {
    let text = read(file)?;
    if text.contains(ENCRYPTED_OLD) {
        let advice = "its key is encrypted in an old way; convert it: openssl pkcs8 -topk8 -in OLD -out NEW";
        return Err(unusable(file, &advice));
    }
    if let Some(block) = encrypted_block(&text) {
        let Some(password) = password else {
            return Err(unusable(file, &"its key has a password: give --ssl-password or --ssl-password-file"));
        };
        return decrypt(block, password, file);
    }
    PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|error| {
        if matches!(error, PemError::NoItemsFound) {
            return unusable(file, &"there is no private key in it (PEM)");
        }
        unusable(file, &error)
    })
}

fn encrypted_block(text: &str) -> Option<&str> {
    let block = text.get(text.find(ENCRYPTED_BEGIN)?..)?;
    block.get(..block.find(ENCRYPTED_END)? + ENCRYPTED_END.len())
}

fn decrypt(block: &str, password: &str, file: &Path) -> Result<PrivateKeyDer<'static>, ClientError> {
    let broken = |problem: &dyn Display| unusable(file, &format!("its encrypted key cannot be read: {problem}"));
    let (_, document) = SecretDocument::from_pem(block).map_err(|error| broken(&error))?;
    let encrypted = document.decode_msg::<EncryptedPrivateKeyInfoRef<'_>>().map_err(|error| broken(&error))?;
    // A wrong password shows in what comes out, which is then no key.
    let key = encrypted.decrypt(password).map_err(|_| unusable(file, &"the password of its key is wrong"))?;
    Ok(PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.as_bytes().to_vec())))
}

fn read(file: &Path) -> Result<String, ClientError> {
    let bytes = std::fs::read(file).map_err(|error| unusable(file, &error))?;
    // Text around the blocks may be in any encoding.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn unusable(file: &Path, problem: &dyn Display) -> ClientError {
    ClientError::Url(format!("{}: {problem}", file.display()))
}
