import { create, createFileRegistry, type DescService } from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FieldOptionsSchema,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";

/** `buf.validate.field` with `string.min_len = 3`, as it stands in a compiled proto: field 14 { field 2: 3 }. */
const AT_LEAST_THREE_CHARACTERS = { no: 1159, wireType: 2, data: Uint8Array.of(4, 14 * 8 + 2, 2, 2 * 8, 3) };

const ruled = create(FieldOptionsSchema);
ruled.$unknown = [AT_LEAST_THREE_CHARACTERS];

const text = {
  name: "text",
  number: 1,
  jsonName: "text",
  label: FieldDescriptorProto_Label.OPTIONAL,
  type: FieldDescriptorProto_Type.STRING,
};

const file = create(FileDescriptorProtoSchema, {
  name: "testing/echo.proto",
  package: "testing",
  syntax: "proto3",
  messageType: [
    { name: "EchoRequest", field: [{ ...text, options: ruled }] },
    { name: "EchoResponse", field: [text] },
  ],
  service: [
    {
      name: "EchoService",
      method: [
        { name: "Echo", inputType: ".testing.EchoRequest", outputType: ".testing.EchoResponse" },
        {
          name: "Stream",
          inputType: ".testing.EchoRequest",
          outputType: ".testing.EchoResponse",
          serverStreaming: true,
        },
      ],
    },
  ],
});

function findService(): DescService {
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: [file] }));
  const service = registry.getService("testing.EchoService");
  if (!service) throw new Error("the test's own proto has no such service");
  return service;
}

/** `testing.EchoService`: Echo, and Stream which answers in a stream; `text` has at least three characters. */
export const EchoService: DescService = findService();
