import {
  create,
  createRegistry,
  type DescFile,
  type DescService,
  type MessageInitShape,
  type Registry,
  toBinary,
} from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import {
  type ServerReflectionRequest,
  type ServerReflectionResponse,
  ServerReflectionResponseSchema,
} from "@wingthing/contracts/gen/grpc/reflection/v1/reflection_pb";

/** Codes of gRPC that an answer carries. */
const NOT_FOUND = 5;
const INVALID_ARGUMENT = 3;

type Answer = NonNullable<MessageInitShape<typeof ServerReflectionResponseSchema>["messageResponse"]>;

const failure = (errorCode: number, errorMessage: string): Answer => ({
  case: "errorResponse",
  value: { errorCode, errorMessage },
});

/** Every file that these files need, themselves included, in the order in which they are met. */
function withImports(...roots: DescFile[]): DescFile[] {
  const met = new Map<string, DescFile>();
  const meet = (file: DescFile): void => {
    if (met.has(file.proto.name)) return;
    met.set(file.proto.name, file);
    for (const needed of file.dependencies) meet(needed);
  };
  for (const root of roots) meet(root);
  return [...met.values()];
}

/** Tells callers which services there are and of which messages: what `grpcurl` and `buf curl` ask first. */
export class Reflection {
  readonly #services: readonly DescService[];
  readonly #files: ReadonlyMap<string, DescFile>;
  readonly #registry: Registry;

  constructor(services: readonly DescService[]) {
    const files = withImports(...services.map((service) => service.file));
    this.#services = services;
    this.#files = new Map(files.map((file) => [file.proto.name, file]));
    this.#registry = createRegistry(...files);
  }

  /** Answers one question. */
  answer(request: ServerReflectionRequest): ServerReflectionResponse {
    return create(ServerReflectionResponseSchema, {
      validHost: request.host,
      originalRequest: request,
      messageResponse: this.#answer(request.messageRequest),
    });
  }

  #answer(asked: ServerReflectionRequest["messageRequest"]): Answer {
    switch (asked.case) {
      case "listServices":
        return {
          case: "listServicesResponse",
          value: { service: this.#services.map(({ typeName: name }) => ({ name })) },
        };
      case "fileByFilename":
        return this.#describe(this.#files.get(asked.value), `no file ${asked.value}`);
      case "fileContainingSymbol":
        return this.#describe(this.#fileOf(asked.value), `no symbol ${asked.value}`);
      case "fileContainingExtension":
        return this.#describeExtension(asked.value.containingType, asked.value.extensionNumber);
      case "allExtensionNumbersOfType":
        return this.#extensionNumbers(asked.value);
      case undefined:
        return failure(INVALID_ARGUMENT, "an empty question");
    }
  }

  #describe(file: DescFile | undefined, otherwise: string): Answer {
    if (!file) return failure(NOT_FOUND, otherwise);
    const fileDescriptorProto = withImports(file).map(({ proto }) => toBinary(FileDescriptorProtoSchema, proto));
    return { case: "fileDescriptorResponse", value: { fileDescriptorProto } };
  }

  /** The file of a type; names of methods and fields lead to the type that they belong to. */
  #fileOf(symbol: string): DescFile | undefined {
    for (let name = symbol; name !== ""; name = name.slice(0, Math.max(0, name.lastIndexOf(".")))) {
      const found = this.#registry.get(name);
      if (found) return found.file;
    }
    return undefined;
  }

  #describeExtension(typeName: string, number: number): Answer {
    const extendee = this.#registry.getMessage(typeName);
    const extension = extendee && this.#registry.getExtensionFor(extendee, number);
    return this.#describe(extension?.file, `no extension ${number} of ${typeName}`);
  }

  #extensionNumbers(typeName: string): Answer {
    if (!this.#registry.getMessage(typeName)) return failure(NOT_FOUND, `no type ${typeName}`);
    const extensionNumber: number[] = [];
    for (const found of this.#registry) {
      if (found.kind === "extension" && found.extendee.typeName === typeName) extensionNumber.push(found.number);
    }
    return { case: "allExtensionNumbersResponse", value: { baseTypeName: typeName, extensionNumber } };
  }
}
