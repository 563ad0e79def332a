/** What a handshake message is made of, in the words of the Noise specification and its HFS extension. */
export type Token = "e" | "es" | "ee" | "e1" | "ekem1";

/** A Noise protocol with two messages, whose initiator knows the responder's static key. */
export interface HandshakeProtocol {
  readonly name: string;
  /** Initiator to responder, then back. */
  readonly messages: readonly [readonly Token[], readonly Token[]];
}

/** The pattern of the Noise specification; it is here to be held against published vectors, and never spoken. */
export const NOISE_NK: HandshakeProtocol = {
  name: "Noise_NK_25519_AESGCM_SHA256",
  messages: [
    ["e", "es"],
    ["e", "ee"],
  ],
};

/** What the product speaks: NK, with an ML-KEM-768 secret mixed in after the shared secret of the ephemerals. */
export const NOISE_NK_HFS: HandshakeProtocol = {
  name: "Noise_NKhfs_25519+MLKEM768_AESGCM_SHA256",
  messages: [
    ["e", "es", "e1"],
    ["e", "ee", "ekem1"],
  ],
};
