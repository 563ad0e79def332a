import type { DescFile, DescService } from "@bufbuild/protobuf";
import { file_wingthing_wing_v1_access } from "@wingthing/contracts/gen/wingthing/wing/v1/access_pb";
import { file_wingthing_wing_v1_info } from "@wingthing/contracts/gen/wingthing/wing/v1/info_pb";
import { file_wingthing_wing_v1_session } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import { file_wingthing_wing_v1_workspace } from "@wingthing/contracts/gen/wingthing/wing/v1/workspace_pb";

const FILES: readonly DescFile[] = [
  file_wingthing_wing_v1_access,
  file_wingthing_wing_v1_info,
  file_wingthing_wing_v1_session,
  file_wingthing_wing_v1_workspace,
];

/** Every service of wingthing.wing.v1, as the descriptors name them. */
export const WING_SERVICES: readonly DescService[] = FILES.flatMap((file) => file.services);
