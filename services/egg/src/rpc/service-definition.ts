import { type DescMessage, type DescService, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import type { MethodDefinition, ServiceDefinition } from "@grpc/grpc-js";

/** A message from a caller, or that it could not be read: so that the answer can say so, and with the right code. */
export type Received =
  | { readonly kind: "message"; readonly message: Message }
  | { readonly kind: "malformed"; readonly error: unknown };

function deserializer(desc: DescMessage): (bytes: Buffer) => Received {
  return (bytes) => {
    try {
      return { kind: "message", message: fromBinary(desc, bytes) };
    } catch (error) {
      return { kind: "malformed", error };
    }
  };
}

function serializer(desc: DescMessage): (message: Message) => Buffer {
  return (message) => {
    const bytes = toBinary(desc, message);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
}

/** What grpc-js wants to know of a service, out of protobuf-es descriptors: so there is one code generator. */
export function serviceDefinition(service: Pick<DescService, "typeName" | "methods">): ServiceDefinition {
  const methods: Record<string, MethodDefinition<Received, Message>> = {};
  for (const method of service.methods) {
    methods[method.localName] = {
      path: `/${service.typeName}/${method.name}`,
      requestStream: method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming",
      responseStream: method.methodKind === "server_streaming" || method.methodKind === "bidi_streaming",
      // The service never calls itself: these two are for clients.
      requestSerialize: () => Buffer.alloc(0),
      responseDeserialize: () => {
        throw new Error(`${service.typeName} is served here, not called`);
      },
      requestDeserialize: deserializer(method.input),
      responseSerialize: serializer(method.output),
    };
  }
  return methods;
}
