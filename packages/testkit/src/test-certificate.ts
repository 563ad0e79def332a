import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A self-signed certificate for one name, in PEM, and the file a client trusts it by. */
export interface TestCertificate {
  readonly key: string;
  readonly cert: string;
  readonly certFile: string;
}

/** Makes a certificate for the name in the folder, with openssl. */
export function makeTestCertificate(folder: string, name: string): TestCertificate {
  const keyFile = join(folder, `${name}.key.pem`);
  const certFile = join(folder, `${name}.cert.pem`);
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
      ...["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`, "-keyout", keyFile, "-out", certFile],
    ],
    { stdio: "ignore" },
  );
  return { key: readFileSync(keyFile, "utf8"), cert: readFileSync(certFile, "utf8"), certFile };
}
