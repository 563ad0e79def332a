import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate for tests, valid for some names, that is its own authority. */
export interface TestCertificate extends Disposable {
  readonly cert: string;
  readonly key: string;
  /** The certificate as a file, for clients that take a path. */
  readonly certFile: string;
}

/** Makes a certificate with openssl; its files go with it. */
export function makeTestCertificate(...names: readonly string[]): TestCertificate {
  const folder = mkdtempSync(join(tmpdir(), "wt-cert-"));
  const certFile = join(folder, "cert.pem");
  const keyFile = join(folder, "key.pem");
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  const subject = [
    "-subj",
    "/CN=wingthing test",
    "-addext",
    `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`,
  ];
  execFileSync("openssl", [...request, ...subject, "-keyout", keyFile, "-out", certFile], { stdio: "pipe" });
  execFileSync("chmod", ["-R", "a+rX", folder]);
  return {
    cert: readFileSync(certFile, "utf8"),
    key: readFileSync(keyFile, "utf8"),
    certFile,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
