import { create, createFileRegistry, type DescService } from "@bufbuild/protobuf";
import type { GenService } from "@bufbuild/protobuf/codegenv2";
import {
  type BytesValueSchema,
  FileDescriptorProtoSchema,
  file_google_protobuf_wrappers,
  type UInt32ValueSchema,
} from "@bufbuild/protobuf/wkt";

type Bytes = typeof BytesValueSchema;
type Number = typeof UInt32ValueSchema;

/** A service with one method of each kind, of which no other package needs to know. */
export type EchoService = GenService<{
  /** The same bytes. */
  ping: { methodKind: "unary"; input: Bytes; output: Bytes };
  /** Every message as it comes. */
  echo: { methodKind: "bidi_streaming"; input: Bytes; output: Bytes };
  /** So many messages of CHUNK_BYTES. */
  flood: { methodKind: "server_streaming"; input: Number; output: Bytes };
  /** How many bytes came. */
  count: { methodKind: "client_streaming"; input: Bytes; output: Number };
}>;

/** Bytes of one message of a flood. */
export const CHUNK_BYTES = 32 * 1024;

const BYTES = ".google.protobuf.BytesValue";
const NUMBER = ".google.protobuf.UInt32Value";
const NAME = "wingthing.testing.v1.EchoService";

/** The service's descriptor. */
export const EchoService: EchoService = parseEchoService(
  createFileRegistry(
    create(FileDescriptorProtoSchema, {
      name: "wingthing/testing/v1/echo.proto",
      package: "wingthing.testing.v1",
      syntax: "proto3",
      dependency: ["google/protobuf/wrappers.proto"],
      service: [
        {
          name: "EchoService",
          method: [
            { name: "Ping", inputType: BYTES, outputType: BYTES },
            { name: "Echo", inputType: BYTES, outputType: BYTES, clientStreaming: true, serverStreaming: true },
            { name: "Flood", inputType: NUMBER, outputType: BYTES, serverStreaming: true },
            { name: "Count", inputType: BYTES, outputType: NUMBER, clientStreaming: true },
          ],
        },
      ],
    }),
    (name) => (name === "google/protobuf/wrappers.proto" ? file_google_protobuf_wrappers : undefined),
  ).getService(NAME),
);

function parseEchoService(service: DescService | undefined): EchoService {
  if (service?.typeName !== NAME) throw new Error(`wanted ${NAME}`);
  return service as EchoService;
}
